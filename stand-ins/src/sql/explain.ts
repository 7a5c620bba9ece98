import { notSupported, RefusedStatement } from "./engine.ts";
import { syntaxError } from "./tokens.ts";

/**
 * MySQL's refusal for an error of SQLite's, or the error itself if it is unexpected. MySQL names the clause of a column; here
 * it is always the field list.
 */
export function explain(error: unknown, sql: string, database: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const [, before = "", subject = ""] = /^(.*?): (.*)$/.exec(error.message) ?? [];
  switch (before) {
    case "no such table":
      return noSuchTable(database, subject);
    case "no such column":
      return new RefusedStatement(1054, "42S22", `Unknown column '${subject}' in 'field list'`);
    case "ambiguous column name":
      return new RefusedStatement(1052, "23000", `Column '${subject}' in field list is ambiguous`);
  }
  return / syntax error$|^incomplete input$/.test(error.message) ? syntaxError(sql) : notSupported(error.message);
}

export const noSuchTable = (database: string, name: string) =>
  new RefusedStatement(1146, "42S02", `Table '${database}.${name}' doesn't exist`);
