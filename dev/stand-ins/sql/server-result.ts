import type { FieldPacket, QueryResult, ResultSetHeader } from "mysql2/promise";
import type { SqlField, SqlOutcome, SqlValue } from "./engine.ts";

/** MySQL's column types by Vitess's names: `mysqlToType` in go/sqltypes/const.go. */
const TYPES: Readonly<Record<number, string>> = {
  0: "DECIMAL",
  1: "INT8",
  2: "INT16",
  3: "INT32",
  4: "FLOAT32",
  5: "FLOAT64",
  7: "TIMESTAMP",
  8: "INT64",
  9: "INT24",
  10: "DATE",
  11: "TIME",
  12: "DATETIME",
  13: "YEAR",
  15: "VARCHAR",
  16: "BIT",
  245: "JSON",
  246: "DECIMAL",
  249: "TEXT",
  250: "TEXT",
  251: "TEXT",
  252: "TEXT",
  253: "VARCHAR",
  254: "CHAR",
  255: "GEOMETRY",
};

/** What the same types are called when they hold bytes. */
const BINARY_TYPES: Readonly<Record<string, string>> = { TEXT: "BLOB", VARCHAR: "VARBINARY", CHAR: "BINARY" };

const BINARY_CHARSET = 63;
const UTF8MB4_CHARSET = 255;
const UNSIGNED_FLAG = 32;
const ENUM_FLAG = 256;
const SET_FLAG = 2048;
const NUMBER_FLAG = 32_768;

export function readServerResult(result: QueryResult, fields: readonly FieldPacket[] | undefined): SqlOutcome {
  if (!Array.isArray(result)) {
    const { affectedRows, insertId } = result as ResultSetHeader;
    return { kind: "change", rowsAffected: affectedRows, insertId: String(insertId) };
  }
  return { kind: "rows", fields: (fields ?? []).map(describeField), rows: result as unknown as SqlValue[][] };
}

function describeField(field: FieldPacket): SqlField {
  const flags = Number(field.flags);
  const charset = field.characterSet === BINARY_CHARSET ? BINARY_CHARSET : UTF8MB4_CHARSET;
  const base = TYPES[field.columnType ?? -1];
  const isNumber = base !== undefined && /^(U?INT|FLOAT|DECIMAL|YEAR)/.test(base);
  const type = nameType(base, flags, charset, field.orgTable !== "");
  return {
    name: field.name,
    ...(type !== undefined && { type }),
    ...(field.orgTable && { table: field.table, orgTable: field.orgTable, orgName: field.orgName }),
    ...(field.schema && { database: field.schema }),
    ...(field.columnLength && { columnLength: field.columnLength }),
    charset,
    flags: isNumber ? flags | NUMBER_FLAG : flags,
  };
}

function nameType(base: string | undefined, flags: number, charset: number, stored: boolean): string | undefined {
  if (flags & ENUM_FLAG) return "ENUM";
  if (flags & SET_FLAG) return "SET";
  // MariaDB says INT of a number that stands in no table, where MySQL 8 says BIGINT.
  if (base === "INT32" && !stored) return "INT64";
  if (base?.startsWith("INT") && flags & UNSIGNED_FLAG) return `U${base}`;
  if (base !== undefined && charset === BINARY_CHARSET) return BINARY_TYPES[base] ?? base;
  return base;
}
