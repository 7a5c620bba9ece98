import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bigint, datetime, int, mysqlTable, unique, varchar } from "drizzle-orm/mysql-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSnapshot } from "../src/index.ts";
import { refusalOf, startEmbedded } from "./support/planetscale.ts";

const a = mysqlTable("a", { id: varchar("id", { length: 8 }).primaryKey(), n: int("n") }, (table) => [
  unique("only").on(table.n),
]);

describe("PlanetScale's stand-in on the embedded engine", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "gatehouse-test-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test("keeps committed rows in its directory, and knows its indexes after a restart", async () => {
    const before = await startEmbedded({ a }, { dataDirectory: directory });
    await before.client.execute("INSERT INTO a VALUES ('x', 1)");
    const open = before.connect();
    await open.execute("BEGIN");
    await open.execute("INSERT INTO a VALUES ('y', 2)");
    await before.close();

    const after = await startEmbedded({ a }, { dataDirectory: directory });
    expect((await after.client.execute("SELECT * FROM a")).rows).toEqual([{ id: "x", n: 1 }]);
    const again = after.client.execute("INSERT INTO a VALUES ('y', 1)");
    expect(await refusalOf(again)).toContain("Duplicate entry '1' for key 'a.only'");
    await after.close();
  });

  test("rebuilds kept tables for a newer snapshot: common columns are copied, new ones take their default", async () => {
    const former = mysqlTable("gone", { id: int("id").primaryKey() });
    const before = await startEmbedded({ a, former }, { dataDirectory: directory });
    await before.client.execute("INSERT INTO a VALUES ('x', 1)");
    await before.close();

    const newer = mysqlTable("a", {
      name: varchar("name", { length: 4 }).notNull(),
      score: int("score").notNull().default(4),
      id: varchar("id", { length: 8 }).primaryKey(),
      at: bigint("at", { mode: "number" }),
    });
    const after = await startEmbedded({ newer }, { dataDirectory: directory });
    expect((await after.client.execute("SELECT * FROM a")).rows).toEqual([{ name: "", score: 4, id: "x", at: null }]);
    expect(await refusalOf(after.client.execute("INSERT INTO a (id) VALUES ('z')"))).toContain("errno 1364");
    expect(await refusalOf(after.client.execute("SELECT * FROM gone"))).toContain("errno 1146");
    await after.close();
  });

  test("says which column it cannot make, and which snapshots it cannot find", async () => {
    const dated = mysqlTable("dated", { at: datetime("at") });
    await expect(startEmbedded({ dated })).rejects.toThrow("doesn't support 'column type datetime'");
    expect(() => readSnapshot(directory)).toThrow("meta");
  });

  test.each([
    "INSERT IGNORE INTO a VALUES ('x', 1)",
    "SELECT 1 / 2",
    "SELECT true || false",
    "SELECT 'a' REGEXP 'a'",
    "SELECT 'a' 'b'",
    "SELECT N'a'",
    "SELECT 1 -- 2",
    "SELECT 1 /* 2 */",
    "CREATE VIEW v AS SELECT 1",
    "ALTER TABLE a ADD b int",
    "DROP TABLE a",
    "TRUNCATE a",
  ])("says that it cannot do %s, rather than doing something else", async (sql) => {
    const standIn = await startEmbedded({ a });
    expect(await refusalOf(standIn.client.execute(sql))).toContain("code = Unimplemented");
    await standIn.close();
  });

  test.each([
    "SHOW TABLES",
    "REPLACE INTO a VALUES (1)",
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "SELECT id FROM a # why",
    'SELECT "a"',
    "SELECT true && false",
    "DELETE FROM a RETURNING id",
  ])("does not parse %s", async (sql) => {
    const standIn = await startEmbedded({ a });
    expect(await refusalOf(standIn.client.execute(sql))).toContain("(errno 1064)");
    await standIn.close();
  });

  test("refuses unknown functions", async () => {
    const standIn = await startEmbedded({});
    expect(await refusalOf(standIn.client.execute("SELECT sqlite_version()"))).toContain("errno 1305");
    await standIn.close();
  });
});
