import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { notSupported, quoteName, RefusedStatement } from "./engine.ts";
import { quoteString } from "./expression.ts";

/** A snapshot of the schema as drizzle-kit writes it for MySQL, as far as the embedded engine reads it. */
export interface Snapshot {
  readonly tables: Readonly<Record<string, SnapshotTable>>;
}

interface SnapshotTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, SnapshotColumn>>;
  readonly indexes: Readonly<Record<string, Key & { readonly isUnique: boolean }>>;
  readonly compositePrimaryKeys: Readonly<Record<string, Key>>;
  readonly uniqueConstraints: Readonly<Record<string, Key>>;
  readonly foreignKeys: object;
  readonly checkConstraint: object;
}

interface SnapshotColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly autoincrement: boolean;
  readonly default?: unknown;
}

export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
}

export type Value = string | bigint | null;

export interface Column {
  readonly name: string;
  /** Vitess's name. */
  readonly type: string;
  /** How much text it holds, or the range of its integers. */
  readonly limit:
    | { readonly characters: number }
    | { readonly bytes: number }
    | { readonly least: bigint; readonly most: bigint };
  readonly notNull: boolean;
  readonly autoIncrement: boolean;
  readonly default: Value;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** In the order in which MySQL looks for duplicates: the primary key, named PRIMARY, comes first. */
  readonly uniqueKeys: readonly Key[];
  /** Statements of SQLite that create it. */
  readonly sql: readonly string[];
}

/** By lower-case name. */
export type Tables = ReadonlyMap<string, Table>;

/** Reads the newest snapshot in a directory of drizzle-kit. Throws if it has none. */
export function readSnapshot(directory: string): Snapshot {
  const meta = join(directory, "meta");
  const newest = readdirSync(meta)
    .filter((name) => name.endsWith("_snapshot.json"))
    .toSorted()
    .at(-1);
  if (newest === undefined) throw new Error(`No snapshot of Drizzle's in ${meta}`);
  return JSON.parse(readFileSync(join(meta, newest), "utf8")) as Snapshot;
}

/** Throws for a table that the embedded engine cannot imitate. */
export function readTables({ tables }: Snapshot): Tables {
  return new Map(Object.values(tables).map((table) => [table.name.toLowerCase(), readTable(table)]));
}

function readTable(table: SnapshotTable): Table {
  const { name } = table;
  if (Object.keys({ ...table.foreignKeys, ...table.checkConstraint }).length > 0) {
    throw notSupported(`foreign keys and checks of table ${name}`);
  }
  const columns = Object.values(table.columns).map(readColumn);
  const indexes = Object.values(table.indexes);
  const uniqueKeys = [
    ...Object.values(table.compositePrimaryKeys).map((key) => ({ ...key, name: "PRIMARY" })),
    ...Object.values(table.uniqueConstraints),
    ...indexes.filter(({ isUnique }) => isUnique),
  ];
  const createIndex = (unique: string) => (index: Key) =>
    // Names of indexes are global in SQLite.
    `CREATE ${unique}INDEX ${quoteName(`${name}.${index.name}`)} ON ${quoteName(name)} (${index.columns.map(quoteName).join(", ")})`;
  const sql = [
    `CREATE TABLE ${quoteName(name)} (${columns.map(renderColumn).join(", ")})`,
    ...indexes.filter(({ isUnique }) => !isUnique).map(createIndex("")),
    // SQLite looks into the newest index first.
    ...uniqueKeys.map(createIndex("UNIQUE ")).toReversed(),
  ];
  return { name, columns, uniqueKeys, sql };
}

/** MySQL 8.4 manual, 13.7. */
const TEXT_BYTES = 65_535;

const INTEGER_BITS: Readonly<Record<string, number>> = { boolean: 8, int: 32, bigint: 64, serial: 64 };

function readColumn({ name, type, notNull, autoincrement, default: given }: SnapshotColumn): Column {
  const [, base = "", length, sign] = /^(\w+)(?:\((\d+)\))?( unsigned)?$/.exec(type) ?? [];
  const common = { name, notNull, autoIncrement: autoincrement, default: readDefault(name, given) };
  const bits = INTEGER_BITS[base];
  if (base === "varchar") return { ...common, type: "VARCHAR", limit: { characters: Number(length) } };
  if (base === "text") return { ...common, type: "TEXT", limit: { bytes: TEXT_BYTES } };
  if (bits === undefined) throw notSupported(`column type ${type}`);
  const isUnsigned = sign !== undefined || base === "serial";
  // SQLite's integers are signed, so that an unsigned BIGINT ends at 2^63 - 1 here.
  const top = 2n ** BigInt(isUnsigned && bits < 64 ? bits : bits - 1);
  return {
    ...common,
    type: `${isUnsigned ? "U" : ""}INT${bits}`,
    limit: { least: isUnsigned ? 0n : -top, most: top - 1n },
  };
}

function readDefault(name: string, given: unknown): Value {
  if (given === undefined) return null;
  if (typeof given === "number" || typeof given === "boolean") return BigInt(given);
  const [, text] = /^'((?:[^']|'')*)'$/s.exec(String(given)) ?? [];
  if (text === undefined) throw notSupported(`default ${given} of column ${name}`);
  return text.replaceAll("''", "'");
}

/** Limits are not left to SQLite, which would not say which value of which row broke them. */
function renderColumn(column: Column): string {
  const name = quoteName(column.name);
  // Only a column declared exactly like this numbers its rows in SQLite.
  if (column.autoIncrement) return `${name} INTEGER PRIMARY KEY AUTOINCREMENT`;
  // NOCASE folds ASCII only; MySQL's collations also ignore accents.
  const type = "least" in column.limit ? "INTEGER" : "TEXT COLLATE NOCASE";
  return `${name} ${type}${column.notNull ? " NOT NULL" : ""}${column.default === null ? "" : ` DEFAULT ${literal(column.default)}`}`;
}

export function literal(value: Value): string {
  return typeof value === "string" ? quoteString(value) : String(value ?? "NULL");
}

/** The value with which MySQL fills a new column in existing rows. */
export function fillValue(column: Column): Value {
  return column.default ?? (column.notNull ? ("least" in column.limit ? 0n : "") : null);
}

export function findColumn({ columns }: Table, name: string): Column {
  const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  return found ?? refuseColumn(name);
}

function refuseColumn(name: string): never {
  throw new RefusedStatement(1054, "42S22", `Unknown column '${name}' in 'field list'`);
}
