import type { FieldPacket, QueryResult, ResultSetHeader } from "mysql2/promise";
import {
  BINARY_CHARSET,
  RefusedStatement,
  type SqlField,
  type SqlOutcome,
  type SqlValue,
  TEXT_CHARSET,
} from "./engine.ts";
import { is, syntaxError, tokenize } from "./tokens.ts";

/** MySQL's column types from 0 on by Vitess's names: `mysqlToType` in go/sqltypes/const.go. */
const TYPES =
  "DECIMAL INT8 INT16 INT32 FLOAT32 FLOAT64 NULL TIMESTAMP INT64 INT24 DATE TIME DATETIME YEAR DATE VARCHAR BIT".split(
    " ",
  );

/** Those of the highest numbers, from 245 on. */
const LATER_TYPES = "JSON DECIMAL ENUM SET TEXT TEXT TEXT TEXT VARCHAR CHAR GEOMETRY".split(" ");

/** The names of the same types when they hold bytes. */
const BINARY_TYPES: Readonly<Record<string, string>> = { TEXT: "BLOB", VARCHAR: "VARBINARY", CHAR: "BINARY" };

const UNSIGNED_FLAG = 32;

export function readServerResult(result: QueryResult, fields: readonly FieldPacket[] | undefined): SqlOutcome {
  if (!Array.isArray(result)) {
    const { affectedRows, insertId } = result as ResultSetHeader;
    return { kind: "change", rowsAffected: affectedRows, insertId: String(insertId) };
  }
  return { kind: "rows", fields: (fields ?? []).map(describeField), rows: result as unknown as SqlValue[][] };
}

function describeField(field: FieldPacket): SqlField {
  const charset = field.characterSet === BINARY_CHARSET ? BINARY_CHARSET : TEXT_CHARSET;
  const number = field.columnType ?? 6;
  return {
    name: field.name,
    type: nameType(TYPES[number] ?? LATER_TYPES[number - 245] ?? "NULL", field, charset),
    charset,
  };
}

function nameType(base: string, { flags, orgTable }: FieldPacket, charset: number): string | undefined {
  if (base === "NULL") return undefined;
  // MariaDB says INT of a number that stands in no table, where MySQL 8 says BIGINT.
  if (base === "INT32" && !orgTable) return "INT64";
  if (base.startsWith("INT") && Number(flags) & UNSIGNED_FLAG) return `U${base}`;
  return charset === BINARY_CHARSET ? (BINARY_TYPES[base] ?? base) : base;
}

/** A server's refusal in MySQL 8's words, which MariaDB's differ from. Other failures mean that it is unreachable. */
export function explainServerError(error: unknown, sql: string): SqlOutcome {
  if (!(error instanceof Error)) throw error;
  const { errno, sqlState, sqlMessage } = error as Error & { errno?: number; sqlState?: string; sqlMessage?: string };
  if (errno === undefined || sqlState === undefined || sqlMessage === undefined) return { kind: "unavailable" };
  const refused = (message: string, state = sqlState) => new RefusedStatement(errno, state, message);
  switch (errno) {
    case 1062:
      return refused(nameTable(sqlMessage, sql));
    case 1064:
      return syntaxError(sql);
    case 1366:
      return refused(sqlMessage.replace(/for column (?:`[^`]*`\.)*`([^`]*)`/, "for column '$1'"), "HY000");
    default:
      return refused(sqlMessage);
  }
}

/** MySQL 8 writes a key with its table. MariaDB leaves the table out, so it is read from the statement. */
function nameTable(message: string, sql: string): string {
  const tokens = tokenize(sql);
  const table = tokens[tokens.findIndex((token) => is(token, "INTO", "UPDATE", "TABLE", "ON")) + 1]?.value;
  return message.replace(/for key '([^'.]+)'$/, (_, key) => `for key '${table}.${key}'`);
}
