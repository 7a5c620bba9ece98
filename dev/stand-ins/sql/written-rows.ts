import type { DatabaseSync } from "node:sqlite";
import type { Statement } from "./dialect.ts";
import { type ColumnDefinition, quoteName } from "./table-definition.ts";

export type Written = string | bigint | number | Uint8Array | null;

/** A row as a refused statement would have left it. */
export interface WrittenRow {
  /** Null for a row that is new. */
  readonly rowid: bigint | null;
  readonly values: ReadonlyMap<string, Written>;
}

/** Evaluates the values of an INSERT or UPDATE that SQLite has just refused, and so undone. */
export function readWrittenRows(
  statement: Statement & { kind: "insert" | "update" },
  connection: DatabaseSync,
): WrittenRow[] {
  if (statement.kind === "update") {
    const { table, selection } = statement;
    const assigned = new Map(statement.assignments.map(([column, value]) => [column.toLowerCase(), value]));
    const values = table.columns.map(({ name }) => assigned.get(name.toLowerCase()) ?? quoteName(name));
    const sql = `SELECT rowid, ${values.join(", ")} FROM ${quoteName(table.name)}${selection}`;
    return evaluate(connection, sql, table.columns);
  }
  const { table, columns, rows } = statement.insert;
  const positions = columns.map((column) => column.toLowerCase());
  return (rows ?? []).flatMap((row) => {
    const values = table.columns.map(
      ({ name, defaultSql }) => row[positions.indexOf(name.toLowerCase())] ?? defaultSql,
    );
    return evaluate(connection, `SELECT NULL, ${values.map((value) => value ?? "NULL").join(", ")}`, table.columns);
  });
}

function evaluate(connection: DatabaseSync, sql: string, columns: readonly ColumnDefinition[]): WrittenRow[] {
  const select = connection.prepare(sql);
  select.setReadBigInts(true);
  select.setReturnArrays(true);
  return (select.all() as unknown as [bigint | null, ...Written[]][]).map(([rowid, ...values]) => ({
    rowid,
    values: new Map(columns.map((column, at) => [column.name, storedForm(column, values[at] ?? null)])),
  }));
}

/** What the column would make of the value, by SQLite's rules of affinity. */
function storedForm({ type }: ColumnDefinition, value: Written): Written {
  if (value === null || value instanceof Uint8Array) return value;
  if (type.kind === "characters" || type.kind === "text") return `${value}`;
  const isInteger = typeof value === "string" ? /^\s*[+-]?\d+\s*$/.test(value) : Number.isInteger(value);
  return type.kind === "integer" && typeof value !== "bigint" && isInteger ? BigInt(value) : value;
}
