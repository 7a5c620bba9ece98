import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import {
  type LockOptions,
  MIGRATIONS_TABLE,
  NO_CHANGE,
  type SqlEngine,
  type SqlOutcome,
  type SqlTransaction,
} from "./sql/engine.ts";
import { explainServerError, findMariaDbOnly } from "./sql/server-refusals.ts";
import { readServerResult } from "./sql/server-result.ts";
import { quoteName } from "./sql/table-definition.ts";

/** PlanetScale's own: MySQL 8's default. MariaDB's default is laxer. */
const SQL_MODE =
  "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** Each open transaction holds one connection, and whatever waits for its lock holds another. */
const CONNECTIONS = 50;

/** @param url `mysql://user:password@host:port/database`; the database must exist */
export async function openServerEngine(url: string, options: LockOptions): Promise<SqlEngine> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  if (database === "") throw new Error("The SQL URL names no database: mysql://user:password@host:port/database");
  const lockWaitSeconds = Math.max(1, Math.ceil(options.lockWaitTimeoutMs / 1000));
  const pool = createPool({
    uri: url,
    charset: "utf8mb4",
    connectionLimit: CONNECTIONS,
    multipleStatements: false,
    // UPDATE counts matched rows, as the service's sessions ask for with `clientFoundRows`.
    flags: ["FOUND_ROWS"],
  });
  pool.pool.on("connection", (connection) => {
    connection.query(
      `SET SESSION sql_mode = '${SQL_MODE}', innodb_lock_wait_timeout = ${lockWaitSeconds}, time_zone = '+00:00'`,
    );
    connection.query("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    // On by default in newer MariaDB, where it refuses what MySQL lets a transaction write. MySQL does not know it.
    connection.query("SET SESSION innodb_snapshot_isolation = OFF", () => {});
  });
  await makeUnicode(pool, database);

  return {
    database,
    execute: (sql) => runOn(pool, sql),
    async begin() {
      const connection = await pool.getConnection().catch(() => null);
      if (!connection) return { kind: "unavailable" };
      const begun = await runOn(connection, "BEGIN");
      if (begun.kind === "change") return openTransaction(pool, connection);
      connection.destroy();
      return { kind: "unavailable" };
    },
    async reset() {
      const [tables] = await pool.query(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
      );
      for (const { name } of tables as { name: string }[]) {
        if (name !== MIGRATIONS_TABLE) await pool.query(`DELETE FROM ${quoteName(name)}`);
      }
    },
    close: () => pool.end(),
  };
}

/** PlanetScale's databases are utf8mb4; MariaDB's default is latin1, and a migration names no character set. */
async function makeUnicode(pool: Pool, database: string): Promise<void> {
  const [rows] = await pool.query("SELECT @@character_set_database AS name");
  const [{ name } = {}] = rows as { name?: string }[];
  if (name !== "utf8mb4") await pool.query(`ALTER DATABASE ${quoteName(database)} CHARACTER SET utf8mb4`);
}

function openTransaction(pool: Pool, connection: PoolConnection): SqlTransaction {
  let underway = 0;
  let over = false;
  return {
    async execute(sql) {
      underway++;
      try {
        return await runOn(connection, sql);
      } finally {
        underway--;
      }
    },
    async commit() {
      over = true;
      const outcome = await runOn(connection, "COMMIT");
      connection.release();
      return outcome.kind === "change" ? NO_CHANGE : outcome;
    },
    async rollback() {
      if (over) return;
      over = true;
      if (underway === 0) {
        const outcome = await runOn(connection, "ROLLBACK");
        if (outcome.kind === "change") return connection.release();
      }
      // A statement that waits for a lock goes on waiting when only its client is gone.
      await pool.query(`KILL ${connection.threadId}`).catch(() => {});
      connection.destroy();
    },
  };
}

async function runOn(connection: Pool | PoolConnection, sql: string): Promise<SqlOutcome> {
  const refused = findMariaDbOnly(sql);
  if (refused) return refused;
  try {
    const [result, fields] = await connection.query({
      sql,
      rowsAsArray: true,
      // The bytes as the server sent them: every conversion is the client's business.
      typeCast: (field) => field.buffer(),
    });
    return readServerResult(result, fields);
  } catch (error) {
    return explainServerError(error, sql);
  }
}
