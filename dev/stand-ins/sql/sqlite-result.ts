import type { DatabaseSync, StatementColumnMetadata } from "node:sqlite";
import type { SqlField, SqlOutcome, SqlValue } from "./engine.ts";
import type { Insert } from "./insert.ts";
import { quoteName } from "./table-definition.ts";

type SqliteValue = bigint | number | string | Uint8Array | null;

const TEXT_CHARSET = 255;
const BINARY_CHARSET = 63;
/** MySQL's column flags as Vitess passes them on. */
const BLOB_FLAG = 16;
const UNSIGNED_FLAG = 32;
const NUMBER_FLAG = 32_768;

/** MySQL's declared types, which SQLite repeats with each column, by Vitess's name and the width MySQL reports. */
const TYPES: Readonly<Record<string, readonly [type: string, columnLength: number]>> = {
  TINYINT: ["INT8", 4],
  SMALLINT: ["INT16", 6],
  INT: ["INT32", 11],
  BIGINT: ["INT64", 20],
  DOUBLE: ["FLOAT64", 22],
  // Only a SERIAL column is declared so.
  INTEGER: ["UINT64", 20],
};

export function readRows(connection: DatabaseSync, sql: string, database: string): SqlOutcome {
  const statement = connection.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const rows = statement.all() as unknown as SqliteValue[][];
  const fields = statement.columns().map((column, at) =>
    describeColumn(
      column,
      rows.map((row) => row[at] ?? null),
      database,
    ),
  );
  return { kind: "rows", fields, rows: rows.map((row) => row.map(encodeValue)) };
}

function encodeValue(value: SqliteValue): SqlValue {
  if (value === null || value instanceof Uint8Array) return value;
  return Buffer.from(String(value), "utf8");
}

function describeColumn(column: StatementColumnMetadata, values: readonly SqliteValue[], database: string): SqlField {
  const { name } = column;
  if (column.type === null || column.table === null) return { name, ...inferType(values) };
  const origin = { name, table: column.table, orgTable: column.table, orgName: column.column ?? name, database };
  const [, base = "", length] = /^(\w+)(?:\((\d+)\))?/.exec(column.type) ?? [];
  if (base === "TEXT")
    return { ...origin, type: "TEXT", columnLength: 262_140, charset: TEXT_CHARSET, flags: BLOB_FLAG };
  const [type, columnLength] = TYPES[base] ?? [];
  if (type === undefined || columnLength === undefined) {
    return { ...origin, type: base, columnLength: Number(length ?? 0) * 4, charset: TEXT_CHARSET };
  }
  const unsigned = column.type.endsWith("UNSIGNED");
  return {
    ...origin,
    type: unsigned ? `U${type}` : type,
    columnLength,
    charset: BINARY_CHARSET,
    flags: NUMBER_FLAG | (unsigned ? UNSIGNED_FLAG : 0),
  };
}

/** SQLite knows no type of an expression before it has a value. */
function inferType(values: readonly SqliteValue[]): Pick<SqlField, "type" | "charset" | "flags"> {
  const value = values.find((candidate) => candidate !== null);
  if (typeof value === "string") return { type: "VARCHAR", charset: TEXT_CHARSET };
  if (value instanceof Uint8Array) return { type: "VARBINARY", charset: BINARY_CHARSET };
  if (value === undefined) return { charset: BINARY_CHARSET, flags: NUMBER_FLAG };
  return { type: typeof value === "bigint" ? "INT64" : "FLOAT64", charset: BINARY_CHARSET, flags: NUMBER_FLAG };
}

export function runChange(connection: DatabaseSync, sql: string): SqlOutcome {
  return { kind: "change", rowsAffected: Number(connection.prepare(sql).run().changes), insertId: "0" };
}

/**
 * Counts as MySQL does: 1 for a row that is new or left as it was, 2 for one that an upsert changed (manual, "INSERT …
 * ON DUPLICATE KEY UPDATE", with CLIENT_FOUND_ROWS).
 */
export function runInsert(connection: DatabaseSync, insert: Insert): SqlOutcome {
  const counter = connection.prepare(`SELECT count(*) FROM ${quoteName(insert.table.name)}`);
  const count = () => Number(Object.values(counter.get() ?? {})[0]);
  const before = insert.mode === "upsert" ? count() : 0;
  const { changes, lastInsertRowid } = connection.prepare(insert.sql).run();
  const written = Number(changes);
  const replaced = insert.mode === "upsert" ? written - (count() - before) : 0;
  const given = insert.mode === "upsert" ? (insert.rows?.length ?? written) : written;
  const numbered = insert.table.columns.some((column) => column.autoIncrement) && written > 0;
  return {
    kind: "change",
    rowsAffected: given + replaced,
    insertId: numbered ? String(lastInsertRowid) : "0",
  };
}
