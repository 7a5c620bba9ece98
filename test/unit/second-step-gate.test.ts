import { expect, test } from "vitest";
import type { Account } from "../../src/auth/accounts/account.ts";
import { createAuth } from "../../src/auth/lucia/lucia.ts";
import { type Evidence, prove, proveDevice } from "../../src/auth/sessions/evidence.ts";

const NOW = 1_800_000_000_000;
const ACCOUNT = {
  id: "ada",
  email: "ada@example.com",
  emailVerified: true,
  emailVerifiedAt: 1,
  language: "en",
  passwordChangedAt: 1,
  twoStepAt: 1,
  sessionEpoch: 0,
  version: 0,
  createdAt: 1,
  updatedAt: 1,
} as Account;
const ORIGIN = { browser: null, platform: null, country: null };

/** Stores that fail at the first call. A session that was not refused reaches them. */
const unreachable = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error("A store was called");
    },
  },
) as never;
const start = (evidence: Evidence, account = ACCOUNT) =>
  createAuth(unreachable, unreachable, unreachable, () => {}).startSession(account, ORIGIN, evidence, NOW);

test("no session starts without the second step where it is on", async () => {
  for (const methods of [["password"], ["email"], ["no-factor"], ["password", "email"]] as const) {
    const evidence = methods.map((method) => prove(method, NOW)) as unknown as Evidence;
    await expect(start(evidence)).rejects.toThrow("The second step is missing");
    await expect(start(evidence, { ...ACCOUNT, twoStepAt: null })).rejects.toThrow("A store was called");
  }
  const password = prove("password", NOW);
  for (const second of [
    prove("totp", NOW),
    prove("recovery-code", NOW),
    prove("passkey", NOW),
    proveDevice("device", NOW),
  ]) {
    await expect(start([password, second])).rejects.toThrow("A store was called");
  }
});
