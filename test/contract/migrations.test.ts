import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { databaseUrlFor, type StandIns, startStandIns } from "@gatehouse/stand-ins";
import { Client } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { migrate } from "drizzle-orm/planetscale-serverless/migrator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Mistake } from "../../dev/command.ts";
import { applyMigrations } from "../../dev/migrate.ts";
import { enginesAreMissing, realStores } from "../support/gatehouse.ts";
import { findFreePort } from "../support/processes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MIGRATIONS = join(ROOT, "drizzle");

type Database = Pick<StandIns, "databaseUrl" | "traffic" | "close"> & { readonly client: Client };

/** All tables, columns and indexes. */
async function readSchema({ client }: Database): Promise<unknown> {
  const columns = await client.execute(
    "select table_name, column_name, ordinal_position, column_default, is_nullable, column_type " +
      "from information_schema.columns where table_schema = database() order by 1, 3",
  );
  const indexes = await client.execute(
    "select table_name, index_name, seq_in_index, column_name, non_unique " +
      "from information_schema.statistics where table_schema = database() order by 1, 2, 3",
  );
  return [columns.rows, indexes.rows];
}

const readHistory = async ({ client }: Database) =>
  (await client.execute("select hash, created_at from __drizzle_migrations order by created_at")).rows;

/** Runs on MariaDB only, because the embedded engine takes its tables from Drizzle's snapshot. */
describe.skipIf(enginesAreMissing())("Migrations", () => {
  let databases: Database[];
  const begin = async (): Promise<Database> => {
    const standIns = await startStandIns(await realStores());
    const database = { ...standIns, client: new Client({ url: standIns.databaseUrl }) };
    databases.push(database);
    return database;
  };
  beforeEach(() => {
    databases = [];
  });
  afterEach(async () => {
    for (const database of databases) await database.close();
  });

  test("make what drizzle's own migrator makes, which then finds nothing to do", async () => {
    const [ours, drizzles] = [await begin(), await begin()];
    expect(await applyMigrations(ours.databaseUrl)).toHaveLength(
      JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, "utf8")).entries.length,
    );
    expect(await applyMigrations(ours.databaseUrl)).toEqual([]);
    await migrate(drizzle(drizzles.client), { migrationsFolder: MIGRATIONS });
    expect(await applyMigrations(drizzles.databaseUrl)).toEqual([]);
    expect(await readHistory(ours)).toEqual(await readHistory(drizzles));
    await ours.client.execute("drop table __drizzle_steps");
    expect(await readSchema(ours)).toEqual(await readSchema(drizzles));
    await migrate(drizzle(ours.client), { migrationsFolder: MIGRATIONS });
    expect(await readHistory(ours)).toEqual(await readHistory(drizzles));
  });

  test.each([
    // The statement was executed but not recorded. The next run creates the table of steps, repeats the statement, and
    // is interrupted after the following one.
    { cut: "after each statement", operation: "CREATE", skips: [2] },
    // The history is written in a transaction, which is then rolled back, so every second run passes it.
    { cut: "after each statement was noted", operation: "UPDATE", skips: [0, 1] },
    { cut: "after each migration was recorded", operation: "COMMIT", skips: [0] },
  ])("cut off $cut go on from there, and end as those made in one go", async ({ operation, skips }) => {
    const [whole, standIn] = [await begin(), await begin()];
    await applyMigrations(whole.databaseUrl);
    const made = whole.traffic.calls.filter((call) => call.operation === operation).length;
    let cuts = 0;
    for (;;) {
      const skip = skips[cuts % skips.length] ?? 0;
      standIn.traffic.inject({ fault: { kind: "lostAnswer" }, operation, skip, times: 1 });
      const [run] = await Promise.allSettled([applyMigrations(standIn.databaseUrl)]);
      standIn.traffic.restore();
      if (run.status === "fulfilled") break;
      expect(String(run.reason)).toContain("Not migrated: ");
      cuts += 1;
    }
    // Creating its own two tables comes before the statements.
    expect(cuts).toBeGreaterThanOrEqual(operation === "CREATE" ? made - 2 : made / skips.length);
    expect(await readSchema(standIn)).toEqual(await readSchema(whole));
    expect(await readHistory(standIn)).toEqual(await readHistory(whole));
  });

  test("go on where drizzle's migrator was cut off, which notes nothing before the end", async () => {
    const [whole, standIn] = [await begin(), await begin()];
    await applyMigrations(whole.databaseUrl);
    standIn.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "CREATE", skip: 2 });
    await expect(migrate(drizzle(standIn.client), { migrationsFolder: MIGRATIONS })).rejects.toThrow();
    standIn.traffic.restore();
    await expect(migrate(drizzle(standIn.client), { migrationsFolder: MIGRATIONS })).rejects.toThrow();
    await applyMigrations(standIn.databaseUrl);
    expect(await readSchema(standIn)).toEqual(await readSchema(whole));
  });

  test("do no harm if several processes apply them concurrently", async () => {
    const [whole, standIn] = [await begin(), await begin()];
    await applyMigrations(whole.databaseUrl);
    await Promise.all([1, 2, 3].map(() => applyMigrations(standIn.databaseUrl)));
    expect(await readSchema(standIn)).toEqual(await readSchema(whole));
    expect(await readHistory(standIn)).toEqual(await readHistory(whole));
  });

  test("change rows once, despite interruptions and concurrent runs", async () => {
    const directory = mkdtempSync(join(tmpdir(), "gatehouse-migrations-"));
    cpSync(MIGRATIONS, directory, { recursive: true });
    const journal = JSON.parse(readFileSync(`${directory}/meta/_journal.json`, "utf8"));
    journal.entries.push({ ...journal.entries.at(-1), tag: "9999_rows", when: journal.entries.at(-1).when + 1 });
    writeFileSync(`${directory}/meta/_journal.json`, JSON.stringify(journal));
    const statements = [
      "CREATE TABLE `counts` (\n\t`id` int PRIMARY KEY,\n\t`n` int NOT NULL\n);",
      "INSERT INTO `counts` VALUES (1, 0);",
      "UPDATE `counts` SET `n` = `n` + 1;",
      "CREATE INDEX `counts_n` ON `counts` (`n`);",
    ];
    writeFileSync(`${directory}/9999_rows.sql`, statements.join("--> statement-breakpoint\n"));
    try {
      const standIn = await begin();
      await applyMigrations(standIn.databaseUrl);
      for (let skip = 0; skip < 60; skip += 3) {
        standIn.traffic.inject({ fault: { kind: "lostAnswer" }, skip });
        const runs = await Promise.allSettled([1, 2].map(() => applyMigrations(standIn.databaseUrl, directory)));
        standIn.traffic.restore();
        if (runs.every(({ status }) => status === "fulfilled")) break;
      }
      await applyMigrations(standIn.databaseUrl, directory);
      expect((await standIn.client.execute("select * from counts")).rows).toEqual([{ id: 1, n: 1 }]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("do not take another program's table for ours", async () => {
    const standIn = await begin();
    await standIn.client.execute("CREATE TABLE users (`id` int PRIMARY KEY, `name` varchar(20))");
    await expect(applyMigrations(standIn.databaseUrl)).rejects.toThrow(
      "there is a table users already which is not Gatehouse's",
    );
  });
});

describe("Migrations say what to do", () => {
  test("where the URL, the login, its rights or the database are not there", async () => {
    const standIn = await startStandIns();
    const as = (username: string, password: string) =>
      Object.assign(new URL(standIn.databaseUrl), { username, password }).href;
    const attempts: [url: string, says: string][] = [
      ["localhost", "Not migrated: DATABASE_URL"],
      [as("gatehouse-dev", "wrong"), "Not migrated: the database refuses the user or the password in DATABASE_URL."],
      [databaseUrlFor(standIn, "readwriter"), "It takes a password with the role Admin."],
      [standIn.databaseUrl, "doesn't support 'CREATE'"],
      [
        `http://user:password@127.0.0.1:${await findFreePort()}/gatehouse`,
        "Not migrated: the database cannot be reached (fetch failed: connect",
      ],
    ];
    for (const [url, says] of attempts) {
      const reason: unknown = await applyMigrations(url).catch((error: unknown) => error);
      expect(reason).toBeInstanceOf(Mistake);
      expect(String(reason)).toContain(says);
    }
    await standIn.close();
  });

  test("where files are missing", async () => {
    const directory = mkdtempSync(join(tmpdir(), "gatehouse-migrations-"));
    const attempt = () => applyMigrations("http://user:password@127.0.0.1:1/gatehouse", directory);
    await expect(attempt()).rejects.toThrow("The migrations cannot be read (ENOENT");
    cpSync(join(MIGRATIONS, "meta"), join(directory, "meta"), { recursive: true });
    await expect(attempt()).rejects.toThrow("They belong into");
    rmSync(directory, { recursive: true });
  });
});

describe.skipIf(enginesAreMissing())("npm run db:migrate", () => {
  const runMigrate = (databaseUrl: string) => {
    const child = spawn(process.execPath, ["dev/migrate.ts"], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: databaseUrl },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
      child.once("close", (code) => resolve({ code, output })),
    );
    return { child, ended };
  };

  test("continues with the next run after a kill", async () => {
    const standIn = await startStandIns(await realStores());
    standIn.traffic.inject({ fault: { kind: "hang" }, operation: "CREATE", skip: 4 });
    const first = runMigrate(standIn.databaseUrl);
    await expect
      .poll(() => standIn.traffic.calls.some(({ status }) => status === "hung"), { timeout: 20_000 })
      .toBe(true);
    first.child.kill("SIGKILL");
    await first.ended;
    standIn.traffic.restore();
    const { code, output } = await runMigrate(standIn.databaseUrl).ended;
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^Applied 0000_accounts\.\n[\s\S]*The database has every migration\.\n$/),
    ]);
    await standIn.close();
  });
});
