import type { DatabaseSync } from "node:sqlite";
import type { Statement } from "./dialect.ts";
import { NO_CHANGE, RefusedStatement, type SqlOutcome, type SqlTransaction } from "./engine.ts";
import { lockWaitTimeout } from "./refusals.ts";
import type { Release } from "./writer-lock.ts";

export interface TransactionParts {
  /** The transaction's own; it is closed with it. */
  readonly connection: DatabaseSync;
  readonly acquireLock: () => Promise<Release | null>;
  readonly translate: (sql: string) => Statement;
  readonly run: (connection: DatabaseSync, statement: Statement, sql: string) => SqlOutcome;
}

/**
 * A transaction as InnoDB has them at REPEATABLE READ: the first read takes a snapshot, and a write sees what is
 * committed by then. So the first write ends the snapshot, waits for the lock and begins anew.
 */
export function createSqliteTransaction({ connection, acquireLock, translate, run }: TransactionParts): SqlTransaction {
  let state: "untouched" | "reading" | "writing" | "over" = "untouched";
  let release: Release = () => {};

  const startReading = () => {
    if (state !== "untouched") return;
    connection.exec("BEGIN");
    state = "reading";
  };

  const startWriting = async () => {
    if (state === "writing") return;
    const granted = await acquireLock();
    if (!granted) throw lockWaitTimeout();
    // Ended while it waited, by the timeout or by a reset.
    if (state === "over") {
      granted();
      throw new RefusedStatement(1317, "70100", "Query execution was interrupted");
    }
    release = granted;
    if (state === "reading") connection.exec("COMMIT");
    connection.exec("BEGIN IMMEDIATE");
    state = "writing";
  };

  const end = (how: "COMMIT" | "ROLLBACK") => {
    if (state === "over") return;
    try {
      if (state !== "untouched") connection.exec(how);
    } finally {
      state = "over";
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
