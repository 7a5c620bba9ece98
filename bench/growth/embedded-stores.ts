import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startStandIns } from "@gatehouse/stand-ins";
import { MIGRATIONS } from "../../dev/migrate.ts";
import type { Command } from "../../src/store/redis.ts";
import { onFinish } from "../ending.ts";
import { emailOf, sha256, userIdOf } from "./person.ts";
import type { LargeStores } from "./stores.ts";

/** The limit exists because the embedded Redis keeps its data in the memory of this process. */
const USERS_MAX = 100_000;

const COMMANDS_PER_BATCH = 500;

/**
 * Starts the embedded engines, which need no installation: SQLite with a file that is filled directly, and Redis in
 * memory.
 */
export async function startEmbeddedStores(): Promise<LargeStores> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "gatehouse-bench-"));
  const standIns = await startStandIns({ dataDirectory, schema: MIGRATIONS });
  const database = new DatabaseSync(join(dataDirectory, "database.sqlite"));

  const close = onFinish(async () => {
    database.close();
    await standIns.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const sendPipeline = async (commands: readonly (readonly (string | number)[])[]) => {
    if (commands.length === 0) return;
    const response = await fetch(`${standIns.redisUrl}/pipeline`, {
      method: "POST",
      headers: { authorization: `Bearer ${standIns.redisToken}` },
      body: JSON.stringify(commands),
    });
    const results = (await response.json()) as { error?: string }[];
    const failed = results.find(({ error }) => error !== undefined);
    if (failed) throw new Error(failed.error);
  };

  return {
    engines: "the embedded engines",
    standIns,
    usersMax: USERS_MAX,
    addUsers: async (first, last, hashedPassword) => insertUsers(database, first, last, hashedPassword),
    runScripts: async (commands) => {
      let batch: Command[] = [];
      for (const command of commands) {
        batch.push(command);
        if (batch.length < COMMANDS_PER_BATCH) continue;
        await sendPipeline(batch);
        batch = [];
      }
      await sendPipeline(batch);
    },
    deleteSessions: () => sendPipeline([["FLUSHDB"]]),
    tableBytes: async () => {
      const read = (pragma: string) => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
      return { all: read("page_count") * read("page_size"), events: null };
    },
    redisBytes: async () => null,
    close,
  };
}

function insertUsers(database: DatabaseSync, first: number, last: number, hashedPassword: string): void {
  const now = Date.now();
  const user = database.prepare("INSERT INTO users (id, email, created_at, updated_at) VALUES (?, ?, ?, ?)");
  const key = database.prepare("INSERT INTO `keys` VALUES (?, ?, ?)");
  const event = database.prepare(
    "INSERT INTO account_events (id, user_id, type, occurred_at, browser, platform) VALUES (?, ?, 'signed-up', ?, 'Firefox', 'Linux')",
  );
  database.exec("BEGIN IMMEDIATE");
  for (let number = first; number <= last; number += 1) {
    const id = userIdOf(number);
    user.run(id, emailOf(number), now, now);
    key.run(`email:${emailOf(number)}`, id, hashedPassword);
    event.run(sha256(`event ${number}`).slice(0, 24), id, now);
  }
  database.exec("COMMIT");
}
