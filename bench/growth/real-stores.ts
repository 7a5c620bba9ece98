import { startStandIns, toRedisScript } from "@gatehouse/stand-ins";
import { type ChainableCommander, Redis } from "ioredis";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { applyMigrations } from "../../dev/migrate.ts";
import { startRealEngines } from "../../test/support/real-engines.ts";
import { onFinish } from "../ending.ts";
import type { LargeStores } from "./stores.ts";

const DATABASE = "gatehouse_bench";

/** Large enough to keep the data in memory, which is usual in production. A smaller pool would measure the disk. */
const BUFFER_POOL_BYTES = 2 * 1_024 ** 3;

/** Users per transaction. A transaction with a million rows would grow the undo log instead of the tables. */
const USERS_PER_TRANSACTION = 100_000;

const COMMANDS_PER_BATCH = 2_000;

/**
 * Selects user ids in random order, like those of real sign-ups. Sorted ids would fill InnoDB's pages better than in
 * production.
 */
const selectUserIds = (first: number, last: number) =>
  `(SELECT seq, SUBSTRING(SHA2(CONCAT('user ', seq), 256), 1, 15) AS id FROM seq_${first}_to_${last}) numbered`;

/** Starts a MariaDB server and a Redis server, which end with the run. */
export async function startRealStores(): Promise<LargeStores> {
  const engines = await startRealEngines();
  onFinish(() => engines.stop());
  const connection = await createConnection(engines.sql);
  await connection.query(`SET GLOBAL innodb_buffer_pool_size = ${BUFFER_POOL_BYTES}`);
  await connection.query(`CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${DATABASE}`);
  const redis = new Redis(engines.redis);
  const standIns = await startStandIns({ sql: `${engines.sql}/${DATABASE}`, redis: `${engines.redis}/0` });
  await applyMigrations(standIns.databaseUrl);

  const close = onFinish(async () => {
    await standIns.close();
    await connection.end();
    redis.disconnect();
  });

  const insert = async (first: number, last: number, hashedPassword: string) => {
    const numbered = selectUserIds(first, last);
    const now = Date.now();
    await connection.query(
      `INSERT INTO users (id, email, created_at, updated_at) SELECT id, CONCAT(id, '@example.com'), ?, ? FROM ${numbered}`,
      [now, now],
    );
    await connection.query(`INSERT INTO \`keys\` SELECT CONCAT('email:', id, '@example.com'), id, ? FROM ${numbered}`, [
      hashedPassword,
    ]);
    await connection.query(
      `INSERT INTO account_events (id, user_id, type, occurred_at, browser, platform) SELECT SUBSTRING(SHA2(CONCAT('event ', seq), 256), 1, 24), id, 'signed-up', ?, 'Firefox', 'Linux' FROM ${numbered}`,
      [now],
    );
  };

  return {
    engines: "MariaDB and Redis",
    standIns,
    usersMax: Number.POSITIVE_INFINITY,
    addUsers: async (first, last, hashedPassword) => {
      for (let from = first; from <= last; from += USERS_PER_TRANSACTION) {
        await insert(from, Math.min(last, from + USERS_PER_TRANSACTION - 1), hashedPassword);
      }
    },
    runScripts: async (commands) => {
      let name: string | null = null;
      let pipeline = redis.pipeline();
      for (const [, script = "", ...args] of commands) {
        name ??= String(await redis.script("LOAD", toRedisScript(`${script}`)));
        pipeline.call("EVALSHA", name, ...args);
        if (pipeline.length < COMMANDS_PER_BATCH) continue;
        await complete(pipeline);
        pipeline = redis.pipeline();
      }
      await complete(pipeline);
    },
    deleteSessions: async () => void (await redis.flushdb()),
    tableBytes: async () => {
      await connection.query("ANALYZE TABLE users, `keys`, account_events");
      const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT table_name AS name, data_length + index_length AS bytes FROM information_schema.tables WHERE table_schema = DATABASE()",
      );
      const all = rows.reduce((sum, row) => sum + Number(row["bytes"]), 0);
      return { all, events: Number(rows.find((row) => row["name"] === "account_events")?.["bytes"]) };
    },
    redisBytes: async () => Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]),
    close,
  };
}

async function complete(pipeline: ChainableCommander): Promise<void> {
  for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
}
