import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { canReadCpuTime, readCpuTime } from "../support/cpu-time.ts";
import { DEPLOYED_BUNDLE, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { findWorkerds } from "../support/memory.ts";
import { ADA, signUp } from "../support/people.ts";

const WRONG = { email: ADA.email, password: "not the password" };
const TAKEN = { ...WRONG, passwordConfirmation: WRONG.password };

/** The limit of forms from one ip in 15 minutes. */
const FORMS_MAX = 12;

/** A hash takes some 30 ms of CPU time. A refused form takes less than a quarter of that. */
const HASH_MIN_MILLISECONDS = 15;

/**
 * Measures the CPU time of the deployed Worker, in which a hash is visible, rather than inferring it from calls to the
 * stores.
 */
describe.skipIf(!canReadCpuTime())("a password is not hashed", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: `${FORMS_MAX}` }, DEPLOYED_BUNDLE);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  /**
   * Sends a form once for each expected status, each time from a new browser. Resolves to the mean CPU time in
   * milliseconds.
   */
  const measure = async (
    path: string,
    fields: Readonly<Record<string, string>>,
    ip: string | null,
    statuses: number[],
  ) => {
    const workerds = findWorkerds() ?? [];
    const cpuTime = () => workerds.reduce((sum, id) => sum + readCpuTime(id), 0);
    await gatehouse.settle();
    const before = cpuTime();
    for (const [index, status] of statuses.entries()) {
      const headers = { "CF-Connecting-IP": ip ?? `198.51.100.${index}` };
      const answer = await gatehouse.browser().post(path, new URLSearchParams(fields), headers);
      expect(answer.status).toBe(status);
    }
    await gatehouse.settle();
    return (cpuTime() - before) / statuses.length;
  };
  const times = (count: number, status: number) => Array<number>(count).fill(status);

  test.each([
    ["sign-in", "/auth/signin", WRONG, 401],
    ["sign-up", "/auth/signup", TAKEN, 422],
  ])("at %s after the attempts at the account are used up", async (_, path, fields, status) => {
    await signUp(gatehouse);
    const hashed = await measure(path, fields, null, times(10, status));
    expect(hashed).toBeGreaterThan(HASH_MIN_MILLISECONDS);
    gatehouse.standIns.traffic.clear();
    expect(await measure(path, fields, null, times(20, 429))).toBeLessThan(hashed / 3);
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).not.toContain("BEGIN");
  });

  test.each([
    ["sign-in", "/auth/signin", { ...WRONG, email: "bob@example.com" }, 401],
    ["sign-up", "/auth/signup", ADA.signup, 303],
  ])("at %s after the forms of the ip are used up", async (_, path, fields, status) => {
    const free = status === 303;
    const hashed = free
      ? await measure(path, fields, null, times(1, status))
      : await measure(path, fields, "203.0.113.7", times(10, status));
    expect(hashed).toBeGreaterThan(HASH_MIN_MILLISECONDS);
    const wrongCode = { code: "00000000" };
    for (let count = 0; count < FORMS_MAX; count += 1) {
      const headers = { "CF-Connecting-IP": "203.0.113.7" };
      await gatehouse.browser().post("/auth/verify-email", new URLSearchParams(wrongCode), headers);
    }
    // An email without attempts, so that only the limit of the ip can refuse the form.
    const unknown = { ...fields, email: "carol@example.com" };
    expect(await measure(path, unknown, "203.0.113.7", times(20, 429))).toBeLessThan(hashed / 3);
  });
});
