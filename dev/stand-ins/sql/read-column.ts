import { notSupported } from "./engine.ts";
import { type ColumnDefinition, type ColumnType, quoteString } from "./table-definition.ts";
import type { TokenReader } from "./token-reader.ts";

/** What a column says of itself where it is declared; keys become part of the table. */
export interface ColumnDeclaration {
  readonly column: ColumnDefinition;
  readonly key: "primary" | "unique" | null;
}

/** MySQL's TEXT types by the bytes they hold (manual, table 13.7). */
const TEXT_MAX_BYTES: Readonly<Record<string, number>> = {
  TINYTEXT: 255,
  TEXT: 65_535,
  MEDIUMTEXT: 16_777_215,
  LONGTEXT: 4_294_967_295,
};

const INTEGERS: Readonly<Record<string, { name: string; bits: 8 | 16 | 32 | 64 }>> = {
  BOOLEAN: { name: "TINYINT", bits: 8 },
  BOOL: { name: "TINYINT", bits: 8 },
  TINYINT: { name: "TINYINT", bits: 8 },
  SMALLINT: { name: "SMALLINT", bits: 16 },
  INT: { name: "INT", bits: 32 },
  INTEGER: { name: "INT", bits: 32 },
  BIGINT: { name: "BIGINT", bits: 64 },
};

export function readColumn(reader: TokenReader): ColumnDeclaration {
  const name = reader.name();
  if (reader.accept("SERIAL")) {
    const type: ColumnType = { kind: "integer", name: "BIGINT", bits: 64, unsigned: true };
    const column = { name, type, notNull: true, autoIncrement: true, defaultSql: null };
    return { column, key: readAttributes(reader, column).key ?? "unique" };
  }
  return readAttributes(reader, {
    name,
    type: readType(reader),
    notNull: false,
    autoIncrement: false,
    defaultSql: null,
  });
}

function readType(reader: TokenReader): ColumnType {
  const name = reader.name().toUpperCase();
  if (name === "CHAR" || name === "VARCHAR") {
    return { kind: "characters", name, maxCharacters: readLength(reader) ?? (name === "CHAR" ? 1 : reader.refuse()) };
  }
  const maxBytes = TEXT_MAX_BYTES[name];
  if (maxBytes !== undefined) return { kind: "text", maxBytes };
  if (name === "DOUBLE") return { kind: "double" };
  const integer = INTEGERS[name];
  if (!integer) throw notSupported(`column type ${name}`);
  readLength(reader);
  return { kind: "integer", ...integer, unsigned: reader.accept("UNSIGNED") };
}

function readLength(reader: TokenReader): number | undefined {
  if (!reader.acceptSymbol("(")) return undefined;
  const token = reader.next();
  if (token.kind !== "number") reader.refuse();
  reader.expectSymbol(")");
  return Number(token.value);
}

function readAttributes(reader: TokenReader, column: ColumnDefinition): ColumnDeclaration {
  let declared = column;
  let key: ColumnDeclaration["key"] = null;
  for (;;) {
    if (reader.accept("NOT", "NULL")) declared = { ...declared, notNull: true };
    else if (reader.accept("NULL")) declared = { ...declared, notNull: false };
    else if (reader.accept("DEFAULT")) declared = { ...declared, defaultSql: readDefault(reader) };
    else if (reader.accept("AUTO_INCREMENT")) declared = { ...declared, autoIncrement: true, notNull: true };
    else if (reader.accept("PRIMARY", "KEY")) key = "primary";
    else if (reader.accept("UNIQUE", "KEY") || reader.accept("UNIQUE")) key ??= "unique";
    else if (reader.accept("CHARACTER", "SET") || reader.accept("COLLATE") || reader.accept("COMMENT")) reader.next();
    else return { column: key === "primary" ? { ...declared, notNull: true } : declared, key };
  }
}

function readDefault(reader: TokenReader): string | null {
  const negative = reader.acceptSymbol("-");
  const token = reader.next();
  if (token.kind === "number") return negative ? `-${token.value}` : token.value;
  if (token.kind === "string" && !negative) return quoteString(token.value);
  const word = token.value.toUpperCase();
  if (word === "NULL") return null;
  if (word === "TRUE") return "1";
  if (word === "FALSE") return "0";
  throw notSupported(`DEFAULT ${token.value}`);
}
