import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";
import { ageAttempts, countAttempts, dropSnapshots } from "../support/stored.ts";

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;
const FORGOT = "/auth/forgot-password";
const DEVICE = "gatehouse-device";
const PAIR = /^[0-9a-f]{4}[a-z0-9]{40}$/;

let sources = 0;
const nextSource = () => {
  sources += 1;
  return { "CF-Connecting-IP": `198.51.${sources >> 8}.${sources & 255}` };
};

describe.skipIf(enginesAreMissing())("for one account and its mailbox,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const signin = async (browser: Browser, password: string, email: string = ADA.email, from = nextSource()) =>
    browser.post("/auth/signin", new URLSearchParams({ email, password }), from);
  const guess = async (browser: Browser = gatehouse.browser()) => (await signin(browser, "a guess")).status;
  const ask = async (browser: Browser, from = nextSource(), email: string = ADA.email) =>
    browser.post(FORGOT, new URLSearchParams({ email }), from);
  const askFrom = async (from: Record<"CF-Connecting-IP", string>) => (await ask(gatehouse.browser(), from)).status;
  /** A signed-out browser with the device cookie of the owner. */
  const device = (owner: Browser) => {
    const browser = gatehouse.browser();
    browser.cookies.set(DEVICE, owner.cookies.get(DEVICE) ?? "");
    return browser;
  };
  const pairs = (browser: Browser) => (browser.cookies.get(DEVICE) ?? "").split(".");
  const known = async () =>
    Promise.all((await gatehouse.redis.keys("devices:*")).map((key) => gatehouse.redis.zrange(key, 0, -1)));

  describe("attempts", () => {
    test("are limited to ten in any 15 minutes, wherever these start", async () => {
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      await ageAttempts(gatehouse, "window:attempts:*", QUARTER - 20_000);
      const refused = await signin(gatehouse.browser(), "a guess");
      const seconds = Number(refused.headers.get("Retry-After"));
      expect([refused.status, seconds > 5, seconds <= 20]).toEqual([429, true, true]);
      await ageAttempts(gatehouse, "window:attempts:*", 20_000);
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      expect(await guess()).toBe(429);
    });

    test("are limited to ten, also if five are older than the others", async () => {
      for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toBe(401);
      await ageAttempts(gatehouse, "window:attempts:*", QUARTER - 20_000);
      for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toBe(401);
      await ageAttempts(gatehouse, "window:attempts:*", 21_000);
      for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toBe(401);
      expect(await guess()).toBe(429);
    });

    test("are limited to a hundred in any 24 hours, also if they are spread out", async () => {
      await guess();
      const [counter = ""] = await gatehouse.redis.keys("window:attempts:*");
      const spread = Array.from({ length: 98 }, (_, index) => Date.now() - 16 * MINUTE - index * 14 * MINUTE);
      await gatehouse.redis.rpush(counter, ...spread);
      expect(await guess()).toBe(401);
      const refused = await signin(gatehouse.browser(), "a guess");
      expect([refused.status, Number(refused.headers.get("Retry-After")) > 3_600]).toEqual([429, true]);
      await ageAttempts(gatehouse, "window:attempts:*", DAY - 16 * MINUTE - 97 * 14 * MINUTE + 1_000);
      expect(await guess()).toBe(401);
      expect(await guess()).toBe(429);
    });

    test("are limited to ten of fifty concurrent ones", async () => {
      await signUp(gatehouse);
      const statuses = await Promise.all(Array.from({ length: 50 }, () => guess()));
      // A busy machine makes some wait for too long.
      expect(statuses.filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
      expect(await countAttempts(gatehouse, "window:attempts:*")).toBe(10);
      expect(await guess()).toBe(429);
    });

    test("with the right password are refunded, and no others, with any form", async () => {
      const owner = await signUp(gatehouse);
      for (let tries = 0; tries < 9; tries += 1) expect(await guess()).toBe(401);
      const link = linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/");
      const phone = gatehouse.browser();
      expect((await phone.post(link, new URLSearchParams({ password: ADA.password }))).status).toBe(303);
      await gatehouse.settle();
      expect(await guess()).toBe(401);
      expect(await guess()).toBe(429);
      expect((await signin(device(owner), ADA.password)).status).toBe(303);
    });
  });

  test("forms of two people from two ips lock no common key of Redis", async () => {
    const lockedBy = async (email: string) => {
      await gatehouse.reset();
      const from = nextSource();
      const browser = gatehouse.browser();
      await signin(browser, "a guess", email, from);
      await ask(browser, from, email);
      await browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }), from);
      const mail = await gatehouse.inbox.newest(email);
      await browser.post("/auth/verify-email", new URLSearchParams({ code: codeIn(mail) }), from);
      await gatehouse.settle();
      // Once from a browser with a device cookie, and once from one without.
      for (const each of [device(browser), gatehouse.browser()]) {
        await signin(each, ADA.password, email, from);
        await ask(each, from, email);
        await gatehouse.settle();
      }
      const locks = gatehouse.standIns.traffic.calls.flatMap(({ locks = [] }) => locks);
      return new Set([...locks, ...(await gatehouse.redis.keys("*"))]);
    };
    const [ada, bob] = [await lockedBy(ADA.email), await lockedBy("bob@example.com")];
    for (const kind of ["window:ip:", "window:attempts:", "window:mail", "devices:", "person:"]) {
      expect([...ada].filter((key) => key.startsWith(kind))).not.toEqual([]);
    }
    expect([...ada].filter((key) => bob.has(key))).toEqual([]);
  });

  describe("a known device", () => {
    test("gets a new secret with every right password, and the previous secret expires", async () => {
      const owner = await signUp(gatehouse);
      const former = device(owner);
      expect(pairs(owner)).toEqual([expect.stringMatching(PAIR)]);
      const browser = device(owner);
      expect((await signin(browser, ADA.password)).status).toBe(303);
      await gatehouse.settle();
      expect(pairs(browser)).toEqual([expect.stringMatching(PAIR)]);
      expect(pairs(browser)).not.toEqual(pairs(owner));
      expect(await known()).toEqual([[expect.any(String)]]);
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      expect(await guess(former)).toBe(429);
      expect(await guess(device(browser))).toBe(401);
    });

    test("is not recognized by a secret that someone else has set, neither before nor after a sign-in", async () => {
      const owner = await signUp(gatehouse);
      const stolen = device(await signUp(gatehouse, { ...ADA.signup, email: "mallory@example.com" }));
      const planted = stolen.cookies.get(DEVICE) ?? "";
      const tag = pairs(owner)[0]?.slice(0, 4) ?? "";
      const forged = [planted, `${tag}${"a".repeat(40)}`, `${tag}${planted.slice(4)}`];
      for (const cookie of forged) {
        const victim = gatehouse.browser();
        victim.cookies.set(DEVICE, cookie);
        expect((await signin(victim, ADA.password)).status).toBe(303);
        await gatehouse.settle();
        expect(pairs(victim)[0]).not.toContain(cookie.slice(4));
      }
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      for (const cookie of forged) {
        const thief = gatehouse.browser();
        thief.cookies.set(DEVICE, cookie);
        expect([cookie, await guess(thief)]).toEqual([cookie, 429]);
      }
    });

    test("has a secret for each of the four newest accounts, without their emails or ids", async () => {
      const emails = ["a", "b", "c", "d", "e"].map((name) => `${name}@example.com`);
      for (const email of emails) await signUp(gatehouse, { ...ADA.signup, email });
      const browser = gatehouse.browser();
      const cookies: string[][] = [];
      for (const email of [...emails, "c@example.com"]) {
        await signin(browser, ADA.password, email);
        browser.cookies.delete("gatehouse");
        cookies.push(pairs(browser));
      }
      await gatehouse.settle();
      expect(cookies.map(({ length }) => length)).toEqual([1, 2, 3, 4, 4, 4]);
      const [fifth = [], again = []] = cookies.slice(-2);
      // The secret for e has replaced that for a. The secret for c is renewed and moves to the front.
      expect(fifth.slice(1)).toEqual(cookies[3]?.slice(0, 3));
      expect(again.slice(1)).toEqual([fifth[0], fifth[1], fifth[3]]);
      expect(fifth).not.toContain(again[0]);
      const elsewhere = gatehouse.browser();
      await signin(elsewhere, ADA.password, "c@example.com");
      expect(pairs(elsewhere)[0]?.slice(0, 4)).not.toBe(again[0]?.slice(0, 4));
    });

    test.each([
      ["a secret alone", (pair: string) => pair.slice(4)],
      ["a pair cut short", (pair: string) => pair.slice(0, -1)],
      ["capitals", (pair: string) => pair.toUpperCase()],
      ["a dot at the end", (pair: string) => `${pair}.`],
      ["five pairs", (pair: string) => Array<string>(5).fill(pair).join(".")],
      ["a blank inside", (pair: string) => `${pair.slice(0, 4)} ${pair.slice(4)}`],
      ["170 pairs", (pair: string) => `${pair}.`.repeat(170)],
    ])("is not recognized by a malformed cookie: %s", async (_name, spoil) => {
      const owner = await signUp(gatehouse);
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      const browser = device(owner);
      expect(await guess(browser)).toBe(401);
      browser.cookies.set(DEVICE, spoil(pairs(owner)[0] ?? ""));
      expect(await guess(browser)).toBe(429);
    });

    test("has no secret any more after its account is deleted", async () => {
      const owner = await signUp(gatehouse);
      const fields = { currentPassword: ADA.password, confirmation: "yes" };
      expect((await owner.post("/app/account/delete", new URLSearchParams(fields))).status).toBe(303);
      expect(owner.cookies.has(DEVICE)).toBe(false);
      await gatehouse.settle();
      expect(await known()).toEqual([]);
    });
  });

  describe("messages", () => {
    const links = async () => {
      await gatehouse.settle();
      const subjects = (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject);
      return subjects.filter((subject) => subject.includes("password")).length;
    };

    test("are limited to three a day for an ip and a mailbox, independently of other ips", async () => {
      const [first, second] = [nextSource(), nextSource()];
      for (let mails = 0; mails < 3; mails += 1) expect(await askFrom(first)).toBe(303);
      const refused = await ask(gatehouse.browser(), first);
      const seconds = Number(refused.headers.get("Retry-After"));
      expect([refused.status, seconds > 23 * 3_600, seconds <= 24 * 3_600]).toEqual([429, true, true]);
      expect(refused.text).toContain("try again in 24 hours");
      expect(await askFrom(second)).toBe(303);
      expect((await ask(gatehouse.browser(), first, "bob@example.com")).status).toBe(303);
      // Messages of another purpose are counted separately.
      const signup = { ...ADA.signup, email: ADA.email };
      expect((await gatehouse.browser().post("/auth/signup", new URLSearchParams(signup), first)).status).toBe(303);
      await gatehouse.inbox.newest(ADA.email);
      await ageAttempts(gatehouse, "window:mail*", DAY - 60_000);
      expect(await askFrom(first)).toBe(429);
      await ageAttempts(gatehouse, "window:mail*", 60_000);
      expect(await askFrom(first)).toBe(303);
    });

    test("to unknown devices are limited to twenty a day, counted separately from those to the owner's device", async () => {
      const owner = await signUp(gatehouse);
      const statuses: number[] = [];
      for (let source = 0; source < 8; source += 1) {
        const from = nextSource();
        for (let mails = 0; mails < 3; mails += 1) statuses.push(await askFrom(from));
      }
      expect(statuses).toEqual([...Array<number>(20).fill(303), 429, 429, 429, 429]);
      expect(await links()).toBe(20);
      await expect.poll(() => gatehouse.logs()).toContain('"limit":"mail-day"');

      const asked = [];
      for (let mails = 0; mails < 4; mails += 1) asked.push((await ask(device(owner))).status);
      expect(asked).toEqual([303, 303, 303, 429]);
      expect(await links()).toBe(23);
      await ageAttempts(gatehouse, "window:mail-device:*", QUARTER);
      expect((await ask(device(owner))).status).toBe(303);
      // A forged device cookie counts as an unknown device.
      const forged = gatehouse.browser();
      forged.cookies.set(DEVICE, `${pairs(owner)[0]?.slice(0, 4)}${"a".repeat(40)}`);
      expect((await ask(forged)).status).toBe(429);
    });

    test("to known devices, of which an attacker can have many, are limited to twenty a day, too", async () => {
      const owner = await signUp(gatehouse);
      const statuses: number[] = [];
      for (let mails = 0; mails < 21; mails += 1) {
        statuses.push((await ask(device(owner))).status);
        await ageAttempts(gatehouse, "window:mail-device:*", 5 * MINUTE);
      }
      expect(statuses).toEqual([...Array<number>(20).fill(303), 429]);
      expect(await askFrom(nextSource())).toBe(303);
    });

    test("that are refused revoke no link", async () => {
      await signUp(gatehouse);
      const from = nextSource();
      for (let mails = 0; mails < 3; mails += 1) expect(await askFrom(from)).toBe(303);
      await gatehouse.settle();
      const link = linkIn(await gatehouse.inbox.newest(ADA.email, 4), "/auth/reset-password/");
      for (let mails = 0; mails < 3; mails += 1) expect(await askFrom(from)).toBe(429);
      const browser = gatehouse.browser();
      expect((await browser.follow(await browser.open(link))).status).toBe(200);
    });

    test("about a changed password are limited to twenty a day, but sent if the limiter fails", async () => {
      const owner = await signUp(gatehouse);
      await gatehouse.database.execute("update users set email_verified_at = ?", [Date.now()]);
      await dropSnapshots(gatehouse);
      let current: string = ADA.password;
      const change = async (round: number) => {
        const password = `difference engine ${round}`;
        const fields = { currentPassword: current, password, passwordConfirmation: password };
        expect((await owner.post("/app/account/password", new URLSearchParams(fields), nextSource())).status).toBe(303);
        current = password;
      };
      await change(0);
      await gatehouse.inbox.newest(ADA.email, 2);
      const [counter = ""] = await gatehouse.redis.keys("window:notice:*");
      await gatehouse.redis.lpush(counter, ...Array<number>(18).fill(Date.now()));
      await change(1);
      await gatehouse.inbox.newest(ADA.email, 3);
      await change(2);
      await expect.poll(() => gatehouse.logs()).toContain('"limit":"notice-day"');
      expect(await links()).toBe(2);
      await gatehouse.redis.del(counter);
      await gatehouse.redis.set(counter, "not a list");
      await change(3);
      await gatehouse.inbox.newest(ADA.email, 4);
    });
  });
});
