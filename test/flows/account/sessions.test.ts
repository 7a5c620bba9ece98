import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import {
  agePassword,
  changeSession,
  cookieOf,
  dropSnapshots,
  eventTypes,
  handleOf,
  listHandles,
  readSession,
  userIdOf,
} from "../../support/stored.ts";

const PATH = "/app/account/sessions";
const REVOKE = `${PATH}/revoke`;
const OTHERS = `${PATH}/revoke-others`;
const BOB = { ...ADA.signup, email: "bob@example.com" };
const MINUTE = 60_000;

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

describe.skipIf(enginesAreMissing())("the sessions of an account", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const signInWith = async (userAgent: string): Promise<Browser> => {
    const browser = gatehouse.browser();
    browser.userAgent = userAgent;
    await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    return browser;
  };
  const revoke = (browser: Browser, session: string, fields: Readonly<Record<string, string>> = {}) =>
    browser.post(REVOKE, new URLSearchParams({ session, ...fields }));
  const isAlive = async (browser: Browser) => (await browser.open("/app")).status === 200;

  test("are listed with device, country and times, this one first; their handles open nothing", async () => {
    await signUp(gatehouse);
    const laptop = await signInWith(FIREFOX);
    const phone = await signInWith(SAFARI);
    const lastYear = Date.UTC(2025, 2, 1, 12, 30);
    await changeSession(gatehouse, phone, { seenAt: lastYear, country: "DE" });
    const page = await laptop.open(PATH);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/Firefox on Windows ?This device Active now Signed in \d+ \w+ \d{4} at \d\d:\d\d UTC/);
    expect(page.text).toMatch(/Safari on iPhone Germany · Active 1 March 2025 at 12:30 UTC Signed in .* UTC/);
    expect(page.text).toContain("Unknown device");
    expect(page.values("session")).toHaveLength(2);
    expect(page.values("session")).toContain(handleOf(phone));

    for (const browser of [laptop, phone]) expect(page.body).not.toContain(cookieOf(browser).split(".")[1]);
    const thief = gatehouse.browser();
    for (const cookie of [handleOf(phone), `${userIdOf(phone)}.${handleOf(phone).slice(0, 40)}`]) {
      thief.cookies.set("gatehouse", cookie);
      expect(await isAlive(thief)).toBe(false);
    }
  });

  test("that are over or from before a sign-out everywhere are not listed", async () => {
    const owner = await signUp(gatehouse);
    const [idle, old] = [await signInWith(SAFARI), await signInWith(FIREFOX)];
    await changeSession(gatehouse, idle, { idleEndsAt: Date.now() - 1 } as object);
    await changeSession(gatehouse, old, { epoch: -1 } as object);
    const page = await owner.open(PATH);
    expect(page.text).toContain("You're not signed in anywhere else.");
  });

  test("are signed out one by one with one press, and the rest live on", async () => {
    const owner = await signUp(gatehouse);
    const [phone, tablet] = [await signInWith(SAFARI), await signInWith(FIREFOX)];
    const answer = await revoke(owner, handleOf(phone), { madeFor: userIdOf(owner) });
    expect([answer.status, answer.location, answer.notice]).toEqual([303, PATH, "ended"]);
    expect((await owner.follow(answer)).text).toContain("The device was signed out.");
    expect([await isAlive(phone), await isAlive(tablet), await isAlive(owner)]).toEqual([false, true, true]);
    await expect.poll(() => eventTypes(gatehouse)).toContain("session-ended");
  });

  test("that have ended say so at the next page of their device, which leads to the sign-in", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signInWith(SAFARI);
    await revoke(owner, handleOf(phone));
    const redirect = await phone.open("/app/account");
    expect([redirect.status, redirect.notice]).toEqual([303, "session-over"]);
    expect((await phone.follow(redirect)).text).toContain("You were signed out. Sign in to continue.");
  });

  test("can be ended except for this one, which gets another id", async () => {
    const owner = await signUp(gatehouse);
    const [phone, tablet] = [await signInWith(SAFARI), await signInWith(FIREFOX)];
    const thief = gatehouse.browser();
    thief.cookies.set("gatehouse", cookieOf(owner));
    const answer = await owner.submit(await owner.open(`${PATH}?end=others`), OTHERS);
    expect([answer.status, answer.location, answer.notice]).toEqual([303, PATH, "others-ended"]);
    const page = await owner.follow(answer);
    expect(page.text).toContain("All other devices were signed out.");
    expect(page.text).toContain("You're not signed in anywhere else.");
    for (const browser of [phone, tablet, thief]) expect(await isAlive(browser)).toBe(false);
    await expect.poll(() => listHandles(gatehouse)).toEqual([handleOf(owner)]);
    expect(await eventTypes(gatehouse)).toContain("other-sessions-ended");
  });

  test("ask for the password where it was given longer than ten minutes ago", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signInWith(SAFARI);
    await agePassword(gatehouse, owner);
    const pressed = await revoke(owner, handleOf(phone));
    expect([pressed.status, pressed.title, pressed.text.includes("Safari on iPhone")]).toEqual([
      200,
      `Sign out the other device · ${brand.name}`,
      true,
    ]);
    for (const [confirm, action] of [
      [pressed, REVOKE],
      [await owner.open(`${PATH}?end=others`), OTHERS],
    ] as const) {
      expect(confirm.field("account").getAttribute("value")).toBe(ADA.email);
      for (const [typed, status] of [
        ["", 422],
        ["not the password", 401],
      ] as const) {
        const page = await owner.submit(confirm, action, { currentPassword: typed });
        expect([page.status, page.errorAt("currentPassword") !== null]).toEqual([status, true]);
      }
    }
    expect(await isAlive(phone)).toBe(true);
    // The press is carried out by the form that asked for the password.
    expect((await owner.submit(pressed, REVOKE, { currentPassword: ADA.password })).status).toBe(303);
    expect(await isAlive(phone)).toBe(false);
    // A password that was entered once is not asked for again.
    await expect.poll(async () => (await owner.open(`${PATH}?end=others`)).hasField("currentPassword")).toBe(false);
  });

  test("ended with the password count as confirmed: the next session does not ask again", async () => {
    const owner = await signUp(gatehouse);
    await agePassword(gatehouse, owner);
    await owner.post(OTHERS, new URLSearchParams({ currentPassword: ADA.password }));
    expect((await owner.open("/app/account/email")).hasField("currentPassword")).toBe(false);
  });

  test("of another account, unknown ones and dead ones cannot be ended: the page says so, and nothing is changed", async () => {
    const owner = await signUp(gatehouse);
    const bob = await signUp(gatehouse, BOB);
    const dead = await signInWith(SAFARI);
    const deadHandle = handleOf(dead);
    await revoke(owner, deadHandle);
    // Opening the page adds to the counter of reads, which the other requests also add to.
    await owner.open(PATH);
    await gatehouse.settle();
    const before = await gatehouse.redis.dbsize();
    for (const handle of [handleOf(bob), deadHandle, "0".repeat(64), "", "others", "*", `session:${handleOf(bob)}`]) {
      const page = await revoke(owner, handle);
      expect([handle, page.status, page.text.includes("This device was already signed out")]).toEqual([
        handle,
        422,
        true,
      ]);
    }
    // The button of a list that is out of date says the same before it asks for the password.
    await agePassword(gatehouse, owner);
    const shown = await revoke(owner, handleOf(bob));
    expect([shown.status, shown.text.includes("This device was already signed out")]).toEqual([422, true]);
    expect(shown.body).not.toContain(BOB.email);
    expect([await isAlive(bob), await isAlive(owner)]).toEqual([true, true]);
    expect(await gatehouse.redis.dbsize()).toBe(before);
  });

  test("this one ended by its own handle is a sign-out", async () => {
    const owner = await signUp(gatehouse);
    const answer = await revoke(owner, handleOf(owner));
    expect([answer.status, answer.location, cookieOf(owner)]).toEqual([303, "/auth/signin", ""]);
    expect((await owner.follow(answer)).text).toContain("You were signed out.");
  });

  test("require a session", async () => {
    const guest = gatehouse.browser();
    expect((await guest.open(PATH)).location).toBe(`/auth/signin?redirectTo=${encodeURIComponent(PATH)}`);
    for (const path of [REVOKE, OTHERS]) {
      const refused = await guest.post(path, new URLSearchParams({ session: "0".repeat(64) }));
      expect(refused.location).toBe(`/auth/signin?redirectTo=${encodeURIComponent(path)}`);
    }
    await signUp(gatehouse);
    // After a sign-in the form is gone, and the return path is the page.
    const signin = await guest.open(`/auth/signin?redirectTo=${encodeURIComponent(REVOKE)}`);
    const back = await guest.follow(await guest.submit(signin, "/auth/signin", ADA.signin));
    expect([back.status, back.location]).toEqual([303, PATH]);
  });

  test("a cookie with another user's id reads no list", async () => {
    const owner = await signUp(gatehouse);
    const liar = gatehouse.browser();
    liar.cookies.set("gatehouse", `${userIdOf(owner)}.${"a".repeat(40)}`);
    await gatehouse.settle();
    for (const page of ["sessions", "activity", "export"]) {
      gatehouse.standIns.traffic.clear();
      const answer = await liar.open(`/app/account/${page}`);
      expect([answer.status, answer.body]).toEqual([303, ""]);
      await gatehouse.settle();
      // A count by ip and a read of the session, with the list where there is one. No row is read.
      const operations = gatehouse.standIns.traffic.calls.map(({ operation }) => operation).toSorted();
      const lookUp = page === "sessions" ? "EVAL read sessions" : "EVAL read session";
      expect([page, operations]).toEqual([page, ["EVAL consume", lookUp]]);
    }
  });

  test("are seen at most once in ten minutes, after the answer, and a failure of that is no failure of the page", async () => {
    const owner = await signUp(gatehouse);
    const seen = async () => (await readSession(gatehouse, owner))?.seenAt ?? 0;
    const first = await seen();
    await changeSession(gatehouse, owner, { seenAt: first - 9 * MINUTE });
    await owner.open("/app");
    expect(await seen()).toBe(first - 9 * MINUTE);

    await changeSession(gatehouse, owner, { seenAt: first - 10 * MINUTE });
    gatehouse.standIns.traffic.inject({ fault: { kind: "hang" }, operation: "EVAL replace session" });
    const startedAt = performance.now();
    expect((await owner.open("/app")).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    gatehouse.standIns.traffic.restore();
    expect((await owner.open("/app")).status).toBe(200);
    await expect.poll(seen).toBeGreaterThanOrEqual(first);
  });

  test("noting that one was seen does not bring it back", async () => {
    const owner = await signUp(gatehouse);
    const cookie = cookieOf(owner);
    await changeSession(gatehouse, owner, { seenAt: Date.now() - 11 * MINUTE });
    gatehouse.standIns.traffic.delayMs = 100;
    const page = await owner.open("/app");
    await owner.post("/auth/signout", new URLSearchParams());
    gatehouse.standIns.traffic.restore();
    expect(page.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const copy = gatehouse.browser();
    copy.cookies.set("gatehouse", cookie);
    expect(await isAlive(copy)).toBe(false);
    expect(await listHandles(gatehouse)).toEqual([]);
    expect(gatehouse.logs()).not.toContain("deferred-work-failed");
  });

  test("signing out everywhere whose new session cannot start is done all the same, and says to sign in", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signInWith(SAFARI);
    // The deferred work of the sign-in is done, the form is counted, and starting the session fails.
    await gatehouse.settle();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL start session" });
    const answer = await owner.post(OTHERS, new URLSearchParams());
    gatehouse.standIns.traffic.restore();
    expect([answer.location, answer.notice, cookieOf(owner)]).toEqual(["/auth/signin", "signed-out-everywhere", ""]);
    const line = { event: "session-not-renewed", requestId: answer.headers.get("X-Request-Id"), store: "redis" };
    const logged = () =>
      gatehouse
        .logs()
        .split("\n")
        .find((text) => text.includes("session-not-renewed"));
    await expect.poll(logged).toBeDefined();
    expect(JSON.parse(logged() ?? "")).toMatchObject(line);
    expect(await isAlive(phone)).toBe(false);
    expect(await isAlive(await signIn(gatehouse))).toBe(true);
  });

  test("are listed after their epoch in MySQL when Redis has no snapshot of the account", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signInWith(SAFARI);
    await gatehouse.settle();
    await dropSnapshots(gatehouse);
    gatehouse.standIns.traffic.clear();
    const page = await owner.open(PATH);
    expect([page.status, page.values("session")]).toEqual([200, [handleOf(phone)]]);
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).toContain("SELECT");

    await gatehouse.database.execute("update users set session_epoch = session_epoch + 1, version = version + 1");
    await gatehouse.settle();
    await dropSnapshots(gatehouse);
    const signedOut = await owner.open(PATH);
    expect([signedOut.status, signedOut.location?.startsWith("/auth/signin")]).toEqual([303, true]);
  });

  test("on devices that did not say what they are are listed as unknown", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signInWith(SAFARI);
    await changeSession(gatehouse, phone, { browser: null, platform: null });
    const page = await owner.open(PATH);
    expect([page.status, page.text.includes("Unknown device")]).toEqual([200, true]);
  });
});
