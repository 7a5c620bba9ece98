import type { DatabaseSync } from "node:sqlite";
import type { Statement } from "./dialect.ts";
import { interrupted, NO_CHANGE, RefusedStatement, type SqlOutcome, type SqlTransaction } from "./engine.ts";
import { lockWaitTimeout } from "./refusals.ts";
import type { Release } from "./writer-lock.ts";

export interface TransactionParts {
  /** The transaction's own; it is closed with it. */
  readonly connection: DatabaseSync;
  readonly acquireLock: (cancel: AbortSignal) => Promise<Release | null>;
  readonly translate: (sql: string) => Statement;
  readonly run: (connection: DatabaseSync, statement: Statement, sql: string) => SqlOutcome;
}

/**
 * A transaction as InnoDB has them at REPEATABLE READ: the first read takes a snapshot, and a write sees what is
 * committed by then. So the first write ends the snapshot, waits for the lock and begins anew.
 */
export function createSqliteTransaction({ connection, acquireLock, translate, run }: TransactionParts): SqlTransaction {
  let state: "untouched" | "reading" | "writing" = "untouched";
  let release: Release = () => {};
  const over = new AbortController();

  const startReading = () => {
    if (state !== "untouched") return;
    connection.exec("BEGIN");
    state = "reading";
  };

  const startWriting = async () => {
    if (state === "writing") return;
    const granted = await acquireLock(over.signal);
    if (over.signal.aborted) {
      granted?.();
      throw interrupted();
    }
    if (!granted) throw lockWaitTimeout();
    release = granted;
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
      connection.close();
      release();
    }
  };

  return {
    async execute(sql) {
      try {
        const statement = translate(sql);
        if (statement.kind === "read" && !statement.locks) startReading();
        else await startWriting();
        return run(connection, statement, sql);
      } catch (error) {
        if (error instanceof RefusedStatement) return error.outcome();
        throw error;
      }
    },
    async commit() {
      end("COMMIT");
      return NO_CHANGE;
    },
    async rollback() {
      end("ROLLBACK");
    },
  };
}
