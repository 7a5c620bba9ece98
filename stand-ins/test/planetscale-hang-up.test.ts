import { setTimeout as sleep } from "node:timers/promises";
import { Client, type Connection } from "@planetscale/database";
import { int, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findEngines, type PlanetScaleStandIn, refusalOf } from "./support/planetscale.ts";

const accounts = mysqlTable("accounts", {
  id: varchar("id", { length: 8 }).primaryKey(),
  balance: int("balance").notNull(),
});

const CLIENT_TIMEOUT_MS = 100;
/**
 * The longest time for which a lock may be held after its client has disconnected. Lock waits and transactions time out
 * only after 20 s or more.
 */
const LOCK_RELEASE_MAX_MS = 200;
/** More clients than the stand-in has connections to a real server. */
const CONCURRENT_CLIENTS = 60;

describe.each(findEngines("PlanetScale's clients that hang up"))("On $engine", ({ engine, start }) => {
  let standIn: PlanetScaleStandIn;
  let clientWithTimeout: Client;
  let holder: Connection;

  const add = (by: Pick<Connection, "execute">, amount: number, id = "a") =>
    by.execute("UPDATE accounts SET balance = balance + ? WHERE id = ?", [amount, id]);
  const balanceOf = async (id: string) =>
    (await standIn.client.execute("SELECT balance FROM accounts WHERE id = ?", [id])).rows;
  const expectTimeout = (attempt: Promise<unknown>) => expect(attempt).rejects.toThrow(/aborted due to timeout/);
  const expectUnlocked = async (id = "a") => {
    const startedAt = performance.now();
    await add(standIn.client, 1, id);
    expect(performance.now() - startedAt).toBeLessThan(LOCK_RELEASE_MAX_MS);
  };

  beforeAll(async () => {
    standIn = await start({ accounts });
    clientWithTimeout = new Client({
      url: standIn.url,
      // The timeout applies to statements that may wait, but not to COMMIT and ROLLBACK.
      fetch: (url, init) =>
        fetch(
          url,
          /UPDATE|SLEEP/.test(init?.body ?? "") ? { ...init, signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS) } : init,
        ),
    });
  });
  afterAll(() => standIn?.close());
  beforeEach(async () => {
    await standIn.client.execute("INSERT INTO accounts VALUES ('a', 0), ('b', 0)");
    holder = standIn.connect();
    await holder.execute("BEGIN");
    await add(holder, 10);
  });
  afterEach(async () => {
    standIn.traffic.restore();
    await standIn.reset();
  });

  test("a transaction that waits for a lock leaves the queue, and its ROLLBACK answers", async () => {
    const waiter = clientWithTimeout.connection();
    await waiter.execute("BEGIN");
    await expectTimeout(add(waiter, 1));
    await waiter.execute("ROLLBACK");
    await holder.execute("COMMIT");
    await expectUnlocked();
    expect(await balanceOf("a")).toEqual([{ balance: 11 }]);
  });

  test("a transaction whose client never comes back is rolled back all the same, and its COMMIT is Aborted", async () => {
    const waiter = clientWithTimeout.connection();
    await waiter.execute("BEGIN");
    await expectTimeout(add(waiter, 1));
    await holder.execute("COMMIT");
    await expectUnlocked();
    expect(await refusalOf(waiter.execute("COMMIT"))).toMatch(
      /code = Aborted desc = transaction \d+: ended at .* \(unlocked closed connection\)/,
    );
    expect(await balanceOf("a")).toEqual([{ balance: 11 }]);
  });

  test("a statement outside a transaction is not carried out later", async () => {
    await expectTimeout(add(clientWithTimeout, 1));
    // Waits until the stand-in has noticed the disconnect. COMMIT uses another connection and may be faster.
    await sleep(CLIENT_TIMEOUT_MS);
    await holder.execute("COMMIT");
    await expectUnlocked();
    expect(await balanceOf("a")).toEqual([{ balance: 11 }]);
  });

  test("ROLLBACK cancels the statement that its own session still waits for", async () => {
    const waiter = standIn.connect();
    await waiter.execute("BEGIN");
    const interrupted = refusalOf(add(waiter, 1));
    await sleep(CLIENT_TIMEOUT_MS);
    await waiter.execute("ROLLBACK");
    expect(await interrupted).toContain("Query execution was interrupted (errno 1317) (sqlstate 70100)");
    await holder.execute("COMMIT");
    await expectUnlocked();
  });

  test("a crowd that gives up does not delay the next writer", async () => {
    const attempts = Array.from({ length: CONCURRENT_CLIENTS }, () =>
      expectTimeout(clientWithTimeout.transaction((tx) => add(tx, 1))),
    );
    await Promise.all(attempts);
    await holder.execute("COMMIT");
    await expectUnlocked();
    expect(await balanceOf("a")).toEqual([{ balance: 11 }]);
  });

  test("a BEGIN whose answer is lost leaves no transaction behind", async () => {
    standIn.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "BEGIN" });
    const lost = Array.from({ length: CONCURRENT_CLIENTS }, () => standIn.connect().execute("BEGIN"));
    for (const { status } of await Promise.allSettled(lost)) expect(status).toBe("rejected");
    await holder.execute("COMMIT");
    await expectUnlocked();
  });

  test("executed work is kept after a late response and after a lost response to COMMIT", async () => {
    standIn.traffic.inject({ fault: { kind: "late", ms: 2 * CLIENT_TIMEOUT_MS }, operation: "UPDATE", times: 1 });
    standIn.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT", times: 1 });
    await expect(holder.execute("COMMIT")).rejects.toThrow("fetch failed");
    await expectTimeout(add(clientWithTimeout, 5));
    await expectUnlocked();
    expect(await balanceOf("a")).toEqual([{ balance: 16 }]);
  });

  test("a transaction goes on after an answer that came too late", async () => {
    await holder.execute("COMMIT");
    const writer = clientWithTimeout.connection();
    await writer.execute("BEGIN");
    standIn.traffic.inject({ fault: { kind: "late", ms: 2 * CLIENT_TIMEOUT_MS }, operation: "UPDATE", times: 1 });
    await expectTimeout(add(writer, 5));
    await writer.execute("COMMIT");
    expect(await balanceOf("a")).toEqual([{ balance: 15 }]);
  });

  // On the embedded engine, statements are short, and a transaction that holds the only lock waits for no other lock.
  if (engine !== "the embedded engine") {
    test("a statement under way is killed, and what its transaction had locked is free", async () => {
      const sleeper = clientWithTimeout.connection();
      await sleeper.execute("BEGIN");
      await add(sleeper, 1, "b");
      await expectTimeout(sleeper.execute("SELECT SLEEP(30)"));
      await expectUnlocked("b");
      expect(await balanceOf("b")).toEqual([{ balance: 1 }]);
    });

    test("a statement outside a transaction is killed, and its connection serves the next", async () => {
      await expectTimeout(clientWithTimeout.execute("UPDATE accounts SET balance = SLEEP(30) WHERE id = 'b'"));
      await expectUnlocked("b");
      expect(await balanceOf("b")).toEqual([{ balance: 1 }]);
    });
  }
});
