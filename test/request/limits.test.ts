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

describe.skipIf(enginesAreMissing())("limits of an account and its mailbox", () => {
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
  /** A browser with the owner's device, signed out. */
  const device = (owner: Browser) => {
    const browser = gatehouse.browser();
    browser.cookies.set(DEVICE, owner.cookies.get(DEVICE) ?? "");
    return browser;
  };
  const pairs = (browser: Browser) => (browser.cookies.get(DEVICE) ?? "").split(".");
  const known = async () =>
    Promise.all((await gatehouse.redis.keys("devices:*")).map((key) => gatehouse.redis.zrange(key, 0, -1)));

  describe("guesses", () => {
    test("are ten in any quarter of an hour: around no moment are there twenty", async () => {
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      await ageAttempts(gatehouse, "window:attempts:*", QUARTER - 20_000);
      const refused = await signin(gatehouse.browser(), "a guess");
      const seconds = Number(refused.headers.get("Retry-After"));
      expect([refused.status, seconds > 5, seconds <= 20]).toEqual([429, true, true]);
      await ageAttempts(gatehouse, "window:attempts:*", 20_000);
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      expect(await guess()).toBe(429);
    });

    test("five before its end and five after are still ten", async () => {
      for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toBe(401);
      await ageAttempts(gatehouse, "window:attempts:*", QUARTER - 20_000);
      for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toBe(401);
      await ageAttempts(gatehouse, "window:attempts:*", 21_000);
      for (let tries = 0; tries < 5; tries += 1) expect(await guess()).toBe(401);
      expect(await guess()).toBe(429);
    });

    test("are a hundred in any 24 hours, ten by ten", async () => {
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

    test("fifty at once are ten", async () => {
      await signUp(gatehouse);
      const statuses = await Promise.all(Array.from({ length: 50 }, () => guess()));
      // A machine that is busy otherwise keeps some waiting for too long.
      expect(statuses.filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
      expect(await countAttempts(gatehouse, "window:attempts:*")).toBe(10);
      expect(await guess()).toBe(429);
    });

    test("that are right give back what they took and nothing more, by whichever form", async () => {
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

  test("no key of Redis is locked by forms of two people from two ips", async () => {
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
      // By a browser with a device, and by one without.
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
    test("gets a new secret at every right password; the one before is known no more", async () => {
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

    test("is none whose secret somebody else has put there, before a sign-in and after it", async () => {
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

    test("keeps a secret for each of four accounts, the newest first, and names none", async () => {
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
      // a's has made room for e's; c's is replaced and comes first.
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
    ])("is none whose cookie is malformed: %s", async (_name, spoil) => {
      const owner = await signUp(gatehouse);
      for (let tries = 0; tries < 10; tries += 1) expect(await guess()).toBe(401);
      const browser = device(owner);
      expect(await guess(browser)).toBe(401);
      browser.cookies.set(DEVICE, spoil(pairs(owner)[0] ?? ""));
      expect(await guess(browser)).toBe(429);
    });

    test("of an account that is deleted leaves no secret in the browser", async () => {
      const owner = await signUp(gatehouse);
      const fields = { currentPassword: ADA.password, confirmation: "yes" };
      expect((await owner.post("/app/account/delete", new URLSearchParams(fields))).status).toBe(303);
      expect(owner.cookies.has(DEVICE)).toBe(false);
      await gatehouse.settle();
      expect(await known()).toEqual([]);
    });
  });

  describe("mails", () => {
    const links = async () => {
      await gatehouse.settle();
      const subjects = (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject);
      return subjects.filter((subject) => subject.includes("password")).length;
    };

    test("are three a day for a source and a mailbox, and another source's are its own", async () => {
      const [first, second] = [nextSource(), nextSource()];
      for (let mails = 0; mails < 3; mails += 1) expect(await askFrom(first)).toBe(303);
      const refused = await ask(gatehouse.browser(), first);
      const seconds = Number(refused.headers.get("Retry-After"));
      expect([refused.status, seconds > 23 * 3_600, seconds <= 24 * 3_600]).toEqual([429, true, true]);
      expect(refused.text).toContain("ask again in 24 hours");
      expect(await askFrom(second)).toBe(303);
      expect((await ask(gatehouse.browser(), first, "bob@example.com")).status).toBe(303);
      // Another purpose is counted by itself.
      const signup = { ...ADA.signup, email: ADA.email };
      expect((await gatehouse.browser().post("/auth/signup", new URLSearchParams(signup), first)).status).toBe(303);
      await gatehouse.inbox.newest(ADA.email);
      await ageAttempts(gatehouse, "window:mail*", DAY - 60_000);
      expect(await askFrom(first)).toBe(429);
      await ageAttempts(gatehouse, "window:mail*", 60_000);
      expect(await askFrom(first)).toBe(303);
    });

    test("are twenty a day from all strangers together, who neither use up the owner's nor are used up by them", async () => {
      const owner = await signUp(gatehouse);
      const statuses: number[] = [];
      for (let source = 0; source < 8; source += 1) {
        const from = nextSource();
        for (let mails = 0; mails < 3; mails += 1) statuses.push(await askFrom(from));
      }
      expect(statuses).toEqual([...Array<number>(20).fill(303), 429, 429, 429, 429]);
      expect(await links()).toBe(20);
      expect(gatehouse.logs()).toContain('"limit":"mail-day"');

      const asked = [];
      for (let mails = 0; mails < 4; mails += 1) asked.push((await ask(device(owner))).status);
      expect(asked).toEqual([303, 303, 303, 429]);
      expect(await links()).toBe(23);
      await ageAttempts(gatehouse, "window:mail-device:*", QUARTER);
      expect((await ask(device(owner))).status).toBe(303);
      // What only claims to be a device is a stranger.
      const forged = gatehouse.browser();
      forged.cookies.set(DEVICE, `${pairs(owner)[0]?.slice(0, 4)}${"a".repeat(40)}`);
      expect((await ask(forged)).status).toBe(429);
    });

    test("to known devices, of which a squatter can have many, are twenty a day as well", async () => {
      const owner = await signUp(gatehouse);
      const statuses: number[] = [];
      for (let mails = 0; mails < 21; mails += 1) {
        statuses.push((await ask(device(owner))).status);
        await ageAttempts(gatehouse, "window:mail-device:*", 5 * MINUTE);
      }
      expect(statuses).toEqual([...Array<number>(20).fill(303), 429]);
      expect(await askFrom(nextSource())).toBe(303);
    });

    test("that are refused void no link", async () => {
      await signUp(gatehouse);
      const from = nextSource();
      for (let mails = 0; mails < 3; mails += 1) expect(await askFrom(from)).toBe(303);
      await gatehouse.settle();
      const link = linkIn(await gatehouse.inbox.newest(ADA.email, 4), "/auth/reset-password/");
      for (let mails = 0; mails < 3; mails += 1) expect(await askFrom(from)).toBe(429);
      const browser = gatehouse.browser();
      expect((await browser.follow(await browser.open(link))).status).toBe(200);
    });

    test("that warn of a changed password are twenty a day, and come though nobody can count", async () => {
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
