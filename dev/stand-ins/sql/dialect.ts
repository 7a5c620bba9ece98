import { notSupported, RefusedStatement } from "./engine.ts";
import { type Insert, readInsert } from "./insert.ts";
import { readSchemaChange } from "./read-schema-change.ts";
import { renderExpression } from "./render-expression.ts";
import type { SchemaChange } from "./schema-change.ts";
import { quoteName, type TableDefinition } from "./table-definition.ts";
import { TokenReader } from "./token-reader.ts";
import { isSymbol, isWord, leadingVerb, syntaxError, type Token, tokenize, withoutDual } from "./tokens.ts";

export type Statement =
  | { readonly kind: "read"; readonly sql: string; readonly locks: boolean }
  | { readonly kind: "insert"; readonly insert: Insert }
  | {
      readonly kind: "update";
      readonly sql: string;
      readonly table: TableDefinition;
      /** Column and rendered value of each assignment. */
      readonly assignments: readonly (readonly [column: string, value: string])[];
      /** Its WHERE, with what stands after it. */
      readonly selection: string;
    }
  | { readonly kind: "delete"; readonly sql: string }
  | { readonly kind: "schema"; readonly change: SchemaChange }
  | { readonly kind: "savepoint"; readonly sql: string };

const LIKE_MYSQL = new Set([
  "DESC",
  "DESCRIBE",
  "EXPLAIN",
  "REPLACE",
  "SHOW",
  "TABLE",
  "WITH",
  "ANALYZE",
  "CALL",
  "DO",
  "VALUES",
]);

/** Reads one statement of MySQL and says it in SQLite's words, or throws what MySQL or the engine refuses. */
export function translate(sql: string, requireTable: (name: string) => TableDefinition): Statement {
  const tokens = tokenize(sql);
  while (isSymbol(tokens.at(-1), ";")) tokens.pop();
  if (tokens.length === 0) throw new RefusedStatement(1065, "42000", "Query was empty");
  const second = tokens.findIndex((token) => isSymbol(token, ";")) + 1;
  if (second > 0) throw syntaxError(sql, tokens[second]);
  const verb = leadingVerb(sql);
  switch (verb) {
    case "SELECT":
      return translateSelect(sql, tokens);
    case "INSERT":
      return { kind: "insert", insert: readInsert(sql, tokens, requireTable) };
    case "UPDATE":
      return translateUpdate(new TokenReader(sql, tokens), requireTable);
    case "DELETE":
      return translateDelete(new TokenReader(sql, tokens), requireTable);
    case "SAVEPOINT":
    case "RELEASE":
    case "ROLLBACK":
      return { kind: "savepoint", sql: renderExpression(sql, tokens) };
    case "ALTER":
    case "CREATE":
    case "DROP":
    case "RENAME":
    case "TRUNCATE":
      return { kind: "schema", change: readSchemaChange(sql, tokens) };
    default:
      throw LIKE_MYSQL.has(verb) ? notSupported(verb) : syntaxError(sql, tokens[0]);
  }
}

function translateSelect(sql: string, tokens: readonly Token[]): Statement {
  const lockAt = tokens.findIndex(
    (token, at) =>
      (isWord(token, "FOR") && isWord(tokens[at + 1], "UPDATE", "SHARE")) ||
      (isWord(token, "LOCK") && isWord(tokens[at + 1], "IN")),
  );
  const unlocked = lockAt < 0 ? tokens : tokens.slice(0, lockAt);
  return { kind: "read", sql: renderExpression(sql, withoutDual(unlocked)), locks: lockAt >= 0 };
}

function translateUpdate(reader: TokenReader, requireTable: (name: string) => TableDefinition): Statement {
  reader.expect("UPDATE");
  const table = requireTable(reader.name());
  reader.expect("SET");
  const assignments: [string, string][] = [];
  do {
    const column = reader.name();
    reader.expectSymbol("=");
    const value = reader.takeWhile((token) => !isSymbol(token, ",") && !isWord(token, "WHERE", "ORDER", "LIMIT"));
    if (value.length === 0) reader.refuse();
    assignments.push([column, renderExpression(reader.sql, value)]);
  } while (reader.acceptSymbol(","));
  const sets = assignments.map(([column, value]) => `${quoteName(column)} = ${value}`).join(", ");
  const selection = renderSelection(reader, table);
  return {
    kind: "update",
    sql: `UPDATE ${quoteName(table.name)} SET ${sets}${selection}`,
    table,
    assignments,
    selection,
  };
}

function translateDelete(reader: TokenReader, requireTable: (name: string) => TableDefinition): Statement {
  reader.expect("DELETE");
  reader.expect("FROM");
  const table = requireTable(reader.name());
  return { kind: "delete", sql: `DELETE FROM ${quoteName(table.name)}${renderSelection(reader, table)}` };
}

/** The rest of an UPDATE or DELETE. SQLite knows no ORDER BY and LIMIT there, so they go into a subquery. */
function renderSelection(reader: TokenReader, table: TableDefinition): string {
  if (reader.done) return "";
  if (!isWord(reader.peek(), "WHERE", "ORDER", "LIMIT")) reader.refuse();
  const where = renderExpression(
    reader.sql,
    reader.takeWhile((token) => !isWord(token, "ORDER", "LIMIT")),
  );
  if (reader.done) return ` ${where}`;
  const rest = renderExpression(
    reader.sql,
    reader.takeWhile(() => true),
  );
  return ` WHERE rowid IN (SELECT rowid FROM ${quoteName(table.name)} ${where} ${rest})`;
}
