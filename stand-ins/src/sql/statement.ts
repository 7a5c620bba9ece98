import { notSupported, RefusedStatement } from "./engine.ts";
import { renderExpression } from "./expression.ts";
import { type Column, findColumn, literal, type Table } from "./tables.ts";
import { is, leadingVerb, SCHEMA_VERBS, syntaxError, type Token, TokenReader, tokenize } from "./tokens.ts";

/** A statement of MySQL's, with its parts in SQLite's words. */
export type Statement =
  | { readonly kind: "read"; readonly sql: string; readonly locks: boolean }
  | {
      readonly kind: "insert";
      readonly table: Table;
      readonly columns: readonly Column[];
      /** A SELECT or VALUES that gives a value for each of `columns`. */
      readonly source: string;
      /** The assignments after ON DUPLICATE KEY UPDATE, in which `renderValue` renders `VALUES(column)`; null if there are none. */
      readonly upsert: ((renderValue: (column: string) => string) => Assignment[]) | null;
    }
  | {
      readonly kind: "update";
      readonly table: Table;
      readonly assignments: readonly Assignment[];
      /** WHERE, ORDER BY and LIMIT. */
      readonly selection: string;
    }
  | { readonly kind: "delete"; readonly table: Table; readonly selection: string };

export interface Assignment {
  readonly column: Column;
  readonly value: string;
}

type RequireTable = (name: string) => Table;

/** Translates one statement, or throws the refusal of MySQL or of the engine. */
export function translate(sql: string, requireTable: RequireTable): Statement {
  const tokens = tokenize(sql);
  while (is(tokens.at(-1), ";")) tokens.pop();
  const second = tokens.find((token) => is(token, ";"));
  if (second) throw syntaxError(sql, second);
  const reader = new TokenReader(sql, tokens);
  const verb = leadingVerb(sql);
  switch (verb) {
    case "SELECT": {
      const locks = is(tokens.at(-2), "FOR") && is(tokens.at(-1), "UPDATE");
      return { kind: "read", sql: renderExpression(sql, locks ? tokens.slice(0, -2) : tokens), locks };
    }
    case "INSERT":
      return readInsert(reader, requireTable);
    case "UPDATE": {
      reader.expect("UPDATE");
      const table = requireTable(reader.name());
      reader.expect("SET");
      const assignments = readAssignments(reader, table)();
      return { kind: "update", table, assignments, selection: readSelection(reader) };
    }
    case "DELETE": {
      reader.expect("DELETE", "FROM");
      const table = requireTable(reader.name());
      return { kind: "delete", table, selection: readSelection(reader) };
    }
    default:
      // The tables are those of the snapshot.
      throw SCHEMA_VERBS.includes(verb) ? notSupported(verb) : syntaxError(sql, tokens[0]);
  }
}

function readInsert(reader: TokenReader, requireTable: RequireTable): Statement {
  reader.expect("INSERT");
  if (is(reader.peek(), "IGNORE")) throw notSupported("INSERT IGNORE");
  reader.accept("INTO");
  const table = requireTable(reader.name());
  const names = is(reader.peek(), "(") ? reader.bracketed().map(([name]) => name?.value ?? "") : null;
  const columns = names?.map((name) => findColumn(table, name)) ?? table.columns;
  const source = is(reader.peek(), "VALUES")
    ? readValues(reader, columns)
    : renderExpression(reader.sql, reader.takeUntil("ON"));
  for (const column of table.columns) if (!columns.includes(column)) requireDefault(column);
  const upserts = reader.accept("ON", "DUPLICATE", "KEY", "UPDATE");
  const upsert = upserts ? readAssignments(reader, table) : null;
  if (reader.peek()) reader.refuse();
  return { kind: "insert", table, columns, source, upsert };
}

function readValues(reader: TokenReader, columns: readonly Column[]): string {
  reader.expect("VALUES");
  const rows: string[] = [];
  do {
    const items = reader.bracketed();
    if (items.length !== columns.length) {
      throw new RefusedStatement(1136, "21S01", `Column count doesn't match value count at row ${rows.length + 1}`);
    }
    const values = columns.map((column, index) => {
      const item = items[index] ?? [];
      // SQLite has no DEFAULT there; drizzle writes one for every column that it is not given.
      if (item.length === 1 && is(item[0], "DEFAULT")) return literal(requireDefault(column));
      return item.length > 0 ? renderExpression(reader.sql, item) : reader.refuse();
    });
    rows.push(`(${values.join(", ")})`);
  } while (reader.accept(","));
  return `VALUES ${rows.join(", ")}`;
}

function requireDefault(column: Column): Column["default"] {
  if (column.default !== null || !column.notNull || column.autoIncrement) return column.default;
  throw new RefusedStatement(1364, "HY000", `Field '${column.name}' doesn't have a default value`);
}

/** Renders the assignments later, when an upsert knows the row that it could not insert. */
function readAssignments(reader: TokenReader, table: Table) {
  const assignments: { column: Column; tokens: Token[] }[] = [];
  do {
    const column = findColumn(table, reader.name());
    reader.expect("=");
    const tokens = reader.takeUntil(",", "WHERE", "ORDER", "LIMIT");
    if (tokens.length === 0) reader.refuse();
    assignments.push({ column, tokens });
  } while (reader.accept(","));
  return (renderValue?: (column: string) => string): Assignment[] =>
    assignments.map(({ column, tokens }) => ({ column, value: renderExpression(reader.sql, tokens, renderValue) }));
}

function readSelection(reader: TokenReader): string {
  if (reader.peek() && !is(reader.peek(), "WHERE", "ORDER", "LIMIT")) reader.refuse();
  return renderExpression(reader.sql, reader.takeUntil());
}
