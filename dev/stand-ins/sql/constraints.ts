import type { DatabaseSync } from "node:sqlite";
import type { Statement } from "./dialect.ts";
import { notSupported, RefusedStatement } from "./engine.ts";
import {
  type ColumnDefinition,
  type ColumnType,
  integerRange,
  quoteName,
  type TableDefinition,
} from "./table-definition.ts";
import { readWrittenRows, type Written, type WrittenRow } from "./written-rows.ts";

/**
 * Finds what MySQL would have refused first: row by row, in each row column by column, and duplicates once the row's
 * values are good. SQLite looks for missing values first, then at CHECKs, and names neither value nor row.
 */
export function explainConstraint(statement: Statement, connection: DatabaseSync): RefusedStatement | null {
  if (statement.kind !== "insert" && statement.kind !== "update") return null;
  const table = statement.kind === "insert" ? statement.insert.table : statement.table;
  const order =
    statement.kind === "insert" ? statement.insert.columns : statement.assignments.map(([column]) => column);
  const mayCollide = statement.kind === "update" || statement.insert.mode === "insert";
  const rows = readWrittenRows(statement, connection);
  for (const [index, row] of rows.entries()) {
    for (const name of order) {
      const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
      const refusal = column && refuseValue(column, row.values.get(column.name) ?? null, index + 1);
      if (refusal) return refusal;
    }
    const collision = mayCollide ? findCollision(table, row, rows.slice(0, index), connection) : null;
    if (collision) return collision;
  }
  return null;
}

function refuseValue(column: ColumnDefinition, value: Written, row: number): RefusedStatement | null {
  const { name, type } = column;
  if (value === null) return column.notNull && !column.autoIncrement ? cannotBeNull(name) : null;
  switch (type.kind) {
    case "characters":
    case "text": {
      if (value instanceof Uint8Array) return notSupported(`bytes for column '${name}'`);
      const isLong =
        type.kind === "text"
          ? Buffer.byteLength(`${value}`) > type.maxBytes
          : Array.from(`${value}`).length > type.maxCharacters;
      return isLong ? tooLong(name, row) : null;
    }
    case "integer":
      return refuseInteger(name, type, value, row);
    case "double":
      return typeof value === "string" ? dataTruncated(name, row) : null;
  }
}

function refuseInteger(name: string, type: ColumnType & { kind: "integer" }, value: Written, row: number) {
  if (value instanceof Uint8Array) return notSupported(`bytes for column '${name}'`);
  if (typeof value === "string") return incorrectInteger(value, name, row);
  const [least, most] = integerRange(type.bits, type.unsigned);
  if (value === null || (value >= least && value <= most)) {
    return typeof value === "number" ? notSupported(`a fraction for column '${name}'`) : null;
  }
  return outOfRange(name, row);
}

/** A key that the row would share with one of the table's or with an earlier row of its own statement. */
function findCollision(
  table: TableDefinition,
  row: WrittenRow,
  earlier: readonly WrittenRow[],
  connection: DatabaseSync,
): RefusedStatement | null {
  const unique = table.indexes.filter((index) => index.unique);
  for (const { name, columns } of [{ name: "PRIMARY", columns: table.primaryKey }, ...unique]) {
    const values = columns.map((column) => row.values.get(column) ?? null);
    if (values.length === 0 || values.includes(null)) continue;
    const where = columns.map((column) => `${quoteName(column)} = ?`).join(" AND ");
    const found = connection
      .prepare(`SELECT 1 FROM ${quoteName(table.name)} WHERE ${where} AND rowid IS NOT ?`)
      .get(...values, row.rowid);
    const keyOf = (other: WrittenRow) =>
      columns.map((column) => display(other.values.get(column)).toLowerCase()).join();
    if (found || earlier.some((other) => keyOf(other) === keyOf(row))) {
      return duplicateEntry(values.map(display).join("-"), table.name, name);
    }
  }
  return null;
}

const display = (value: Written | undefined) =>
  value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value);

export const cannotBeNull = (column: string) =>
  new RefusedStatement(1048, "23000", `Column '${column}' cannot be null`);

export const duplicateEntry = (entry: string, table: string, key: string) =>
  new RefusedStatement(1062, "23000", `Duplicate entry '${entry}' for key '${table}.${key}'`);

export const tooLong = (column: string, row: number) =>
  new RefusedStatement(1406, "22001", `Data too long for column '${column}' at row ${row}`);

export const outOfRange = (column: string, row: number) =>
  new RefusedStatement(1264, "22003", `Out of range value for column '${column}' at row ${row}`);

export const incorrectInteger = (value: string, column: string, row: number) =>
  new RefusedStatement(1366, "HY000", `Incorrect integer value: '${value}' for column '${column}' at row ${row}`);

const dataTruncated = (column: string, row: number) =>
  new RefusedStatement(1265, "01000", `Data truncated for column '${column}' at row ${row}`);
