import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refusalOf, startEmbedded } from "../support/planetscale-stand-in.ts";

describe("PlanetScale's stand-in on the embedded engine", () => {
  let directory: string;
  const start = () => startEmbedded({ dataDirectory: directory });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "gatehouse-test-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test("keeps what was committed in its directory, and knows its indexes after a restart", async () => {
    const before = await start();
    await before.client.execute("CREATE TABLE a (id varchar(8) PRIMARY KEY, n int, UNIQUE only (n))");
    await before.client.execute("INSERT INTO a VALUES ('x', 1)");
    const open = before.connect();
    await open.execute("BEGIN");
    await open.execute("INSERT INTO a VALUES ('y', 2)");
    await before.close();

    const after = await start();
    expect((await after.client.execute("SELECT * FROM a")).rows).toEqual([{ id: "x", n: 1 }]);
    const again = after.client.execute("INSERT INTO a VALUES ('y', 1)");
    expect(await refusalOf(again)).toContain("Duplicate entry '1' for key 'a.only'");
    await after.close();
  });

  test.each([
    "SHOW TABLES",
    "REPLACE INTO t VALUES (1)",
    "SELECT 1 / 2",
    "SELECT 'a' REGEXP 'a'",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TABLE t (id json)",
    "CREATE TABLE t (id int, FOREIGN KEY (id) REFERENCES u (id))",
    "CREATE TABLE t (at timestamp DEFAULT (now()))",
  ])("says that it cannot do %s, rather than doing something else", async (sql) => {
    const standIn = await start();
    expect(await refusalOf(standIn.client.execute(sql))).toContain("code = Unimplemented");
    await standIn.close();
  });

  test("knows no function that it was not taught", async () => {
    const standIn = await start();
    expect(await refusalOf(standIn.client.execute("SELECT sqlite_version()"))).toContain("errno 1305");
    await standIn.close();
  });
});
