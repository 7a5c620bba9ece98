import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BINARY_CHARSET,
  interrupted,
  NO_CHANGE,
  quoteName,
  RefusedStatement,
  type SqlEngine,
  type SqlField,
  type SqlOutcome,
  type SqlTransaction,
  TEXT_CHARSET,
} from "./engine.ts";
import { explain, noSuchTable } from "./explain.ts";
import { type Statement, translate } from "./statement.ts";
import { fillValue, findColumn, literal, readSnapshot, readTables, type Snapshot, type Tables } from "./tables.ts";
import { type SqliteValue, select, write } from "./write.ts";

export interface EmbeddedOptions {
  /** Drizzle's directory, whose newest snapshot says which tables there are, or a snapshot. Absent: there are none. */
  readonly schema?: string | Snapshot | undefined;
  /** The directory of the database file. Absent: a private one that `close` removes. */
  readonly dataDirectory?: string | undefined;
  /** How long a write waits for another transaction's lock before error 1205, in milliseconds. */
  readonly lockWaitTimeoutMs: number;
}

/** The name of the database in messages. */
const DATABASE = "gatehouse";

/**
 * MySQL's subset on SQLite, in this process. It needs a file, because only in WAL mode readers go on while a transaction
 * writes, and WAL needs one. docs/decisions/0001-embedded-sql.md lists what it does not imitate.
 */
export function openEmbeddedEngine({ schema, dataDirectory, lockWaitTimeoutMs }: EmbeddedOptions): SqlEngine {
  const tables = readTables(typeof schema === "string" ? readSnapshot(schema) : (schema ?? { tables: {} }));
  const directory = dataDirectory ?? mkdtempSync(join(tmpdir(), "gatehouse-sql-"));
  mkdirSync(directory, { recursive: true });
  const connect = () => {
    const connection = new DatabaseSync(join(directory, "database.sqlite"));
    // NORMAL survives the end of the process, which is all that a stand-in has to survive.
    connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    return connection;
  };
  /** Connections of former transactions. Opening one takes as long as a short transaction. */
  const spare: DatabaseSync[] = [];
  const main = connect();
  rebuild(main, tables);
  const acquire = createWriterLock(lockWaitTimeoutMs);

  const prepare = (sql: string) =>
    translate(sql, (name) => {
      const table = tables.get(name.toLowerCase());
      if (table) return table;
      throw noSuchTable(DATABASE, name);
    });

  const run = (connection: DatabaseSync, statement: Statement, sql: string): SqlOutcome => {
    try {
      return statement.kind === "read" ? read(connection, statement.sql, tables) : write(connection, statement);
    } catch (error) {
      throw explain(error, sql, DATABASE);
    }
  };

  /** A transaction at REPEATABLE READ: its first read takes a snapshot, and its first write sees the newest data. */
  const begin = async (): Promise<SqlTransaction> => {
    const connection = spare.pop() ?? connect();
    let state: "untouched" | "reading" | "writing" = "untouched";
    let release = () => {};
    const over = new AbortController();

    const startWriting = async () => {
      if (state === "writing") return;
      release = await acquire(over.signal);
      if (state === "reading") connection.exec("COMMIT");
      connection.exec("BEGIN IMMEDIATE");
      state = "writing";
    };
    const end = (how: "COMMIT" | "ROLLBACK") => {
      if (over.signal.aborted) return;
      try {
        if (state !== "untouched") connection.exec(how);
      } finally {
        over.abort();
        if (connection.isTransaction) connection.close();
        else spare.push(connection);
        release();
      }
    };
    return {
      execute: (sql) =>
        answerRefusals(async () => {
          const statement = prepare(sql);
          if (statement.kind !== "read" || statement.locks) await startWriting();
          else if (state === "untouched") {
            connection.exec("BEGIN");
            state = "reading";
          }
          return run(connection, statement, sql);
        }),
      commit: async () => {
        end("COMMIT");
        return NO_CHANGE;
      },
      rollback: async () => end("ROLLBACK"),
    };
  };

  return {
    database: DATABASE,
    execute: (sql, cancel) =>
      answerRefusals(async () => {
        const statement = prepare(sql);
        if (statement.kind === "read" && !statement.locks) return run(main, statement, sql);
        const release = await acquire(cancel);
        try {
          return run(main, statement, sql);
        } finally {
          release();
        }
      }),
    begin,
    async reset() {
      const statements = [...tables.values()].map(({ name }) => `DELETE FROM ${quoteName(name)}`);
      main.exec(["BEGIN IMMEDIATE", ...statements, "COMMIT"].join("; "));
    },
    async close() {
      for (const connection of [main, ...spare]) connection.close();
      if (dataDirectory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Gives kept data the tables of the snapshot: common columns are copied, new ones take their default. */
function rebuild(connection: DatabaseSync, tables: Tables): void {
  const list = (type: string, column: string) =>
    select(
      connection,
      `SELECT ${column} FROM sqlite_schema WHERE type ${type} AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    ).rows.map(([value]) => String(value));
  const statements = [...tables.values()].flatMap(({ sql }) => sql);
  if (list("<> ''", "sql").toSorted().join() === statements.toSorted().join()) return;

  const former = list("= 'table'", "name");
  connection.exec("BEGIN");
  for (const name of list("= 'index'", "name")) connection.exec(`DROP INDEX ${quoteName(name)}`);
  for (const name of former) connection.exec(`ALTER TABLE ${quoteName(name)} RENAME TO ${quoteName(`former ${name}`)}`);
  for (const statement of statements) connection.exec(statement);
  for (const name of former) {
    const from = quoteName(`former ${name}`);
    const table = tables.get(name.toLowerCase());
    if (table) {
      const kept = connection
        .prepare(`SELECT * FROM ${from}`)
        .columns()
        .map((column) => column.name);
      const values = table.columns.map((column) =>
        kept.includes(column.name) ? quoteName(column.name) : literal(fillValue(column)),
      );
      connection.exec(`INSERT INTO ${quoteName(table.name)} SELECT ${values.join(", ")} FROM ${from}`);
    }
    connection.exec(`DROP TABLE ${from}`);
  }
  connection.exec("COMMIT");
}

function read(connection: DatabaseSync, sql: string, tables: Tables): SqlOutcome {
  const { rows, columns } = select(connection, sql);
  const fields = columns.map(({ name, table, column }, at): SqlField => {
    const origin = tables.get(table?.toLowerCase() ?? "");
    const type = origin && column ? findColumn(origin, column).type : inferType(rows.map((row) => row[at] ?? null));
    return { name, type, charset: /TEXT|VARCHAR/.test(type ?? "") ? TEXT_CHARSET : BINARY_CHARSET };
  });
  const encode = (value: SqliteValue) => (value === null ? null : Buffer.from(String(value), "utf8"));
  return { kind: "rows", fields, rows: rows.map((row) => row.map(encode)) };
}

/** SQLite knows no type of an expression before it has a value. */
function inferType(values: readonly SqliteValue[]): string | undefined {
  const found = values.find((value) => value !== null);
  const types = { string: "VARCHAR", bigint: "INT64", number: "FLOAT64" } as const;
  return types[typeof found as keyof typeof types];
}

/**
 * The one lock of the engine, since SQLite has one writer. Waits in order for `timeoutMs` milliseconds or until `cancel`,
 * then throws the refusal. The function that it resolves with releases the lock.
 */
function createWriterLock(timeoutMs: number): (cancel: AbortSignal) => Promise<() => void> {
  let last: Promise<unknown> = Promise.resolve();
  /** Those that have the lock or wait for it. */
  let holders = 0;
  return async (cancel) => {
    const { promise: released, resolve } = Promise.withResolvers<void>();
    const release = () => {
      holders -= 1;
      resolve();
    };
    const before = last;
    last = before.then(() => released);
    holders += 1;
    if (holders === 1 && !cancel.aborted) return release;
    const granted = new AbortController();
    const signal = AbortSignal.any([cancel, granted.signal]);
    const timeout = new RefusedStatement(1205, "HY000", "Lock wait timeout exceeded; try restarting transaction");
    const refusal = await Promise.race([
      before.then(() => null),
      sleep(timeoutMs, timeout, { signal }).catch(interrupted),
    ]);
    granted.abort();
    if (!refusal && !cancel.aborted) return release;
    release();
    throw refusal ?? interrupted();
  };
}

async function answerRefusals(attempt: () => Promise<SqlOutcome>): Promise<SqlOutcome> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof RefusedStatement) return error;
    throw error;
  }
}
