import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn, refusalOf } from "../support/planetscale-stand-in.ts";

describe.each(findEngines("Changes of the schema"))("A schema on $engine", ({ start }) => {
  let standIn: PlanetScaleStandIn;
  const execute = (sql: string) => standIn.client.execute(sql);

  beforeEach(async () => {
    standIn = await start();
    await execute("CREATE TABLE `a` (`id` varchar(8) NOT NULL, `n` int, CONSTRAINT `a_id` PRIMARY KEY(`id`))");
    await execute("INSERT INTO a VALUES ('x', 1), ('y', 1)");
  });
  afterEach(() => standIn?.close());

  test("takes columns, with the rows that are there filled in", async () => {
    await execute("ALTER TABLE `a` ADD `name` varchar(8) NOT NULL, ADD COLUMN `score` int DEFAULT 4 NOT NULL");
    await execute("ALTER TABLE `a` ADD `seen` bigint");
    expect((await execute("SELECT * FROM a WHERE id = 'x'")).rows).toEqual([
      { id: "x", n: 1, name: "", score: 4, seen: null },
    ]);
    expect(await refusalOf(execute("INSERT INTO a (id) VALUES ('z')"))).toContain("errno 1364");
  });

  test("modifies, renames and drops columns, and keeps keys with them", async () => {
    await execute("ALTER TABLE `a` MODIFY COLUMN `n` varchar(3) NOT NULL");
    await execute("ALTER TABLE `a` RENAME COLUMN `id` TO `key`");
    expect(await refusalOf(execute("INSERT INTO a VALUES ('x', 'abc')"))).toContain("for key 'a.PRIMARY'");
    expect(await refusalOf(execute("INSERT INTO a VALUES ('z', 'abcd')"))).toContain("errno 1406");
    await execute("ALTER TABLE `a` DROP COLUMN `n`");
    expect((await execute("SELECT * FROM a")).rows).toEqual([{ key: "x" }, { key: "y" }]);
  });

  test("has indexes of one name on two tables, drops one, and refuses a unique one over duplicates", async () => {
    await execute("CREATE TABLE b (id int PRIMARY KEY, n int UNIQUE, KEY same (n))");
    await execute("CREATE INDEX same ON a (n)");
    await execute("DROP INDEX same ON a");
    expect(await refusalOf(execute("ALTER TABLE a ADD CONSTRAINT only UNIQUE(n)"))).toContain("code = AlreadyExists");
    await execute("UPDATE a SET n = 2 WHERE id = 'y'");
    await execute("ALTER TABLE a ADD CONSTRAINT only UNIQUE(n)");
    expect(await refusalOf(execute("INSERT INTO a VALUES ('z', 2)"))).toContain("'2' for key 'a.only'");
    expect(await refusalOf(execute("INSERT INTO b VALUES (1, 1), (2, 1)"))).toContain("'1' for key 'b.n'");
  });

  test("renames, truncates and drops tables", async () => {
    await execute("ALTER TABLE a RENAME TO c");
    await execute("RENAME TABLE c TO d");
    expect((await execute("SELECT count(*) AS n FROM d")).rows).toEqual([{ n: "2" }]);
    await execute("TRUNCATE TABLE d");
    expect((await execute("SELECT id FROM d")).rows).toEqual([]);
    await execute("DROP TABLE d");
    await execute("DROP TABLE IF EXISTS d");
    expect(await refusalOf(execute("DROP TABLE d"))).toContain("errno 1051");
  });
});
