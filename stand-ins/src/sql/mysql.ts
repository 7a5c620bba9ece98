import { setTimeout as sleep } from "node:timers/promises";
import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import { interrupted, quoteName, type SqlEngine, type SqlOutcome, type SqlTransaction } from "./engine.ts";
import { explainServerError, readServerResult } from "./mysql-answers.ts";

/** PlanetScale's own: MySQL 8's default. MariaDB's default is laxer. */
const SQL_MODE =
  "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** Each open transaction holds one connection, and each statement that waits for its lock holds another. */
const CONNECTIONS = 50;

/** Between two attempts to interrupt a statement: the first may overtake it on the way to the server. */
const INTERRUPT_PAUSE_MS = 20;

/**
 * @param url `mysql://user:password@host:port/database`; the database must exist
 * @param lockWaitTimeoutMs is rounded up to whole seconds
 */
export async function openServerEngine(url: string, lockWaitTimeoutMs: number): Promise<SqlEngine> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  if (database === "") throw new Error("The SQL URL names no database");
  const pool = createPool({
    uri: url,
    charset: "utf8mb4",
    connectionLimit: CONNECTIONS,
    // UPDATE counts matched rows, as the service's sessions ask for with `clientFoundRows`.
    flags: ["FOUND_ROWS"],
  });
  pool.pool.on("connection", (connection) => {
    const lockWaitSeconds = Math.ceil(lockWaitTimeoutMs / 1000);
    connection.query(
      `SET SESSION sql_mode = '${SQL_MODE}', innodb_lock_wait_timeout = ${lockWaitSeconds}, time_zone = '+00:00'`,
    );
    connection.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    // On by default in newer MariaDB, where it refuses what MySQL lets a transaction write. MySQL does not know it.
    connection.query("SET SESSION innodb_snapshot_isolation = OFF", () => {});
  });
  // A wrong address or password is a mistake in the configuration, so that it is reported at the start.
  await pool.query("SELECT 1");
  // Separate, because the statements that it interrupts may hold all other connections.
  const interrupter = createPool({ uri: url, connectionLimit: 1 });

  /** Ends the connection's statement, and resolves when no interruption is left that could hit its next one. */
  const interrupt = async (connection: PoolConnection, running: Promise<unknown>): Promise<void> => {
    let ended = false;
    const end = running.finally(() => {
      ended = true;
    });
    while (!ended) {
      await interrupter.query(`KILL QUERY ${connection.threadId}`).catch(() => {});
      await Promise.race([end, sleep(INTERRUPT_PAUSE_MS)]);
    }
  };

  const openTransaction = (connection: PoolConnection): SqlTransaction => {
    let running: Promise<SqlOutcome> | null = null;
    let over = false;
    return {
      async execute(sql) {
        running = runOn(connection, sql);
        try {
          return await running;
        } finally {
          running = null;
        }
      },
      async commit() {
        over = true;
        const outcome = await runOn(connection, "COMMIT");
        connection.release();
        return outcome;
      },
      async rollback() {
        if (over) return;
        over = true;
        if (running) await interrupt(connection, running);
        const outcome = await runOn(connection, "ROLLBACK");
        if (outcome.kind === "change") return connection.release();
        await interrupter.query(`KILL ${connection.threadId}`).catch(() => {});
        connection.destroy();
      },
    };
  };

  return {
    database,
    async execute(sql, cancel) {
      const connection = await takeConnection(pool);
      if (!connection) return { kind: "unavailable" };
      const interruptions: Promise<void>[] = [];
      try {
        // Cancelled while it waited for the connection.
        if (cancel.aborted) return interrupted();
        const running = runOn(connection, sql);
        const stop = () => interruptions.push(interrupt(connection, running));
        cancel.addEventListener("abort", stop);
        const outcome = await running;
        cancel.removeEventListener("abort", stop);
        return outcome;
      } finally {
        await Promise.all(interruptions);
        connection.release();
      }
    },
    async begin() {
      const connection = await takeConnection(pool);
      if (!connection) return { kind: "unavailable" };
      const begun = await runOn(connection, "BEGIN");
      if (begun.kind === "change") return openTransaction(connection);
      connection.destroy();
      return { kind: "unavailable" };
    },
    async reset() {
      const [tables] = await pool.query(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
      );
      for (const { name } of tables as { name: string }[]) {
        // Otherwise migrations would be applied twice.
        if (!name.startsWith("__drizzle_")) await pool.query(`DELETE FROM ${quoteName(name)}`);
      }
    },
    async close() {
      await pool.end();
      await interrupter.end();
    },
  };
}

/** Null if the server cannot be reached. */
async function takeConnection(pool: Pool): Promise<PoolConnection | null> {
  const connection = await pool.getConnection().catch(() => null);
  try {
    // A new one is still being set up, which an interruption must not hit.
    await connection?.ping();
    return connection;
  } catch {
    connection?.destroy();
    return null;
  }
}

async function runOn(connection: PoolConnection, sql: string): Promise<SqlOutcome> {
  try {
    // The bytes as the server sent them: every conversion is the client's business.
    const typeCast = (field: { buffer(): Buffer | null }) => field.buffer();
    return readServerResult(...(await connection.query({ sql, rowsAsArray: true, typeCast })));
  } catch (error) {
    return explainServerError(error, sql);
  }
}
