import type { DatabaseSync } from "node:sqlite";
import { notSupported, quoteName, RefusedStatement, type SqlOutcome } from "./engine.ts";
import type { Assignment, Statement } from "./statement.ts";
import { type Column, findColumn, type Key, literal, type Table, type Value } from "./tables.ts";

/** What SQLite gives with integers as `bigint`. */
export type SqliteValue = Value | number | Uint8Array;

type Row = readonly SqliteValue[];

/** Runs a SELECT of SQLite's. */
export function select(connection: DatabaseSync, sql: string) {
  const statement = connection.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return { rows: statement.all() as unknown as Row[], columns: statement.columns() };
}

/**
 * Writes row by row, and in each row column by column, as MySQL does: so the first refusal is the one that MySQL gives.
 * A statement is carried out as a whole or not at all.
 */
export function write(connection: DatabaseSync, statement: Exclude<Statement, { kind: "read" }>): SqlOutcome {
  connection.exec("SAVEPOINT __statement");
  try {
    switch (statement.kind) {
      case "insert":
        return insert(connection, statement);
      case "update": {
        const rowsAffected = update(connection, statement).matched;
        return { kind: "change", rowsAffected, insertId: "0" };
      }
      case "delete": {
        const name = quoteName(statement.table.name);
        const sql = `DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name}${statement.selection})`;
        return { kind: "change", rowsAffected: Number(connection.prepare(sql).run().changes), insertId: "0" };
      }
    }
  } catch (error) {
    connection.exec("ROLLBACK TO __statement");
    throw error;
  } finally {
    connection.exec("RELEASE __statement");
  }
}

/**
 * Counts as MySQL does with CLIENT_FOUND_ROWS: 1 for a row that is new or left as it was, 2 for one that an upsert changed
 * (manual, "INSERT … ON DUPLICATE KEY UPDATE").
 */
function insert(
  connection: DatabaseSync,
  { table, columns, source, upsert }: Statement & { kind: "insert" },
): SqlOutcome {
  const name = quoteName(table.name);
  const statement = connection.prepare(`INSERT INTO ${name} VALUES (${table.columns.map(() => "?").join(", ")})`);
  let rowsAffected = 0;
  let insertId = "0";
  for (const [index, values] of select(connection, source).rows.entries()) {
    if (values.length !== columns.length) {
      throw new RefusedStatement(1136, "21S01", `Column count doesn't match value count at row ${index + 1}`);
    }
    const row = new Map(table.columns.map((column) => [column.name, column.default]));
    for (const [at, column] of columns.entries()) row.set(column.name, convert(column, values[at] ?? null, index + 1));
    const getValue = (column: string) => row.get(findColumn(table, column).name) ?? null;
    rowsAffected += 1;
    try {
      const { lastInsertRowid } = statement.run(...row.values());
      if (table.columns.some(({ autoIncrement }) => autoIncrement)) insertId = String(lastInsertRowid);
    } catch (error) {
      const key = findViolatedKey(table, error);
      if (upsert === null) throw duplicateEntry(table, key, getValue);
      const selection = ` WHERE ${key.columns.map((column) => `${quoteName(column)} = ${literal(getValue(column))}`).join(" AND ")}`;
      const assignments = upsert((column) => literal(getValue(column)));
      rowsAffected += update(connection, { table, assignments, selection }).changed;
    }
  }
  return { kind: "change", rowsAffected, insertId };
}

/** Counts the rows that it matched, and those of them that it changed. */
function update(
  connection: DatabaseSync,
  { table, assignments, selection }: { table: Table; assignments: readonly Assignment[]; selection: string },
): { matched: number; changed: number } {
  const name = quoteName(table.name);
  const targets = assignments.map(({ column }) => quoteName(column.name));
  const values = assignments.map(({ value }) => value);
  const { rows } = select(connection, `SELECT rowid, ${[...targets, ...values].join(", ")} FROM ${name}${selection}`);
  const statement = connection.prepare(
    `UPDATE ${name} SET ${targets.map((target) => `${target} = ?`).join(", ")} WHERE rowid = ?`,
  );
  let changed = 0;
  for (const [index, [rowid = null, ...cells]] of rows.entries()) {
    const before = cells.splice(0, targets.length);
    const after = assignments.map(({ column }, at) => convert(column, cells[at] ?? null, index + 1));
    if (after.every((value, at) => value === before[at])) continue;
    changed += 1;
    try {
      statement.run(...after, rowid);
    } catch (error) {
      throw duplicateEntry(table, findViolatedKey(table, error), (column) => {
        const at = assignments.findIndex((assignment) => assignment.column.name === column);
        const current = `SELECT ${quoteName(column)} FROM ${name} WHERE rowid = ${rowid}`;
        return at < 0 ? (select(connection, current).rows[0]?.[0] as Value) : (after[at] ?? null);
      });
    }
  }
  return { matched: rows.length, changed };
}

/** The value as the column stores it, or the refusal of MySQL's strict mode. `row` counts from 1. */
function convert({ name, limit, notNull, autoIncrement }: Column, value: SqliteValue, row: number): Value {
  if (value === null) {
    if (notNull && !autoIncrement) throw new RefusedStatement(1048, "23000", `Column '${name}' cannot be null`);
    return null;
  }
  if (!("least" in limit)) {
    const text = String(value);
    const isLong =
      "bytes" in limit ? Buffer.byteLength(text) > limit.bytes : Array.from(text).length > limit.characters;
    if (isLong) throw new RefusedStatement(1406, "22001", `Data too long for column '${name}' at row ${row}`);
    return text;
  }
  if (typeof value === "string" && !/^\s*[+-]?\d+\s*$/.test(value)) {
    const message = `Incorrect integer value: '${value}' for column '${name}' at row ${row}`;
    throw new RefusedStatement(1366, "HY000", message);
  }
  if (typeof value === "number" && !Number.isInteger(value)) throw notSupported(`a fraction for column '${name}'`);
  const integer = BigInt(value as string | number | bigint);
  if (integer >= limit.least && integer <= limit.most) return integer;
  throw new RefusedStatement(1264, "22003", `Out of range value for column '${name}' at row ${row}`);
}

/** The key that SQLite found a duplicate of. Throws the error again if it is another one. */
function findViolatedKey(table: Table, error: unknown): Key {
  const [, list = ""] = /^UNIQUE constraint failed: (.*)$/.exec(error instanceof Error ? error.message : "") ?? [];
  const key = table.uniqueKeys.find(
    ({ columns }) => columns.map((column) => `${table.name}.${column}`).join(", ") === list,
  );
  if (key) return key;
  throw error;
}

function duplicateEntry({ name: table }: Table, { name, columns }: Key, getValue: (column: string) => Value) {
  const message = `Duplicate entry '${columns.map(getValue).join("-")}' for key '${table}.${name}'`;
  return new RefusedStatement(1062, "23000", message);
}
