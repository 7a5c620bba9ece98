import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import {
  isMigrationsTable,
  type LockOptions,
  NO_CHANGE,
  type SqlEngine,
  type SqlOutcome,
  type SqlTransaction,
} from "./sql/engine.ts";
import { interrupt, runAlone, runOn } from "./sql/server-statement.ts";
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
  // Of its own, because those who are to be interrupted may hold all of the others.
  const interrupter = createPool({ uri: url, connectionLimit: 1 });

  return {
    database,
    execute: (sql, cancel) => runAlone({ pool, interrupter }, sql, cancel),
    async begin() {
      const connection = await pool.getConnection().catch(() => null);
      if (!connection) return { kind: "unavailable" };
      const begun = await runOn(connection, "BEGIN");
      if (begun.kind === "change") return openTransaction(interrupter, connection);
      connection.destroy();
      return { kind: "unavailable" };
    },
    async reset() {
      const [tables] = await pool.query(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
      );
      for (const { name } of tables as { name: string }[]) {
        if (!isMigrationsTable(name)) await pool.query(`DELETE FROM ${quoteName(name)}`);
      }
    },
    async close() {
      await pool.end();
      await interrupter.end();
    },
  };
}

/** PlanetScale's databases are utf8mb4; MariaDB's default is latin1, and a migration names no character set. */
async function makeUnicode(pool: Pool, database: string): Promise<void> {
  const [rows] = await pool.query("SELECT @@character_set_database AS name");
  const [{ name } = {}] = rows as { name?: string }[];
  if (name !== "utf8mb4") await pool.query(`ALTER DATABASE ${quoteName(database)} CHARACTER SET utf8mb4`);
}

function openTransaction(interrupter: Pool, connection: PoolConnection): SqlTransaction {
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
      return outcome.kind === "change" ? NO_CHANGE : outcome;
    },
    async rollback() {
      if (over) return;
      over = true;
      if (running) await interrupt(interrupter, connection, running);
      const outcome = await runOn(connection, "ROLLBACK");
      if (outcome.kind === "change") return connection.release();
      await interrupter.query(`KILL ${connection.threadId}`).catch(() => {});
      connection.destroy();
    },
  };
}
