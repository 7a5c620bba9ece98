import { int, mysqlTable, unique, varchar } from "drizzle-orm/mysql-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn, refusalOf } from "./support/planetscale.ts";

const people = mysqlTable(
  "people",
  {
    id: varchar("id", { length: 8 }).primaryKey(),
    email: varchar("email", { length: 20 }),
    age: int("age").notNull().default(7),
  },
  (table) => [unique("people_email_unique").on(table.email)],
);

/** Statements, each with the error of Vitess: its code, and MySQL's message with error number and SQL state. */
const REFUSED: readonly (readonly [sql: string, code: string, message: string])[] = [
  [
    "INSERT INTO people (id) VALUES ('new'), ('A')",
    "AlreadyExists",
    "Duplicate entry 'A' for key 'people.PRIMARY' (errno 1062) (sqlstate 23000)",
  ],
  [
    "INSERT INTO `people` (`id`, `email`) VALUES ('b', 'it''s')",
    "AlreadyExists",
    "Duplicate entry 'it's' for key 'people.people_email_unique' (errno 1062) (sqlstate 23000)",
  ],
  [
    "UPDATE people SET email = 'it''s' WHERE id = 'z'",
    "AlreadyExists",
    "Duplicate entry 'it's' for key 'people.people_email_unique' (errno 1062) (sqlstate 23000)",
  ],
  [
    "INSERT INTO people (id) VALUES ('fine'), ('much too long')",
    "InvalidArgument",
    "Data too long for column 'id' at row 2 (errno 1406) (sqlstate 22001)",
  ],
  [
    "UPDATE people SET id = '123456789' WHERE id = 'a'",
    "InvalidArgument",
    "Data too long for column 'id' at row 1 (errno 1406) (sqlstate 22001)",
  ],
  [
    "INSERT INTO people (id, age) VALUES ('b', 'old')",
    "InvalidArgument",
    "Incorrect integer value: 'old' for column 'age' at row 1 (errno 1366) (sqlstate HY000)",
  ],
  [
    "UPDATE people SET age = '' WHERE id = 'a'",
    "InvalidArgument",
    "Incorrect integer value: '' for column 'age' at row 1 (errno 1366) (sqlstate HY000)",
  ],
  [
    "INSERT INTO people (id, age) VALUES ('b', 3000000000)",
    "Unknown",
    "Out of range value for column 'age' at row 1 (errno 1264) (sqlstate 22003)",
  ],
  [
    "INSERT INTO people (id, age) VALUES ('b', NULL)",
    "InvalidArgument",
    "Column 'age' cannot be null (errno 1048) (sqlstate 23000)",
  ],
  [
    "UPDATE people SET id = NULL WHERE id = 'a'",
    "InvalidArgument",
    "Column 'id' cannot be null (errno 1048) (sqlstate 23000)",
  ],
  [
    "INSERT INTO people (email) VALUES ('b')",
    "Unknown",
    "Field 'id' doesn't have a default value (errno 1364) (sqlstate HY000)",
  ],
  [
    "INSERT INTO people (id, email) VALUES (default, 'b')",
    "Unknown",
    "Field 'id' doesn't have a default value (errno 1364) (sqlstate HY000)",
  ],
  [
    "INSERT INTO people (id, age) VALUES ('b', 1, 2)",
    "InvalidArgument",
    "Column count doesn't match value count at row 1 (errno 1136) (sqlstate 21S01)",
  ],
  [
    "INSERT INTO people (id, nick) VALUES ('b', 'x')",
    "NotFound",
    "Unknown column 'nick' in a clause (errno 1054) (sqlstate 42S22)",
  ],
  ["SELECT nick FROM people", "NotFound", "Unknown column 'nick' in a clause (errno 1054) (sqlstate 42S22)"],
  [
    "SELECT id FROM people WHERE p.nick = 'x'",
    "NotFound",
    "Unknown column 'p.nick' in a clause (errno 1054) (sqlstate 42S22)",
  ],
  [
    "UPDATE people SET nick = 1 WHERE id = 'none'",
    "NotFound",
    "Unknown column 'nick' in a clause (errno 1054) (sqlstate 42S22)",
  ],
  [
    "SELECT id FROM people ORDER BY nick",
    "NotFound",
    "Unknown column 'nick' in a clause (errno 1054) (sqlstate 42S22)",
  ],
  [
    "SELECT id FROM people a JOIN people b ON a.id = b.id",
    "InvalidArgument",
    "Column 'id' in a clause is ambiguous (errno 1052) (sqlstate 23000)",
  ],
];

const UNPARSEABLE = [
  "selec 1",
  "SELECT id FRM people",
  "SELECT 1; DELETE FROM people",
  "SELECT id FROM people WHERE id == 'a'",
  "SELECT id FROM people WHERE",
  "INSERT INTO people (id) VALUES ('b'",
  "SELECT 'open",
];

describe.each(findEngines("PlanetScale's refusals"))("PlanetScale's stand-in on $engine refuses", ({ start }) => {
  let standIn: PlanetScaleStandIn;
  const execute = (sql: string) => standIn.client.execute(sql);
  const readAll = async () => (await execute("SELECT * FROM people ORDER BY id")).rows;

  beforeAll(async () => {
    standIn = await start({ people });
  });
  afterAll(() => standIn?.close());
  beforeEach(async () => {
    await standIn.reset();
    await execute("INSERT INTO people (id, email) VALUES ('a', 'it''s'), ('z', NULL)");
  });

  test.each(REFUSED)("%s", async (sql, code, message) => {
    const before = await readAll();
    const refusal = await refusalOf(execute(sql));
    expect(refusal).toMatch(/^target: gatehouse\w*\.-\.primary: vttablet: rpc error: /);
    // The embedded engine does not distinguish clauses, and MariaDB names them differently.
    expect(refusal.replace(/ in '?(?:[A-Z ]+|field list)'?(?= is| \()/, " in a clause")).toContain(
      `code = ${code} desc = ${message} (CallerID: a-user): Sql: {REDACTED}, BindVars: {REDACTED}`,
    );
    expect(await readAll()).toEqual(before);
  });

  test.each(UNPARSEABLE)("%s, which cannot be parsed", async (sql) => {
    const before = await readAll();
    const refusal = await refusalOf(execute(sql));
    expect(refusal).toMatch(/^syntax error at position \d+.* \(errno 1064\) \(sqlstate 42000\)/);
    expect(await readAll()).toEqual(before);
  });

  test.each([
    "SELECT * FROM nobody",
    "INSERT INTO nobody (id) VALUES (1)",
    "UPDATE nobody SET id = 1",
    "DELETE FROM nobody",
  ])("%s: there is no such table", async (sql) => {
    expect(await refusalOf(execute(sql))).toMatch(
      /code = NotFound desc = Table 'gatehouse\w*\.nobody' doesn't exist \(errno 1146\) \(sqlstate 42S02\)/,
    );
  });

  test.each(["SET sql_mode = ''", "USE mysql", "LOCK TABLES people WRITE"])(
    "%s: a pooled connection would remember it",
    async (sql) => {
      expect(await refusalOf(execute(sql))).toContain("code = Unimplemented");
    },
  );

  test("without repeating the values", async () => {
    const refusal = await refusalOf(execute("INSERT INTO people (id, email, age) VALUES ('a', 'secret', 42)"));
    expect(refusal).not.toMatch(/secret|, 42/);
  });
});
