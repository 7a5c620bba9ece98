import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Catalogue, openCatalogue } from "./sql/catalogue.ts";
import { type Statement, translate } from "./sql/dialect.ts";
import {
  interrupted,
  isMigrationsTable,
  type LockOptions,
  NO_CHANGE,
  RefusedStatement,
  type SqlEngine,
  type SqlOutcome,
} from "./sql/engine.ts";
import { explainRefusal, lockWaitTimeout } from "./sql/refusals.ts";
import { readRows, runChange, runInsert } from "./sql/sqlite-result.ts";
import { createSqliteTransaction } from "./sql/sqlite-transaction.ts";
import { quoteName } from "./sql/table-definition.ts";
import { createWriterLock } from "./sql/writer-lock.ts";

export interface EmbeddedOptions extends LockOptions {
  /** Where the database file lives; absent: a private directory that `close` removes. */
  readonly dataDirectory?: string | undefined;
}

/** The database's name in messages; a PlanetScale database has one too. */
const DATABASE = "gatehouse";

/**
 * MySQL's subset on SQLite, inside the process. A file rather than memory, because only a file in WAL mode lets readers
 * go on while a transaction writes. What is not imitated stands in docs/decisions/0001-embedded-sql.md.
 */
export function openEmbeddedEngine(options: EmbeddedOptions): SqlEngine {
  const directory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), "gatehouse-sql-"));
  mkdirSync(directory, { recursive: true });
  const connect = () => openConnection(join(directory, "database.sqlite"));
  const main = connect();
  const lock = createWriterLock();
  const catalogue = openCatalogue(main, DATABASE);

  const requireTable = (name: string) => {
    const table = catalogue.find(name);
    if (!table) throw new RefusedStatement(1146, "42S02", `Table '${DATABASE}.${name}' doesn't exist`);
    return table;
  };

  const withLock = async <Result>(write: () => Result, cancel?: AbortSignal): Promise<Result> => {
    const release = await lock.acquire(options.lockWaitTimeoutMs, cancel);
    if (!release) throw cancel?.aborted ? interrupted() : lockWaitTimeout();
    try {
      return write();
    } finally {
      release();
    }
  };

  const run = (connection: DatabaseSync, statement: Statement, sql: string): SqlOutcome => {
    try {
      return runStatement(connection, statement, catalogue);
    } catch (error) {
      throw explainRefusal(error, { sql, statement, connection, database: DATABASE });
    }
  };

  return {
    database: DATABASE,
    execute: (sql, cancel) =>
      answerRefusals(async () => {
        const statement = translate(sql, requireTable);
        switch (statement.kind) {
          case "read":
            // A locking read outside a transaction locks nothing for long, but waits as any other.
            return statement.locks ? withLock(() => run(main, statement, sql), cancel) : run(main, statement, sql);
          case "schema":
            return withLock(() => changeSchema(main, catalogue, () => run(main, statement, sql)), cancel);
          case "savepoint":
            return leaveSavepoint(statement.sql);
          case "insert":
          case "update":
          case "delete":
            return withLock(() => run(main, statement, sql), cancel);
        }
      }),
    async begin() {
      return createSqliteTransaction({
        connection: connect(),
        acquireLock: (cancel) => lock.acquire(options.lockWaitTimeoutMs, cancel),
        translate: (sql) => translate(sql, requireTable),
        run,
      });
    },
    async reset() {
      await withLock(() => {
        for (const name of catalogue.names()) {
          if (!isMigrationsTable(name)) main.exec(`DELETE FROM ${quoteName(name)}`);
        }
      });
    },
    async close() {
      main.close();
      if (options.dataDirectory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function openConnection(file: string): DatabaseSync {
  const connection = new DatabaseSync(file);
  // NORMAL survives the end of the process, which is all that a stand-in is asked to survive.
  connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  return connection;
}

function runStatement(connection: DatabaseSync, statement: Statement, catalogue: Catalogue): SqlOutcome {
  switch (statement.kind) {
    case "read":
      return readRows(connection, statement.sql, DATABASE);
    case "insert":
      return runInsert(connection, statement.insert);
    case "update":
    case "delete":
      return runChange(connection, statement.sql);
    case "savepoint":
      connection.exec(statement.sql);
      return NO_CHANGE;
    case "schema":
      catalogue.apply(statement.change);
      return NO_CHANGE;
  }
}

/** A change of the schema takes several statements in SQLite, and happens whole or not at all. */
function changeSchema(connection: DatabaseSync, catalogue: Catalogue, change: () => SqlOutcome): SqlOutcome {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const outcome = change();
    connection.exec("COMMIT");
    return outcome;
  } catch (error) {
    connection.exec("ROLLBACK");
    catalogue.reload();
    throw error;
  }
}

/** Outside a transaction a savepoint is gone as soon as it is set. */
function leaveSavepoint(sql: string): SqlOutcome {
  if (/^\s*savepoint\b/i.test(sql)) return NO_CHANGE;
  throw new RefusedStatement(1305, "42000", `SAVEPOINT ${sql.trim().split(/\s+/).at(-1)} does not exist`);
}

async function answerRefusals(attempt: () => Promise<SqlOutcome>): Promise<SqlOutcome> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof RefusedStatement) return error.outcome();
    throw error;
  }
}
