import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expiresAt } from "../../src/auth/sessions/session.ts";
import { formatValue, readValue } from "../../src/store/person.ts";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import {
  changeSession,
  cookieOf,
  dropSnapshots,
  handleOf,
  listHandles,
  personKey,
  readSession,
  readSnapshot,
  storeMarker,
  userIdOf,
} from "../support/stored.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DAY = 24 * 60 * 60 * 1_000;

describe.skipIf(enginesAreMissing())("a session", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const read = (browser: Browser) => readSession(gatehouse, browser);
  /** The milliseconds until the key expires, which is when its last session expires. */
  const timeToLive = (browser: Browser) => gatehouse.redis.pttl(personKey(browser));
  /** Ages the session by `milliseconds`: moves all of its stored times into the past. */
  const age = async (browser: Browser, milliseconds: number) => {
    const stored = await read(browser);
    if (!stored) throw new Error("no session");
    await changeSession(gatehouse, browser, {
      renewAt: stored.renewAt - milliseconds,
      idleEndsAt: stored.idleEndsAt - milliseconds,
      createdAt: stored.createdAt - milliseconds,
    });
    const remaining = await timeToLive(browser);
    if (remaining > milliseconds) await gatehouse.redis.pexpire(personKey(browser), remaining - milliseconds);
    return (await read(browser)) ?? stored;
  };

  test("is described by GET /auth/session with its user and its expiry, but without its secret", async () => {
    expect(
      await gatehouse
        .browser()
        .open("/auth/session")
        .then(({ status, body }) => [status, body]),
    ).toEqual([200, "null"]);
    const browser = await signUp(gatehouse);
    const response = await browser.open("/auth/session");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const described = JSON.parse(response.body);
    expect(described).toEqual({
      user: { id: userIdOf(browser), email: ADA.email, emailVerified: false },
      session: {
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
        authentication: { factors: ["password"], level: 1, at: described.session.createdAt },
      },
    });
    const { createdAt, expiresAt } = described.session;
    expect(new Date(createdAt).toISOString()).toBe(createdAt);
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBeGreaterThan(14 * DAY - 60_000);
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBeLessThan(14 * DAY + 60_000);
    expect(response.body).not.toContain(cookieOf(browser).split(".")[1]);
  });

  test("has a cookie with HttpOnly, SameSite=Lax and Path=/ that expires with the session", async () => {
    const browser = gatehouse.browser();
    const response = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    const [, expires = "", maxAge = ""] =
      /^gatehouse=[a-z0-9]{15}\.[a-z0-9]{40}; Expires=([^;]+); Max-Age=(\d+); Path=\/; HttpOnly; SameSite=Lax$/.exec(
        response.setCookies[0] ?? "",
      ) ?? [];
    expect(Math.abs(Date.parse(expires) - (Date.now() + 14 * DAY))).toBeLessThan(60_000);
    expect(Math.abs(Number(maxAge) * 1_000 - 14 * DAY)).toBeLessThan(60_000);
  });

  test("is not renewed within a day", async () => {
    const browser = await signUp(gatehouse);
    await age(browser, DAY - 60_000);
    const before = await read(browser);
    const page = await browser.open("/app");
    expect([page.status, page.setCookies]).toEqual([200, []]);
    expect(await read(browser)).toEqual(before);
  });

  test("is renewed after a day, and its cookie is then sent again", async () => {
    const browser = await signUp(gatehouse);
    const before = await age(browser, 2 * DAY);
    const page = await browser.open("/app");
    expect(page.status).toBe(200);
    expect(page.setCookies).toHaveLength(1);
    expect(page.setCookies[0]).toContain(`gatehouse=${cookieOf(browser)}; Expires=`);
    const after = await read(browser);
    expect(after?.idleEndsAt).toBeGreaterThan(Date.now() + 14 * DAY - 60_000);
    expect(after?.createdAt).toBe(before.createdAt);
    expect(Math.abs((await timeToLive(browser)) - 14 * DAY)).toBeLessThan(60_000);
    expect((await browser.open("/app")).setCookies).toEqual([]);
  });

  test("expires after 14 days without use", async () => {
    const browser = await signUp(gatehouse);
    await age(browser, 14 * DAY + 1_000);
    expect((await browser.open("/app")).location).toBe("/auth/signin?redirectTo=%2Fapp");
    expect((await browser.open("/auth/session")).body).toBe("null");
  });

  test("expires 30 days after sign-in, regardless of use", async () => {
    const browser = await signUp(gatehouse);
    for (const days of [13, 13]) {
      await age(browser, days * DAY);
      expect((await browser.open("/app")).status).toBe(200);
    }
    const stored = await read(browser);
    expect(stored && expiresAt(stored)).toBe((stored?.createdAt ?? 0) + 30 * DAY);
    expect(Math.abs((await timeToLive(browser)) - 4 * DAY)).toBeLessThan(60_000);
    await age(browser, 4 * DAY + 1_000);
    expect((await browser.open("/app")).status).toBe(303);
  });

  test("is revoked by sign-out in every browser that has its cookie, and leaves no stored data", async () => {
    const browser = await signUp(gatehouse);
    const copy = gatehouse.browser();
    copy.cookies.set("gatehouse", cookieOf(browser));
    expect(await listHandles(gatehouse)).toEqual([handleOf(browser)]);
    const response = await browser.submit(await browser.open("/app"), "/auth/signout");
    expect(response.setCookies).toContain(
      "gatehouse=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    );
    expect((await copy.open("/app")).status).toBe(303);
    expect(await listHandles(gatehouse)).toEqual([]);
  });

  test("of another device stays valid after a sign-out", async () => {
    const laptop = await signUp(gatehouse);
    const phone = await signIn(gatehouse);
    await laptop.submit(await laptop.open("/app"), "/auth/signout");
    expect((await phone.open("/app")).status).toBe(200);
  });

  test("that is invalid or missing can be signed out of, with a 303 that deletes the cookie", async () => {
    const visitor = gatehouse.browser();
    for (const cookie of [null, "", "nonsense", `${"a".repeat(15)}.${"b".repeat(40)}`]) {
      if (cookie !== null) visitor.cookies.set("gatehouse", cookie);
      const response = await visitor.post("/auth/signout", new URLSearchParams());
      expect([response.status, response.location]).toEqual([303, "/auth/signin"]);
      expect(response.setCookies[0]).toContain("gatehouse=; Expires=Thu, 01 Jan 1970");
    }
  });

  test("stays revoked if it is renewed during its sign-out", async () => {
    for (let round = 0; round < 10; round += 1) {
      await gatehouse.reset();
      const browser = await signUp(gatehouse);
      const cookie = cookieOf(browser);
      const copy = gatehouse.browser();
      copy.cookies.set("gatehouse", cookie);
      await age(browser, 2 * DAY);
      const [page] = await Promise.all([copy.open("/app"), browser.post("/auth/signout", new URLSearchParams())]);
      expect([200, 303]).toContain(page.status);
      expect(await listHandles(gatehouse)).toEqual([]);
      copy.cookies.set("gatehouse", cookie);
      expect((await copy.open("/app")).status).toBe(303);
    }
  });

  test("is invalid after the session epoch of its user has increased", async () => {
    const browser = await signUp(gatehouse);
    await gatehouse.database.execute("update users set session_epoch = session_epoch + 1");
    await storeMarker(gatehouse, userIdOf(browser));
    expect((await browser.open("/app")).status).toBe(303);
    await signIn(gatehouse);
    expect((await browser.open("/app")).status).toBe(303);
  });

  test("whose user was deleted is signed out without an error", async () => {
    const browser = await signUp(gatehouse);
    await gatehouse.database.execute("delete from users");
    await dropSnapshots(gatehouse);
    expect((await browser.open("/app")).location).toBe("/auth/signin?redirectTo=%2Fapp");
    expect((await browser.open("/auth/session")).body).toBe("null");
  });

  test("of a user without a snapshot reads MySQL once and stores a snapshot", async () => {
    const browser = await signUp(gatehouse);
    await dropSnapshots(gatehouse);
    expect((await browser.open("/app")).status).toBe(200);
    await expect.poll(() => readSnapshot(gatehouse, userIdOf(browser))).toMatchObject({ email: ADA.email });
    gatehouse.standIns.traffic.clear();
    await browser.open("/app");
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).toEqual(["EVAL read session"]);
  });

  test("of a user whose snapshot is older than ten minutes reads MySQL once and replaces the snapshot", async () => {
    const browser = await signUp(gatehouse);
    await gatehouse.settle();
    const stored = readValue(await gatehouse.redis.hget<string>(personKey(browser), "user"), 0);
    if (stored === null) throw new Error("There is no snapshot");
    expect(stored.end - Date.now()).toBeLessThanOrEqual(10 * 60_000);
    const expired = formatValue({
      ...stored,
      end: Date.now() - 1,
      text: stored.text.replace(ADA.email, "old@example.com"),
    });
    await gatehouse.redis.hset(personKey(browser), { user: expired });
    const operations = async () => {
      gatehouse.standIns.traffic.clear();
      expect((await browser.open("/app")).text).toContain(ADA.email);
      await gatehouse.settle();
      return gatehouse.standIns.traffic.calls.map(({ operation }) => operation);
    };
    expect(await operations()).toEqual(["EVAL read session", "SELECT", "EVAL write user"]);
    expect(await operations()).toEqual(["EVAL read session"]);
  });

  test("of a user with a marker reads MySQL and stores no snapshot", async () => {
    const browser = await signUp(gatehouse);
    await storeMarker(gatehouse, userIdOf(browser));
    gatehouse.standIns.traffic.clear();
    expect((await browser.open("/app")).status).toBe(200);
    await gatehouse.settle();
    const operations = gatehouse.standIns.traffic.calls.map(({ operation }) => operation);
    expect(operations).toEqual(["EVAL read session", "SELECT"]);
    expect(await readSnapshot(gatehouse, userIdOf(browser))).toBe("marker");
  });

  test("above the limit of 100 replaces expired sessions first, and then the oldest", async () => {
    const first = await signUp(gatehouse);
    const value = (end: number, created: number) => formatValue({ end, rank: created, text: "{}" });
    const fill = async (name: string, count: number, end: number) => {
      const fields = Array.from({ length: count }, (_, number) => [
        `s:${name}${number}`,
        value(end, Date.now() + 1_000 + number),
      ]);
      await gatehouse.redis.hset(personKey(first), Object.fromEntries(fields));
    };
    await fill("over", 50, Date.now() - 1);
    await fill("filler", 98, Date.now() + DAY);
    expect((await first.open("/app")).status).toBe(200);
    await signIn(gatehouse);
    expect(await listHandles(gatehouse)).toHaveLength(100);
    expect((await first.open("/app")).status).toBe(200);
    const latest = await signIn(gatehouse);
    expect(await listHandles(gatehouse)).toHaveLength(100);
    expect((await first.open("/app")).status).toBe(303);
    expect((await latest.open("/app")).status).toBe(200);
  });

  test.each([
    "nonsense",
    "a.b",
    `${"A".repeat(15)}.${"b".repeat(40)}`,
    `${"a".repeat(15)}.${"b".repeat(41)}`,
    `${"a".repeat(15)}.${"b".repeat(39)}\u00e9`,
    "../../etc/passwd",
    "x".repeat(4_000),
  ])("is not looked up for the malformed cookie %j", async (cookie) => {
    const browser = gatehouse.browser();
    browser.cookies.set("gatehouse", encodeURI(cookie));
    expect((await browser.open("/app")).status).toBe(303);
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });

  test("is invalid with the id of another user in its cookie", async () => {
    const ada = await signUp(gatehouse);
    const bob = gatehouse.browser();
    const typed = { ...ADA.signup, email: "bob@example.com" };
    await bob.submit(await bob.open("/auth/signup"), "/auth/signup", typed);
    const forged = gatehouse.browser();
    forged.cookies.set("gatehouse", `${userIdOf(bob)}.${cookieOf(ada).split(".")[1]}`);
    expect((await forged.open("/app")).status).toBe(303);
  });

  test("is not accepted from duplicate cookies, which no browser sends", async () => {
    const browser = await signUp(gatehouse);
    const cookie = cookieOf(browser);
    const page = await browser.request("/app", { headers: { Cookie: `gatehouse=${cookie}; gatehouse=${cookie}` } });
    expect(page.status).toBe(303);
  });
});

describe.skipIf(enginesAreMissing())("over https,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  afterAll(() => gatehouse.close());

  test("the cookie is __Host-gatehouse and Secure, the cookie for http is ignored, and HSTS is sent", async () => {
    const browser = gatehouse.browser("https://gatehouse.test");
    const response = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    expect(response.setCookies[0]).toMatch(
      /^__Host-gatehouse=[a-z0-9]{15}\.[a-z0-9]{40}; Expires=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    const app = await browser.follow(response);
    expect(app.status).toBe(200);
    expect(app.headers.get("Strict-Transport-Security")).toBe("max-age=63072000");

    const other = gatehouse.browser("https://gatehouse.test");
    other.cookies.set("gatehouse", browser.cookies.get("__Host-gatehouse") ?? "");
    expect((await other.open("/app")).status).toBe(303);
  });

  test("every cookie has the prefix __Host-, is Secure, HttpOnly and SameSite=Lax, and is far below 4096 bytes", async () => {
    const browser = gatehouse.browser("https://gatehouse.test");
    const typed = { ...ADA.signup, email: "carla@example.com" };
    const responses = [
      await browser.post("/auth/signup", new URLSearchParams(typed)),
      await browser.open(`/auth/reset-password/${"a".repeat(40)}`),
      await browser.post(
        "/app/account/sessions/revoke-others",
        new URLSearchParams({ currentPassword: typed.password }),
      ),
      await browser.post("/auth/signout", new URLSearchParams()),
      await browser.open("/?lang=de"),
    ];
    const lines = responses.flatMap(({ setCookies }) => setCookies);
    const names = lines.map((line) => line.slice(0, line.indexOf("=")).replace(/^__Host-gatehouse/, ""));
    const found = [...new Set(names)].toSorted();
    expect(found).toEqual(["", "-device", "-ended", "-lang", "-notice", "-reset", "-verify"]);
    const sources = globSync("src/**/*.{ts,tsx}", { cwd: ROOT }).map((path) => readFileSync(ROOT + path, "utf8"));
    const inSource = sources.flatMap((text) => [...text.matchAll(/_COOKIE = "([^"]*)"/g)]);
    // test/flows/signin/second-step.test.ts and test/flows/signup/passkey.test.ts have the cookies of other flows.
    const elsewhere = ["-confirm", "-second-step", "-trusted"];
    const named = ["", ...new Set(inSource.map(([, name]) => `-${name}`))].toSorted();
    expect(named).toEqual([...found, ...elsewhere].toSorted());
    const form =
      /^__Host-gatehouse[a-z-]*=([a-z0-9.-]{0,179}); Expires=([^;]+); Max-Age=(\d+); Path=\/; HttpOnly; SameSite=Lax; Secure$/;
    for (const line of lines) {
      const [whole, value, expires = "", maxAge] = form.exec(line) ?? [];
      expect(whole).toBe(line);
      // Expires and Max-Age agree, and a deleted cookie expires immediately.
      const seconds = Math.max(0, (Date.parse(expires) - Date.now()) / 1_000);
      expect(Math.abs(seconds - Number(maxAge))).toBeLessThan(30);
      expect([line, Number(maxAge) === 0]).toEqual([line, value === ""]);
    }
  });
});
