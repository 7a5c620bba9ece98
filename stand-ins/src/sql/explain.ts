import { notSupported, RefusedStatement } from "./engine.ts";
import { is, syntaxError, tokenize } from "./tokens.ts";

/** MySQL's refusal for an error of SQLite's, or the error itself if it is unexpected. */
export function explain(error: unknown, sql: string, database: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const [, before = "", subject = ""] = /^(.*?): (.*)$/.exec(error.message) ?? [];
  switch (before) {
    case "no such table":
      return noSuchTable(database, subject);
    case "no such column":
      return new RefusedStatement(1054, "42S22", `Unknown column '${subject}' in '${clauseOf(subject, sql)}'`);
    case "ambiguous column name":
      return new RefusedStatement(1052, "23000", `Column '${subject}' in ${clauseOf(subject, sql)} is ambiguous`);
    case "no such savepoint":
      return noSuchSavepoint(subject);
  }
  const near = /^near "(.*)": syntax error$/s.exec(error.message)?.[1];
  if (near === undefined && error.message !== "incomplete input") return notSupported(error.message);
  return syntaxError(
    sql,
    tokenize(sql).findLast(({ value }) => value === near?.replaceAll("`", "")),
  );
}

export const noSuchTable = (database: string, name: string) =>
  new RefusedStatement(1146, "42S02", `Table '${database}.${name}' doesn't exist`);

export const noSuchSavepoint = (name: string | undefined) =>
  new RefusedStatement(1305, "42000", `SAVEPOINT ${name} does not exist`);

/** MySQL's names for the clause of a column. */
const CLAUSES: Readonly<Record<string, string>> = {
  SELECT: "field list",
  SET: "field list",
  ON: "on clause",
  WHERE: "where clause",
  GROUP: "group statement",
  HAVING: "having clause",
  ORDER: "order clause",
};

function clauseOf(column: string, sql: string): string {
  const tokens = tokenize(sql);
  const parts = column.split(".");
  const at = tokens.findLastIndex(
    ({ value }, index) => value === parts.at(-1) && is(tokens[index - 1], ".") === parts.length > 1,
  );
  const clause = tokens.slice(0, at).findLast((token) => is(token, ...Object.keys(CLAUSES)));
  return CLAUSES[clause?.value.toUpperCase() ?? ""] ?? "field list";
}
