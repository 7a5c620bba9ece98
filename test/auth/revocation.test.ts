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

/** Longer than any test takes, so that nothing reaches a replica. */
const LAG_MILLISECONDS = 10 * MINUTE;

describe("what is revoked", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  /** Whether a page opens. The devices page reads the session by another script, and both must agree. */
  const isAlive = async (browser: Browser) => {
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

  /**
   * The actions that end sessions, and which sessions they end: those of `owner`, of a copy of its cookie, and of a
   * phone.
   */
  const WAYS: readonly [
    name: string,
    end: (owner: Browser, phone: Browser) => Promise<{ status: number }>,
    ended: readonly ("copy" | "phone")[],
  ][] = [
    ["signing out", (owner) => post(owner, "/auth/signout"), ["copy"]],
    [
      "signing one device out",
      (owner, phone) => post(owner, "/app/account/sessions/revoke", { ...CURRENT, session: handleOf(phone) }),
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
        await reader.open(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
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
    // An account whose email is not verified is deleted by a mailed link and replaced by a new account.
    await post(owner, "/auth/verify-email", { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
    const phone = await signIn(gatehouse);
    const people = { owner, phone, copy: copyOf(owner) };
    for (const browser of Object.values(people)) expect(await isAlive(browser)).toBe(true);
    await gatehouse.settle();
    return people;
  };

  test.each(WAYS)("by %s passes no page while replicas lag", async (_, end, ended) => {
    const { owner, phone, copy } = await arrange();
    gatehouse.standIns.redis.setLag(LAG_MILLISECONDS);
    expect((await end(owner, phone)).status).toBe(303);
    const isEnded = { copy: !(await isAlive(copy)), phone: !(await isAlive(phone)) };
    expect(isEnded).toEqual({ copy: ended.includes("copy"), phone: ended.includes("phone") });
    await gatehouse.settle();
    expect(await isAlive(copy)).toBe(!ended.includes("copy"));
  });

  test.each(WAYS)("by %s is over for good a minute after Redis lost it", async (name, end, ended) => {
    const { owner, phone, copy } = await arrange();
    gatehouse.standIns.redis.setLag(LAG_MILLISECONDS);
    await end(owner, phone);
    await gatehouse.settle();
    gatehouse.standIns.redis.failOver();
    // Otherwise no relevant write was lost, and the test would show nothing. A deletion is stored in MySQL only.
    expect([await isAlive(copy), await isAlive(phone)]).toEqual([true, true]);
    expect(await gatehouse.runScheduled(Date.now(), EVERY_MINUTE)).toBe("ok");
    if (name === "a deletion") return;
    expect([await isAlive(copy), await isAlive(phone)]).toEqual([!ended.includes("copy"), !ended.includes("phone")]);
    expect(gatehouse.logs()).toContain('"event":"revocations-repeated"');
  });

  test("by a deletion is over ten minutes after Redis lost it, when the snapshot ends", async () => {
    const { owner, phone } = await arrange();
    gatehouse.standIns.redis.setLag(LAG_MILLISECONDS);
    await post(owner, "/app/account/delete", { ...CURRENT, confirmation: "yes" });
    await gatehouse.settle();
    gatehouse.standIns.redis.failOver();
    gatehouse.standIns.redis.setLag(0);
    const key = `person:${userIdOf(phone)}`;
    const raw = (await gatehouse.redis.hget<string>(key, "user")) ?? "";
    const end = Number(raw.slice(0, raw.indexOf("|")));
    expect(end - Date.now()).toBeLessThanOrEqual(10 * MINUTE);
    await gatehouse.redis.hset(key, { user: raw.replace(`${end}`, `${Date.now() - 1}`) });
    expect(await isAlive(phone)).toBe(false);
  });

  test("is repeated for 15 minutes, and not for ever", async () => {
    const { owner, phone } = await arrange();
    await post(owner, "/app/account/sessions/revoke", { ...CURRENT, session: handleOf(phone) });
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

  test("a scheduled run replaces no newer snapshot and no marker, and creates no key", async () => {
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
