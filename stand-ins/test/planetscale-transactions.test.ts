import type { Connection } from "@planetscale/database";
import { int, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn, refusalOf } from "./support/planetscale.ts";

const accounts = mysqlTable("accounts", {
  id: varchar("id", { length: 8 }).primaryKey(),
  balance: int("balance").notNull(),
});

/** Longer than any step of a test, and shorter than the time limit of a test. */
const TRANSACTION_TIMEOUT_MS = 2_500;
/** MySQL counts lock waits in whole seconds. */
const LOCK_WAIT_TIMEOUT_MS = 1_000;

describe.each(findEngines("PlanetScale's transactions"))("A transaction on $engine", ({ engine, start }) => {
  let standIn: PlanetScaleStandIn;
  let begun: Connection[];

  const begin = async () => {
    const connection = standIn.connect();
    await connection.execute("BEGIN");
    begun.push(connection);
    return connection;
  };
  const balances = async (by: Pick<Connection, "execute"> = standIn.client) =>
    (await by.execute("SELECT id, balance FROM accounts ORDER BY id")).rows.map((row) => Object.values(row));
  const add = (by: Pick<Connection, "execute">, amount: number, id = "a") =>
    by.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", [amount, id]);

  beforeAll(async () => {
    const timeouts = { transactionTimeoutMs: TRANSACTION_TIMEOUT_MS, lockWaitTimeoutMs: LOCK_WAIT_TIMEOUT_MS };
    standIn = await start({ accounts }, timeouts);
  });
  afterAll(() => standIn?.close());
  beforeEach(async () => {
    begun = [];
    await standIn.reset();
    await standIn.client.execute("INSERT INTO accounts VALUES ('a', 0), ('b', 0)");
  });
  afterEach(() => Promise.allSettled(begun.map((connection) => connection.execute("ROLLBACK"))));

  test("is visible to others only after COMMIT", async () => {
    const one = await begin();
    await add(one, 5);
    expect(await balances(one)).toEqual([
      ["a", 5],
      ["b", 0],
    ]);
    expect(await balances()).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
    await one.execute("COMMIT");
    expect(await balances()).toEqual([
      ["a", 5],
      ["b", 0],
    ]);
  });

  test("leaves nothing behind after ROLLBACK, or when its function throws", async () => {
    const one = await begin();
    await add(one, 5);
    await one.execute("ROLLBACK");
    const failure = standIn.client.transaction(async (tx) => {
      await tx.execute("DELETE FROM accounts");
      throw new Error("changed its mind");
    });
    await expect(failure).rejects.toThrow("changed its mind");
    expect(await balances()).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
  });

  test("outlives a statement that is refused", async () => {
    const one = await begin();
    await add(one, 5);
    expect(await refusalOf(one.execute("INSERT INTO accounts VALUES ('c', 1), ('a', 1)"))).toContain("errno 1062");
    await add(one, 1, "b");
    await one.execute("COMMIT");
    expect(await balances()).toEqual([
      ["a", 5],
      ["b", 1],
    ]);
  });

  test("waits for another that changed the same row, and then sees its result", async () => {
    const [one, two] = [await begin(), await begin()];
    await add(one, 5);
    let ended = false;
    const waiting = add(two, 7).then((result) => {
      expect(ended).toBe(true);
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    ended = true;
    await one.execute("COMMIT");
    expect((await waiting).rowsAffected).toBe(1);
    expect(await balances(two)).toContainEqual(["a", 12]);
    await two.execute("COMMIT");
    expect(await balances()).toContainEqual(["a", 12]);
  });

  test("makes a statement outside wait too, and lets it read", async () => {
    const one = await begin();
    await one.execute("SELECT balance FROM accounts WHERE id = 'a' FOR UPDATE");
    expect(await balances()).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
    const waiting = add(standIn.client, 1);
    const locking = standIn.client.execute("SELECT balance FROM accounts WHERE id = 'a' FOR UPDATE");
    await add(one, 10);
    await one.execute("COMMIT");
    await waiting;
    expect((await locking).rows).not.toEqual([{ balance: 0 }]);
    expect(await balances()).toContainEqual(["a", 11]);
  });

  test("sees one state of the data until it writes, and writes on the newest", async () => {
    const one = await begin();
    expect(await balances(one)).toContainEqual(["a", 0]);
    await add(standIn.client, 3);
    expect(await balances(one)).toContainEqual(["a", 0]);
    await add(one, 1);
    expect(await balances(one)).toContainEqual(["a", 4]);
  });

  test("that waits too long for a lock is refused with 1205 and continues", async () => {
    const [one, two] = [await begin(), await begin()];
    await add(two, 1, "b");
    await two.execute("COMMIT");
    const three = await begin();
    await add(one, 5);
    expect(await refusalOf(add(three, 1))).toContain(
      "code = DeadlineExceeded desc = Lock wait timeout exceeded; try restarting transaction (errno 1205) (sqlstate HY000)",
    );
    await one.execute("COMMIT");
    await add(three, 1);
    await three.execute("COMMIT");
    expect(await balances()).toEqual([
      ["a", 6],
      ["b", 1],
    ]);
  });

  // The embedded engine has no savepoints, and its single lock rules out deadlocks.
  if (engine !== "the embedded engine") {
    test("goes back to a savepoint and keeps what came before", async () => {
      const one = await begin();
      await add(one, 1);
      await one.execute("SAVEPOINT sp1");
      await add(one, 10);
      await one.execute("ROLLBACK TO SAVEPOINT sp1");
      await one.execute("SAVEPOINT sp2");
      await add(one, 100);
      await one.execute("RELEASE SAVEPOINT sp2");
      await one.execute("COMMIT");
      expect(await balances()).toContainEqual(["a", 101]);
    });

    test("of two that wait for each other, one is Aborted with 1213", async () => {
      const [one, two] = [await begin(), await begin()];
      await add(one, 1, "a");
      await add(two, 1, "b");
      const attempts = await Promise.allSettled([add(one, 1, "b"), add(two, 1, "a")]);
      const lost = attempts.filter((attempt) => attempt.status === "rejected");
      expect(lost).toHaveLength(1);
      expect(await refusalOf(Promise.reject(lost[0]?.reason))).toContain(
        "code = Aborted desc = Deadlock found when trying to get lock; try restarting transaction (errno 1213) (sqlstate 40001)",
      );
    });
  }

  test("is killed after its time: every statement is Aborted, nothing is kept, and its locks are free", async () => {
    const one = await begin();
    await add(one, 5);
    await new Promise((resolve) => setTimeout(resolve, TRANSACTION_TIMEOUT_MS + 200));
    await add(standIn.client, 1);
    const ended = /code = Aborted desc = transaction \d+: ended at [-\d]+ [:.\d]+ UTC \(exceeded timeout: 2\.5s\)/;
    expect(await refusalOf(add(one, 1))).toMatch(ended);
    expect(await refusalOf(one.execute("COMMIT"))).toMatch(ended);
    expect(await balances(one)).toEqual([
      ["a", 1],
      ["b", 0],
    ]);
  });

  test("is reached by its own session only: an unknown one is Aborted, an ended one too", async () => {
    const path = "/psdb.v1alpha1.Database/Execute";
    const run = async (query: string, session: unknown) => {
      const { body } = await standIn.post(path, { query, session });
      return body as { session: { vitessSession: object }; error?: { message: string } };
    };
    const { session } = await run("BEGIN", null);
    const forged = { vitessSession: { ...session.vitessSession, shardSessions: [{ transactionId: "12345" }] } };
    expect((await run("DELETE FROM accounts", forged)).error?.message).toContain("transaction 12345: not found");
    expect((await run("DELETE FROM accounts", session)).error).toBeUndefined();
    await run("ROLLBACK", session);
    expect((await run("COMMIT", session)).error?.message).toMatch(/ended at .* \(transaction rolled back\)/);
    expect(await balances()).toHaveLength(2);
  });

  test("runs one statement at a time, as Vitess does", async () => {
    const one = await begin();
    const two = await begin();
    await add(two, 1);
    const waiting = add(one, 1);
    expect(await refusalOf(one.execute("SELECT 1"))).toMatch(
      /code = Aborted desc = transaction \d+: in use: for query/,
    );
    await two.execute("COMMIT");
    await waiting;
  });

  test("is committed by a change of the schema, and by another BEGIN", async () => {
    const one = await begin();
    await add(one, 5);
    // The embedded engine first commits and then refuses the statement.
    await one.execute("CREATE TABLE other (id int)").catch(() => {});
    await add(one, 1);
    expect(await balances()).toContainEqual(["a", 6]);
    await one.execute("BEGIN");
    await add(one, 1);
    await one.execute("BEGIN");
    expect(await balances()).toContainEqual(["a", 7]);
  });

  test("COMMIT and ROLLBACK without one are nothing", async () => {
    const one = standIn.connect();
    await one.execute("COMMIT");
    await one.execute("ROLLBACK");
    expect(await balances(one)).toHaveLength(2);
  });

  test("is ended by reset, even while it waits for a lock", async () => {
    const [one, two] = [await begin(), await begin()];
    await add(one, 1);
    const waiting = add(two, 1);
    const refused = refusalOf(waiting).catch(() => "answered as lost");
    await standIn.reset();
    await refused;
    expect(await balances()).toEqual([]);
    expect(await refusalOf(one.execute("SELECT 1"))).toContain("code = Aborted");
  });
});
