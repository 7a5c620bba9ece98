import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { handleOf, listHandles, readSnapshot, userIdOf } from "../support/stored.ts";

const MINUTE = 60_000;
const EVERY_MINUTE = "* * * * *";
const CURRENT = { currentPassword: ADA.password };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

/** Longer than any test takes, so that no write reaches a replica. */
const LAG_MILLISECONDS = 10 * MINUTE;

describe("a revocation", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  /** Whether the session is valid. Two pages, whose scripts for reading a session are different, must agree. */
  const isSignedIn = async (browser: Browser) => {
    const statuses = [(await browser.open("/app")).status, (await browser.open("/app/account/sessions")).status];
    expect(statuses[0]).toBe(statuses[1]);
    return statuses[0] === 200;
  };
  const copyOf = (browser: Browser) => {
    const copy = gatehouse.browser();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    return copy;
  };
  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
    browser.post(path, new URLSearchParams(fields));

  /** The actions that revoke sessions. `copy` has a copy of the owner's cookie, and `phone` has another session. */
  const REVOCATIONS: readonly [
    name: string,
    revoke: (owner: Browser, phone: Browser) => Promise<{ status: number }>,
    revoked: readonly ("copy" | "phone")[],
  ][] = [
    ["signing out", (owner) => post(owner, "/auth/signout"), ["copy"]],
    [
      "signing one device out",
      (owner, phone) => post(owner, "/app/account/sessions/revoke", { session: handleOf(phone) }),
      ["phone"],
    ],
    [
      "signing all others out",
      (owner) => post(owner, "/app/account/sessions/revoke-others", CURRENT),
      ["copy", "phone"],
    ],
    ["a new password", (owner) => post(owner, "/app/account/password", { ...CURRENT, ...FRESH }), ["copy", "phone"]],
    [
      "a new password by a mailed link",
      async () => {
        await post(gatehouse.browser(), "/auth/forgot-password", { email: ADA.email });
        const reader = gatehouse.browser();
        // The phone's sign-in was announced, too.
        await reader.open(linkIn(await gatehouse.inbox.newest(ADA.email, 3), "/auth/reset-password/"));
        return post(reader, "/auth/reset-password", FRESH);
      },
      ["copy", "phone"],
    ],
    [
      "a deletion",
      (owner) => post(owner, "/app/account/delete", { ...CURRENT, confirmation: "yes" }),
      ["copy", "phone"],
    ],
  ];

  const arrange = async () => {
    const owner = await signUp(gatehouse);
    // Verifies the email. Otherwise, a reset by mailed link replaces the account.
    await post(owner, "/auth/verify-email", { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
    const phone = await signIn(gatehouse);
    const browsers = { owner, phone, copy: copyOf(owner) };
    for (const browser of Object.values(browsers)) expect(await isSignedIn(browser)).toBe(true);
    await gatehouse.settle();
    return browsers;
  };

  test.each(REVOCATIONS)("by %s is effective on all pages while replicas lag", async (_, revoke, revoked) => {
    const { owner, phone, copy } = await arrange();
    gatehouse.standIns.redis.setLag(LAG_MILLISECONDS);
    expect((await revoke(owner, phone)).status).toBe(303);
    const isRevoked = { copy: !(await isSignedIn(copy)), phone: !(await isSignedIn(phone)) };
    expect(isRevoked).toEqual({ copy: revoked.includes("copy"), phone: revoked.includes("phone") });
    await gatehouse.settle();
    expect(await isSignedIn(copy)).toBe(!revoked.includes("copy"));
  });

  test.each(REVOCATIONS)(
    "by %s is repeated by the next scheduled run if Redis loses it",
    async (name, revoke, revoked) => {
      const { owner, phone, copy } = await arrange();
      gatehouse.standIns.redis.setLag(LAG_MILLISECONDS);
      await revoke(owner, phone);
      await gatehouse.settle();
      gatehouse.standIns.redis.failOver();
      // Redis must have lost the revocation, or the test would prove nothing.
      expect([await isSignedIn(copy), await isSignedIn(phone)]).toEqual([true, true]);
      expect(await gatehouse.runScheduled(Date.now(), EVERY_MINUTE)).toBe("ok");
      // A deletion leaves no row in MySQL from which a run could repeat it. The next test covers it.
      if (name === "a deletion") return;
      expect([await isSignedIn(copy), await isSignedIn(phone)]).toEqual([
        !revoked.includes("copy"),
        !revoked.includes("phone"),
      ]);
      await expect.poll(() => gatehouse.logs()).toContain('"event":"revocations-repeated"');
    },
  );

  test("by a deletion is effective within ten minutes if Redis loses it, when the snapshot expires", async () => {
    const { owner, phone } = await arrange();
    gatehouse.standIns.redis.setLag(LAG_MILLISECONDS);
    await post(owner, "/app/account/delete", { ...CURRENT, confirmation: "yes" });
    await gatehouse.settle();
    gatehouse.standIns.redis.failOver();
    gatehouse.standIns.redis.setLag(0);
    const key = `person:${userIdOf(phone)}`;
    const raw = (await gatehouse.redis.hget<string>(key, "user")) ?? "";
    const expiry = Number(raw.slice(0, raw.indexOf("|")));
    expect(expiry - Date.now()).toBeLessThanOrEqual(10 * MINUTE);
    await gatehouse.redis.hset(key, { user: raw.replace(`${expiry}`, `${Date.now() - 1}`) });
    expect(await isSignedIn(phone)).toBe(false);
  });

  test("is repeated for 15 minutes only", async () => {
    const { owner, phone } = await arrange();
    await post(owner, "/app/account/sessions/revoke", { session: handleOf(phone) });
    await gatehouse.settle();
    const operations = async (later: number) => {
      gatehouse.standIns.traffic.clear();
      expect(await gatehouse.runScheduled(Date.now() + later, EVERY_MINUTE)).toBe("ok");
      return gatehouse.standIns.traffic.calls.map(({ operation }) => operation);
    };
    expect(await operations(14 * MINUTE)).toEqual(["SELECT", "HDEL", "SELECT", "EVAL refresh user", "SELECT"]);
    expect(await operations(16 * MINUTE)).toEqual(["SELECT", "SELECT", "SELECT"]);
    expect(await listHandles(gatehouse)).toEqual([handleOf(owner)]);
    expect(gatehouse.logs()).not.toContain("revocations-repeated");
  });

  test("is repeated without replacing a newer snapshot or a marker, and without creating a key", async () => {
    const { owner } = await arrange();
    await post(owner, "/app/account/password", { ...CURRENT, ...FRESH });
    await gatehouse.settle();
    const userId = userIdOf(owner);
    const before = await readSnapshot(gatehouse, userId);
    expect(before).toMatchObject({ session_epoch: 1, version: 2 });
    await gatehouse.database.execute("update users set email = 'other@example.com' where id = ?", [userId]);
    await gatehouse.runScheduled(Date.now(), EVERY_MINUTE);
    expect(await readSnapshot(gatehouse, userId)).toEqual(before);

    gatehouse.standIns.traffic.inject({ fault: { kind: "hang" }, operation: "COMMIT" });
    const change = post(owner, "/app/account/sessions/revoke-others");
    await expect.poll(() => readSnapshot(gatehouse, userId)).toBe("marker");
    await gatehouse.database.execute("update users set version = version + 1 where id <> ?", [userId]);
    await gatehouse.runScheduled(Date.now(), EVERY_MINUTE);
    expect(await readSnapshot(gatehouse, userId)).toBe("marker");
    await change;
    gatehouse.standIns.traffic.restore();

    await gatehouse.redis.flushdb();
    await gatehouse.runScheduled(Date.now(), EVERY_MINUTE);
    expect(await gatehouse.redis.keys("person:*")).toEqual([]);
  });
});
