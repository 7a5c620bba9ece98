import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEPLOYED_BUNDLE, enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { ADA } from "../../support/people.ts";

describe.skipIf(enginesAreMissing())("Many sign-ups at once", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({}, DEPLOYED_BUNDLE);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const signUp = (email: string) =>
    gatehouse.browser().post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }));
  const count = async (table: "users" | "keys") =>
    (await gatehouse.database.execute(`select id from \`${table}\``)).rows.length;

  test("that stopped waiting for a lock get a 503 and leave nothing; sign-ups after the lock succeed", async () => {
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
