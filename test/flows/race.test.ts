import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";

const CROWD = 50;
/** Passwords are hashed one after the other: 7 s alone on a machine, 17 s beside other tests. */
const HASHING_TIMEOUT_MS = 90_000;

describe.skipIf(enginesAreMissing())("Many sign-ups at once", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const signUp = (email: string) =>
    gatehouse.browser().post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }));
  const count = async (table: "users" | "keys") =>
    (await gatehouse.database.execute(`select id from \`${table}\``)).rows.length;

  test(
    `${CROWD} for one address make one user with one key, and nobody after them is kept waiting`,
    async () => {
      const answers = await Promise.all(Array.from({ length: CROWD }, () => signUp(ADA.email)));
      // Whoever is not first is recognised by the password, which may be tried ten times at once.
      expect(answers.filter(({ status }) => status !== 303 && status !== 429)).toEqual([]);
      expect(answers.filter(({ status }) => status === 303).length).toBeGreaterThan(0);
      expect([await count("users"), await count("keys")]).toEqual([1, 1]);
      expect((await signUp("next@example.com")).status).toBe(303);
    },
    HASHING_TIMEOUT_MS,
  );

  test("that gave up waiting for a lock are 503 and leave nothing; whoever comes after the lock is let in", async () => {
    const holder = gatehouse.database.connection();
    await holder.execute("begin");
    await holder.execute("select id from users for update");
    const addresses = Array.from({ length: 8 }, (_, index) => `early-${index}@example.com`);
    const early = await Promise.all(addresses.map(signUp));
    expect(early.map(({ status }) => status)).toEqual(addresses.map(() => 503));
    await holder.execute("rollback");
    expect((await signUp("next@example.com")).status).toBe(303);
    expect([await count("users"), await count("keys")]).toEqual([1, 1]);
  });
});
