import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";
import { ageAttempts, countAttempts } from "../support/stored.ts";

const MAX = 3;
const MINUTES = 2;
const DAY = 24 * 60 * 60_000;
/** The limit of attempts for one account from all ips. */
const GUESSES_MAX = 10;
const SOMEWHERE = "203.0.113.7";
const SOURCES = "window:ip:*";

/** Valid values for the fields of every form. Each form ignores the fields of the others. */
const FIELDS = { ...ADA.signup, code: "12345678", currentPassword: ADA.password, confirmation: "yes" };
const TOKEN = "0123456789abcdefghijklmnopqrstuvwxyz0123";

describe.skipIf(enginesAreMissing())(`the limit of ${MAX} forms from one ip in ${MINUTES} minutes`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: `${MAX}`, SOURCE_POSTS_WINDOW_MINUTES: `${MINUTES}` });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const send = (browser: Browser, path: string, from: string, fields: Readonly<Record<string, string>> = FIELDS) =>
    browser.post(path, new URLSearchParams(fields), { "CF-Connecting-IP": from });
  const guess = (from: string, fields = {}) =>
    send(gatehouse.browser(), "/auth/signin", from, { email: "bob@example.com", password: "a guess", ...fields });
  const useUp = async (from: string) => {
    for (let count = 0; count < MAX; count += 1) expect((await guess(from)).status).toBe(401);
  };
  const counter = async () => (await gatehouse.redis.keys(SOURCES))[0] ?? "";

  test("refuses the fourth form with a Retry-After, for any account", async () => {
    await useUp(SOMEWHERE);
    const refused = await guess(SOMEWHERE, { email: "carol@example.com" });
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get("Retry-After"));
    expect([seconds > 60, seconds <= MINUTES * 60]).toEqual([true, true]);
    expect(refused.text).toContain("Too many forms were sent from your network. Try again in 2 minutes.");
    await expect.poll(() => gatehouse.logs()).toContain('"event":"limit-reached"');
    await expect.poll(() => gatehouse.logs()).toContain('"limit":"ip"');
    expect(await gatehouse.redis.keys(`*${SOMEWHERE}*`)).toEqual([]);
  });

  test("counts forms that another limit has refused", async () => {
    await useUp("203.0.113.20");
    for (let count = MAX; count < GUESSES_MAX; count += 1)
      expect((await guess(`198.51.100.${count}`)).status).toBe(401);
    for (let count = 0; count < MAX; count += 1) expect((await guess(SOMEWHERE)).status).toBe(429);
    const refused = await guess(SOMEWHERE, { email: "carol@example.com" });
    expect([refused.status, refused.text.includes("from your network")]).toEqual([429, true]);
  });

  test("does not count forms that it refuses itself, so that waiting for the Retry-After is enough", async () => {
    await useUp(SOMEWHERE);
    for (let count = 0; count < MAX; count += 1) expect((await guess(SOMEWHERE)).status).toBe(429);
    expect(await countAttempts(gatehouse, SOURCES)).toBe(MAX);
    await ageAttempts(gatehouse, SOURCES, MINUTES * 60_000);
    await useUp(SOMEWHERE);
  });

  test("sets an expiry on a counter without one, for example from a backup, and frees it after the window", async () => {
    await useUp(SOMEWHERE);
    const key = await counter();
    const times = await gatehouse.redis.lrange(key, 0, -1);
    await gatehouse.redis.del(key);
    await gatehouse.redis.rpush(key, ...times);
    expect((await guess(SOMEWHERE)).status).toBe(429);
    await ageAttempts(gatehouse, SOURCES, MINUTES * 60_000);
    expect((await guess(SOMEWHERE)).status).toBe(401);
    const left = await gatehouse.redis.pttl(key);
    expect([left > 0, left <= DAY]).toEqual([true, true]);
  });

  test("is never longer than the window, even if a clock is ahead", async () => {
    await useUp(SOMEWHERE);
    await ageAttempts(gatehouse, SOURCES, -DAY);
    expect((await guess(SOMEWHERE)).headers.get("Retry-After")).toBe(`${MINUTES * 60}`);
  });

  test("refuses a form before anything is hashed or changed", async () => {
    await useUp(SOMEWHERE);
    await gatehouse.settle();
    const operations = async () => {
      gatehouse.standIns.traffic.clear();
      expect((await send(gatehouse.browser(), "/auth/signup", SOMEWHERE)).status).toBe(429);
      await gatehouse.settle();
      return gatehouse.standIns.traffic.calls.map(({ operation }) => operation);
    };
    // The first refused form calls other stores, too. After that the isolate knows that the ip is blocked, and calls
    // only the limiter.
    expect(await operations()).toContain("EVAL consume");
    for (let count = 0; count < MAX; count += 1) expect(await operations()).toEqual(["EVAL consume"]);
  });

  test("does not keep the breach check from running once forms are accepted again", async () => {
    await useUp(SOMEWHERE);
    const signUpThere = () => send(gatehouse.browser(), "/auth/signup", SOMEWHERE, ADA.signup);
    expect((await signUpThere()).status).toBe(429);
    await ageAttempts(gatehouse, SOURCES, MINUTES * 60_000);
    gatehouse.standIns.traffic.clear();
    expect((await signUpThere()).status).toBe(303);
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).toContain("RANGE");
  });

  test("counts another ip separately", async () => {
    await useUp(SOMEWHERE);
    expect((await guess("203.0.113.8")).status).toBe(401);
    expect((await guess(SOMEWHERE)).status).toBe(429);
  });

  test("slides: no window has more forms than allowed, and each form expires separately", async () => {
    const window = MINUTES * 60_000;
    await guess(SOMEWHERE);
    await ageAttempts(gatehouse, SOURCES, window - 20_000);
    for (let count = 1; count < MAX; count += 1) expect((await guess(SOMEWHERE)).status).toBe(401);
    const refused = await guess(SOMEWHERE);
    const seconds = Number(refused.headers.get("Retry-After"));
    expect([refused.status, seconds > 10, seconds <= 20]).toEqual([429, true, true]);
    // A fixed window would start again here. This one accepts a single form, because only the first one has expired.
    await ageAttempts(gatehouse, SOURCES, 20_000);
    expect((await guess(SOMEWHERE)).status).toBe(401);
    expect((await guess(SOMEWHERE)).status).toBe(429);
    await ageAttempts(gatehouse, SOURCES, window - 20_000);
    for (let count = 1; count < MAX; count += 1) expect((await guess(SOMEWHERE)).status).toBe(401);
    expect((await guess(SOMEWHERE)).status).toBe(429);
  });

  test("counts a /64 of IPv6 as one ip, in any notation", async () => {
    expect((await guess("2001:db8:0:1::1")).status).toBe(401);
    expect((await guess("2001:0DB8:0000:0001:ffff:0:0:2")).status).toBe(401);
    expect((await guess("2001:db8::1:0:0:0:3")).status).toBe(401);
    expect((await guess("2001:db8:0:1:a:b:c:d")).status).toBe(429);
    expect((await guess("2001:db8:0:2::1")).status).toBe(401);
  });

  test("ignores all headers about the ip except Cloudflare's", async () => {
    await useUp(SOMEWHERE);
    const claims = { "X-Forwarded-For": "198.51.100.1", "X-Real-IP": "198.51.100.1", Forwarded: "for=198.51.100.1" };
    const body = new URLSearchParams({ email: "bob@example.com", password: "a guess" });
    const headers = { ...claims, "CF-Connecting-IP": SOMEWHERE };
    expect((await gatehouse.browser().post("/auth/signin", body, headers)).status).toBe(429);
  });

  test("does not count a form that is invalid by itself, which costs nothing", async () => {
    for (let count = 0; count < 2 * MAX; count += 1) {
      expect((await guess(SOMEWHERE, { email: "nobody" })).status).toBe(422);
    }
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
    await useUp(SOMEWHERE);
  });

  test("counts a form that only makes the Worker read a session", async () => {
    const form = { email: "nobody", password: "a guess" };
    const statuses: number[] = [];
    for (let count = 0; count <= MAX; count += 1) {
      const browser = gatehouse.browser();
      browser.cookies.set("gatehouse", `${"a".repeat(15)}.${"b".repeat(40)}`);
      statuses.push((await send(browser, "/auth/signin", SOMEWHERE, form)).status);
    }
    expect(statuses).toEqual([...Array<number>(MAX).fill(422), 429]);
  });

  test("also applies to known devices", async () => {
    const owner = await signUp(gatehouse);
    const cookies = new Map(owner.cookies);
    owner.cookies.delete("gatehouse");
    const device = () => Object.assign(gatehouse.browser(), { cookies: new Map(owner.cookies) });
    for (let count = 0; count < MAX; count += 1) {
      expect((await send(device(), "/auth/signin", SOMEWHERE, { ...ADA.signin })).status).toBe(303);
    }
    expect((await send(device(), "/auth/signin", SOMEWHERE, { ...ADA.signin })).status).toBe(429);
    expect(cookies.has("gatehouse")).toBe(true);
  });

  test("counts every form except sign-out, which is never refused", async () => {
    const owner = await signUp(gatehouse);
    await useUp(SOMEWHERE);
    const siteMap = await readFile(fileURLToPath(new URL("../../src/routes.ts", import.meta.url)), "utf8");
    const posts = [...siteMap.matchAll(/\bpost\("([^"]+)"/g)].map(([, path = ""]) => path.replace(":token", TOKEN));
    expect(posts.length).toBeGreaterThan(12);
    for (const path of posts.filter((path) => path !== "/auth/signout")) {
      const browser = path.startsWith("/app") ? owner : gatehouse.browser();
      const { status } = await send(browser, path, SOMEWHERE);
      expect([path, status]).toEqual([path, 429]);
    }
    expect((await send(owner, "/auth/signout", SOMEWHERE)).status).toBe(303);
    expect((await owner.open("/app")).status).toBe(303);
  });

  test("counts pages that read a row because of a link or a cookie, separately from forms, and no other pages", async () => {
    const session = ["gatehouse", `${"a".repeat(15)}.${"b".repeat(40)}`] as const;
    const open = async (path: string, [name, value]: readonly [string, string] = session) => {
      const browser = gatehouse.browser();
      browser.cookies.set(name, value);
      gatehouse.standIns.traffic.clear();
      const page = await browser.request(path, { headers: { "CF-Connecting-IP": SOMEWHERE } });
      await gatehouse.settle();
      return { status: page.status, operations: gatehouse.standIns.traffic.calls.map(({ operation }) => operation) };
    };
    const counted = [
      [`/auth/verify-email/${TOKEN}`, session],
      [`/auth/confirm-email/${TOKEN}`, session],
      [`/auth/undo-email/${TOKEN}`, session],
      ["/auth/reset-password", ["gatehouse-reset", TOKEN]],
      ["/auth/verify-email", ["gatehouse-verify", TOKEN]],
      ["/app/account/sessions", session],
      ["/app/account/activity", session],
      ["/app/account/export", session],
    ] as const;
    for (const [path, cookie] of counted) {
      await gatehouse.reset();
      for (let count = 0; count < MAX; count += 1) {
        expect([path, (await open(path, cookie)).status]).not.toEqual([path, 429]);
      }
      const refused = await open(path, cookie);
      expect([path, refused.status, refused.operations]).toEqual([path, 429, expect.not.arrayContaining(["SELECT"])]);
      expect([path, (await guess(SOMEWHERE)).status]).toEqual([path, 401]);
    }
    for (const path of ["/", "/app", "/auth/session", "/auth/signin"]) {
      await gatehouse.reset();
      for (let count = 0; count < 2 * MAX; count += 1) {
        expect([path, (await open(path)).status]).not.toEqual([path, 429]);
      }
      expect(await gatehouse.redis.keys("window:*")).toEqual([]);
    }
  });

  test("does not count images on other sites that point to our links, which are refused", async () => {
    const picture = { "CF-Connecting-IP": SOMEWHERE, "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site" };
    for (const path of ["verify-email", "confirm-email", "undo-email"]) {
      for (let count = 0; count < 2 * MAX; count += 1) {
        const page = await gatehouse.browser().request(`/auth/${path}/${TOKEN}`, { headers: picture });
        expect(page.status).toBe(403);
      }
    }
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
    const opened = { "CF-Connecting-IP": SOMEWHERE, "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site" };
    expect((await gatehouse.browser().request(`/auth/undo-email/${TOKEN}`, { headers: opened })).status).toBe(410);
  });

  test("does not count a sign-out without a session, which calls no store whatever its cookies", async () => {
    const browser = gatehouse.browser();
    browser.cookies.set("gatehouse-reset", TOKEN);
    browser.cookies.set("gatehouse-verify", TOKEN);
    expect((await browser.post("/auth/signout", new URLSearchParams())).status).toBe(303);
    await gatehouse.settle();
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
    expect([browser.cookies.has("gatehouse-reset"), browser.cookies.has("gatehouse-verify")]).toEqual([false, false]);
  });

  test("lets no form through if the limiter fails", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, service: "redis" });
    expect((await guess(SOMEWHERE)).status).toBe(503);
  });

  test("is exact for concurrent forms", async () => {
    const answers = await Promise.all(Array.from({ length: 4 * MAX }, () => guess(SOMEWHERE)));
    expect(answers.map(({ status }) => status).filter((status) => status === 401)).toHaveLength(MAX);
  });
});
