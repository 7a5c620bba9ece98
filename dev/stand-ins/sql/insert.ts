import { RefusedStatement } from "./engine.ts";
import { renderExpression } from "./render-expression.ts";
import { type ColumnDefinition, findColumn, nameList, quoteName, type TableDefinition } from "./table-definition.ts";
import { TokenReader } from "./token-reader.ts";
import { isWord, type Token, withoutDual } from "./tokens.ts";

/** An INSERT in SQLite's words, with what is needed to count and to explain it as MySQL would. */
export interface Insert {
  readonly sql: string;
  readonly mode: "insert" | "ignore" | "upsert";
  readonly table: TableDefinition;
  readonly columns: readonly string[];
  /** The rendered values, row by row; null when they come from a SELECT. */
  readonly rows: readonly (readonly string[])[] | null;
}

export function readInsert(sql: string, tokens: readonly Token[], requireTable: (name: string) => TableDefinition) {
  const reader = new TokenReader(sql, tokens);
  reader.expect("INSERT");
  const ignores = reader.accept("IGNORE");
  reader.accept("INTO");
  const table = requireTable(reader.name());
  const named = reader.peek()?.value === "(" ? reader.names() : [];
  for (const name of named) {
    if (!findColumn(table, name)) throw new RefusedStatement(1054, "42S22", `Unknown column '${name}' in 'field list'`);
  }
  const columns = named.length > 0 ? named : table.columns.map((column) => column.name);

  const rows = isWord(reader.peek(), "VALUES", "VALUE") ? readRows(reader, table, columns) : null;
  const source = rows
    ? `VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")}`
    : renderExpression(
        sql,
        withoutDual(reader.takeWhile((token) => !(isWord(token, "ON") && isWord(reader.peek(1), "DUPLICATE")))),
      );
  refuseMissing(table, columns);
  const upsert = reader.accept("ON", "DUPLICATE", "KEY", "UPDATE") ? renderUpsert(reader) : "";
  reader.expectEnd();
  const conflict = upsert || (ignores ? " ON CONFLICT DO NOTHING" : "");
  return {
    sql: `INSERT INTO ${quoteName(table.name)} (${nameList(columns)}) ${source}${conflict}`,
    mode: upsert ? "upsert" : ignores ? "ignore" : "insert",
    table,
    columns,
    rows,
  } satisfies Insert;
}

function readRows(reader: TokenReader, table: TableDefinition, columns: readonly string[]): string[][] {
  reader.next();
  const rows: string[][] = [];
  do {
    const items = reader.bracketed();
    // `() VALUES ()` is a row of nothing but defaults.
    const values = items.length === 0 && rows.length === 0 ? columns.map(() => DEFAULT) : items;
    if (values.length !== columns.length) {
      throw new RefusedStatement(1136, "21S01", `Column count doesn't match value count at row ${rows.length + 1}`);
    }
    rows.push(
      values.map((value, index) => {
        const column = findColumn(table, columns[index] as string) as ColumnDefinition;
        const isDefault = value.length === 1 && isWord(value[0], "DEFAULT");
        return isDefault ? renderDefault(column) : renderExpression(reader.sql, value);
      }),
    );
  } while (reader.acceptSymbol(","));
  return rows;
}

const DEFAULT: Token[] = [{ kind: "word", value: "DEFAULT", start: 0, end: 0 }];

/** SQLite has no DEFAULT among the values of a row; drizzle writes one for every column that it is not given. */
function renderDefault(column: ColumnDefinition): string {
  if (column.defaultSql !== null) return column.defaultSql;
  if (column.notNull && !column.autoIncrement) throw noDefault(column.name);
  return "NULL";
}

function refuseMissing(table: TableDefinition, columns: readonly string[]): void {
  const given = new Set(columns.map((name) => name.toLowerCase()));
  for (const column of table.columns) {
    const filled = given.has(column.name.toLowerCase()) || column.defaultSql !== null || column.autoIncrement;
    if (column.notNull && !filled) throw noDefault(column.name);
  }
}

const noDefault = (name: string) => new RefusedStatement(1364, "HY000", `Field '${name}' doesn't have a default value`);

/** The WHERE leaves a row alone that would not change, so that SQLite counts what MySQL calls changed. */
function renderUpsert(reader: TokenReader): string {
  const assignments: [column: string, value: string][] = [];
  do {
    const column = quoteName(reader.name());
    reader.expectSymbol("=");
    const value = renderExpression(reader.sql, reader.takeUntil(","), (name) => `excluded.${quoteName(name)}`);
    assignments.push([column, value]);
  } while (reader.acceptSymbol(","));
  const sets = assignments.map(([column, value]) => `${column} = ${value}`).join(", ");
  const changes = assignments.map(([column, value]) => `${column} IS NOT (${value}) COLLATE BINARY`).join(" OR ");
  return ` ON CONFLICT DO UPDATE SET ${sets} WHERE ${changes}`;
}
