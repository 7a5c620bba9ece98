import type { StandIns } from "@gatehouse/stand-ins";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../src/store/database.ts";
import { enginesAreMissing, startStores } from "../support/gatehouse.ts";

describe.skipIf(enginesAreMissing())("a deadlock", () => {
  let standIns: StandIns;
  beforeAll(async () => {
    standIns = await startStores();
  });
  afterAll(() => standIns.close());

  test("is retried by its victim, and nothing is done twice", async () => {
    const database = createDatabase({ database: { url: standIns.databaseUrl } });
    await database.execute(
      "insert into `keys` (id, user_id, hashed_password) values ('email:a', 'user', ''), ('email:b', 'user', '')",
    );
    const write = "update `keys` set hashed_password = concat(hashed_password, ?) where id = ?";
    let attempts = 0;
    let arrived = 0;
    const meeting = Promise.withResolvers<void>();
    const writeBoth = (sign: string, keys: readonly [string, string]) =>
      database.transaction(async (transaction) => {
        attempts += 1;
        await transaction.execute(write, [sign, keys[0]]);
        arrived += 1;
        if (arrived === 2) meeting.resolve();
        await meeting.promise;
        await transaction.execute(write, [sign, keys[1]]);
      });
    await Promise.all([writeBoth("x", ["email:a", "email:b"]), writeBoth("y", ["email:b", "email:a"])]);

    expect(attempts).toBe(3);
    const { rows } = await database.execute("select hashed_password from `keys` order by id");
    expect(rows.map(({ hashed_password }) => [...hashed_password].toSorted().join(""))).toEqual(["xy", "xy"]);
  });
});
