import { DatabaseError } from "@planetscale/database";
import { bigint, boolean, int, mysqlTable, text, unique, varchar } from "drizzle-orm/mysql-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn } from "./support/planetscale.ts";

const people = mysqlTable(
  "people",
  {
    id: varchar("id", { length: 8 }).primaryKey(),
    age: int("age").notNull().default(7),
    at: bigint("at", { mode: "number" }),
    is_new: boolean("is_new"),
    text: text("text"),
  },
  (table) => [unique("people_at_unique").on(table.at)],
);

const notes = mysqlTable("notes", {
  id: bigint("id", { mode: "number", unsigned: true }).autoincrement().primaryKey(),
  note: text("note").notNull(),
});

const EXECUTE = "/psdb.v1alpha1.Database/Execute";

describe.each(findEngines("PlanetScale's protocol"))("PlanetScale's stand-in on $engine", ({ start }) => {
  let standIn: PlanetScaleStandIn;
  const execute = (sql: string, args?: unknown[]) => standIn.client.execute(sql, args as never);

  beforeAll(async () => {
    standIn = await start({ people, notes });
  });
  afterAll(() => standIn?.close());
  beforeEach(() => standIn.reset());

  test("a wrong password or user is 401 and does nothing", async () => {
    for (const unauthenticated of [
      standIn.connectAs("a-user", "wrong"),
      standIn.connectAs("nobody", "a-password-for-tests"),
    ]) {
      const error = await unauthenticated
        .execute("INSERT INTO people (id) VALUES ('x')")
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    }
    expect((await execute("SELECT id FROM people")).rows).toEqual([]);
  });

  test.each([
    ["reader", { select: true, write: false, ddl: false }],
    ["writer", { select: false, write: true, ddl: false }],
    ["readwriter", { select: true, write: true, ddl: false }],
  ])("a password with the role %s does what PlanetScale says of it", async (role, may) => {
    const client = standIn.connectAs(`a-user-${role}`, "a-password-for-tests");
    const denied = (command: string, table = "people") =>
      `target: gatehouse.-.primary: vttablet: rpc error: code = PermissionDenied desc = ${command} command denied to ` +
      `user 'a-user-${role}' for table '${table}' (ACL check error) (CallerID: a-user-${role})`;
    const statements: [sql: string, allowed: boolean, refusal: string][] = [
      ["INSERT INTO people (id) VALUES ('x')", may.write, denied("Insert")],
      ["SELECT id FROM people WHERE id = 'x'", may.select, denied("Select")],
      ["UPDATE `people` SET age = 8 WHERE id = 'x'", may.write, denied("Update")],
      ["DELETE FROM people WHERE id = 'x'", may.write, denied("Delete")],
      ["CREATE TABLE IF NOT EXISTS more (id int)", may.ddl, denied("DDL", "more")],
      ["ALTER TABLE people ADD more int", may.ddl, denied("DDL")],
      ["SELECT 1", true, ""],
    ];
    for (const [sql, allowed, refusal] of statements) {
      const answer = await client.execute(sql).then(
        () => "",
        (error: DatabaseError) => error.body.message.replace(/^target: \w+\./, "target: gatehouse."),
      );
      expect(answer).toBe(allowed ? "" : refusal);
    }
    const undone = client.transaction(async (transaction) =>
      transaction.execute("INSERT INTO people (id) VALUES ('y')"),
    );
    await undone.catch(() => {});
    expect((await execute("SELECT id FROM people")).rows).toHaveLength(may.write ? 1 : 0);
  });

  test("a request that is not the client's is refused with a status, not with an answer", async () => {
    expect((await standIn.post(EXECUTE, "{")).status).toBe(400);
    expect((await standIn.post("/psdb.v1alpha1.Database/Nothing", {})).status).toBe(404);
  });

  test("a row comes back with each column's type: numbers for INT and boolean, strings for BIGINT", async () => {
    await execute("INSERT INTO people VALUES (?, ?, ?, ?, ?)", ["a", -5, 1_700_000_000_000, true, "long"]);
    const { rows, types, fields } = await execute("SELECT * FROM `people`");
    expect(rows).toEqual([{ id: "a", age: -5, at: "1700000000000", is_new: 1, text: "long" }]);
    expect(types).toEqual({ id: "VARCHAR", age: "INT32", at: "INT64", is_new: "INT8", text: "TEXT" });
    expect(fields.map((field) => field.charset)).toEqual([255, 63, 63, 63, 255]);
  });

  test("count(*), true and literals are INT64, so strings to the client; NULL is null", async () => {
    await execute("INSERT INTO people (id) VALUES ('a')");
    const { rows, types } = await execute("SELECT count(*) AS n, max(at) AS last FROM people");
    expect(rows).toEqual([{ n: "1", last: null }]);
    expect(types).toMatchObject({ n: "INT64" });
    expect((await execute("SELECT 1 AS one, NULL AS none")).rows).toEqual([{ one: "1", none: null }]);
  });

  test("a SELECT of no rows still names and types its columns", async () => {
    const { headers, types, rows } = await execute("SELECT p.id AS k, age FROM people p WHERE p.id = 'none'");
    expect([headers, rows]).toEqual([["k", "age"], []]);
    expect(types).toEqual({ k: "VARCHAR", age: "INT32" });
  });

  test("any text survives: quotes, backslashes, control characters, NUL and all of Unicode", async () => {
    const texts = [
      'it\'s "q" `b`',
      "\\ \\n %_ \0 \b \x1a \r\n\t",
      "žluťoučký 日本 👩‍👩‍👧 \u{10ffff}",
      "-- x /* y */ ; # z",
      "",
    ];
    for (const [index, text] of texts.entries()) {
      await execute("INSERT INTO people (id, text) VALUES (?, ?)", [`${index}`, text]);
      expect((await execute("SELECT text FROM people WHERE text = ?", [text])).rows).toEqual([{ text }]);
    }
  });

  test("text compares without case, and LIKE knows the backslash", async () => {
    await execute("INSERT INTO people (id) VALUES ('Ab'), ('a_'), ('ac')");
    expect((await execute("SELECT id FROM people WHERE id = 'aB'")).rows).toEqual([{ id: "Ab" }]);
    expect((await execute("SELECT id FROM people WHERE id LIKE 'A%' ORDER BY id LIMIT 1, 1")).size).toBe(1);
    expect((await execute("SELECT id FROM people WHERE id LIKE 'a\\_'")).rows).toEqual([{ id: "a_" }]);
  });

  test("an INSERT takes DEFAULT, and numbers written as strings", async () => {
    await execute("INSERT INTO `people` (`id`, `age`, `at`) VALUES ('a', default, '12'), ('b', '3', DEFAULT)");
    expect((await execute("SELECT id, age, at FROM people ORDER BY id")).rows).toEqual([
      { id: "a", age: 7, at: "12" },
      { id: "b", age: 3, at: null },
    ]);
  });

  test("rowsAffected counts the rows an UPDATE matched, changed or not, and those a DELETE removed", async () => {
    expect((await execute("INSERT INTO people (id) VALUES ('a'), ('b'), ('c')")).rowsAffected).toBe(3);
    expect((await execute("UPDATE people SET age = 7 WHERE id <> 'c'")).rowsAffected).toBe(2);
    expect((await execute("UPDATE people SET age = 8 WHERE id = 'none'")).rowsAffected).toBe(0);
    expect((await execute("UPDATE people SET age = age + 1 ORDER BY id LIMIT 2")).rowsAffected).toBe(2);
    expect((await execute("DELETE FROM people WHERE age = 8 LIMIT 1")).rowsAffected).toBe(1);
    expect((await execute("SELECT id, age FROM people ORDER BY age")).rows).toHaveLength(2);
    expect((await execute("DELETE FROM people")).rowsAffected).toBe(2);
  });

  test("an upsert counts 1 for a new row or an unchanged one, 2 for a changed one", async () => {
    const upsert = "INSERT INTO people (id, age) VALUES (?, ?) ON DUPLICATE KEY UPDATE age = VALUES(age)";
    expect((await execute(upsert, ["a", 1])).rowsAffected).toBe(1);
    expect((await execute(upsert, ["a", 2])).rowsAffected).toBe(2);
    expect((await execute(upsert, ["a", 2])).rowsAffected).toBe(1);
    expect((await execute("SELECT id, age FROM people ORDER BY id")).rows).toEqual([{ id: "a", age: 2 }]);
  });

  test("an AUTO_INCREMENT column numbers its rows and tells the number", async () => {
    expect((await execute("INSERT INTO notes (note) VALUES ('x')")).insertId).toBe("1");
    expect((await execute("INSERT INTO notes (id, note) VALUES (default, 'y')")).insertId).toBe("2");
    expect((await execute("INSERT INTO people (id) VALUES ('a')")).insertId).toBe("0");
    expect((await execute("SELECT id FROM notes ORDER BY id")).rows).toEqual([{ id: "1" }, { id: "2" }]);
  });

  test("the operations that pass are called by their verbs", async () => {
    standIn.traffic.clear();
    await standIn.client.transaction((tx) => tx.execute("select id from people for update"));
    await execute("\n DELETE FROM people");
    expect(standIn.traffic.calls.map((call) => call.operation)).toEqual(["BEGIN", "SELECT", "COMMIT", "DELETE"]);
  });
});
