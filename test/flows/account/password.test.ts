import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { cookieOf, eventTypes, listHandles, readEvents } from "../../support/stored.ts";

const PATH = "/app/account/password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const CHANGE = { currentPassword: ADA.password, ...FRESH };

describe.skipIf(enginesAreMissing())("a change of the password", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const change = async (browser: Browser, typed: Readonly<Record<string, string>> = CHANGE) =>
    browser.submit(await browser.open(PATH), PATH, typed);
  const signinStatus = async (password: string) =>
    (await gatehouse.browser().post("/auth/signin", new URLSearchParams({ email: ADA.email, password }))).status;

  test("ends every other session, starts a new one here, and is announced by a message and in the activity", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signIn(gatehouse);
    const before = cookieOf(owner);
    const thief = gatehouse.browser();
    thief.cookies.set("gatehouse", before);

    const answer = await change(owner);
    expect([answer.status, answer.location, answer.notice]).toEqual([303, "/app/account", "password-changed"]);
    expect(cookieOf(owner)).not.toBe(before);
    const page = await owner.follow(answer);
    expect([page.status, page.text.includes("Your password was changed")]).toEqual([200, true]);
    expect((await phone.open("/app")).status).toBe(303);
    expect((await thief.open("/app")).status).toBe(303);
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([401, 303]);

    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect(mail.subject).toBe(`Your ${brand.name} password was changed`);
    expect(mail.text).toMatch(/^Your password was changed, and all other devices were signed out\./);
    expect(mail.text).toMatch(/^When: .+ UTC$/m);
    expect(mail.text).toContain("https://gatehouse.test/auth/forgot-password");
    expect(mail.text + mail.html).not.toContain(FRESH.password);
    expect(await eventTypes(gatehouse)).toContain("password-changed");
    await expect.poll(async () => (await listHandles(gatehouse)).length).toBe(2);
  });

  test("asks for the current password even if it was entered recently; nothing typed is echoed", async () => {
    const owner = await signUp(gatehouse);
    const missing = await change(owner, { ...CHANGE, currentPassword: "" });
    expect([missing.status, missing.errorAt("currentPassword")]).toEqual([422, "Enter your current password"]);
    const wrong = await change(owner, { ...CHANGE, currentPassword: "not my password" });
    expect([wrong.status, wrong.errorAt("currentPassword")]).toEqual([401, "Wrong password"]);
    expect(wrong.title).toBe(`Error: Change password · ${brand.name}`);
    for (const page of [missing, wrong]) {
      expect(page.body).not.toContain(FRESH.password);
      expect(page.body).not.toContain("not my password");
    }
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([303, 401]);
    expect((await owner.open("/app")).status).toBe(200);
    expect(await gatehouse.inbox.at(ADA.email)).toHaveLength(1);
  });

  test.each([
    [{ password: "short", passwordConfirmation: "short" }, "password"],
    [{ password: "password1", passwordConfirmation: "password1" }, "password"],
    [{ ...FRESH, passwordConfirmation: "another" }, "passwordConfirmation"],
  ] as const)("to %j is refused before any password is tried", async (typed, field) => {
    const owner = await signUp(gatehouse);
    gatehouse.standIns.traffic.clear();
    const page = await change(owner, { ...CHANGE, ...typed });
    expect([page.status, page.errorAt(field) !== null]).toEqual([422, true]);
    const operations = gatehouse.standIns.traffic.calls.map(({ operation }) => operation);
    expect(operations.toSorted()).toEqual(["EVAL consume", "EVAL read session", "EVAL read session"]);
    expect(await signinStatus(ADA.password)).toBe(303);
  });

  test("to the current password is refused, and costs no attempt", async () => {
    const owner = await signUp(gatehouse);
    // NFKC makes both spellings equal, as at sign-in.
    for (const password of [ADA.password, ADA.password.replace("1843", "\uff11\uff18\uff14\uff13")]) {
      for (let times = 0; times < 6; times += 1) {
        const page = await change(owner, {
          currentPassword: ADA.password,
          password,
          passwordConfirmation: password,
        });
        expect([page.status, page.errorAt("password")]).toEqual([
          422,
          "That's your current password. Choose a new one",
        ]);
        await gatehouse.settle();
      }
    }
    const wrong = await change(owner, {
      currentPassword: "a wrong one",
      password: "a wrong one",
      passwordConfirmation: "a wrong one",
    });
    expect([wrong.status, wrong.errorAt("currentPassword"), wrong.errorAt("password")]).toEqual([
      401,
      "Wrong password",
      null,
    ]);
    expect((await owner.open("/app")).status).toBe(200);
    expect(await signinStatus(ADA.password)).toBe(303);
    expect(await eventTypes(gatehouse)).not.toContain("password-changed");
  });

  test("names the account to password managers", async () => {
    const owner = await signUp(gatehouse);
    const page = await owner.open(PATH);
    expect(page.field("account").getAttribute("value")).toBe(ADA.email);
    expect(page.field("account").getAttribute("autocomplete")).toBe("username");
    expect(page.field("currentPassword").getAttribute("autocomplete")).toBe("current-password");
    expect(page.field("password").getAttribute("autocomplete")).toBe("new-password");
    const wellKnown = await gatehouse.browser().open("/.well-known/change-password");
    expect([wellKnown.status, wellKnown.location]).toEqual([303, PATH]);
  });

  test("requires a session, on GET and on POST", async () => {
    const guest = gatehouse.browser();
    for (const answer of [await guest.open(PATH), await guest.post(PATH, new URLSearchParams(CHANGE))]) {
      expect([answer.status, answer.location]).toEqual([303, `/auth/signin?redirectTo=${encodeURIComponent(PATH)}`]);
    }
  });

  test("revokes a pending change of the email, but no link to a new password, so that an attacker cannot block the owner", async () => {
    const owner = await signUp(gatehouse);
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    const reset = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/");
    await owner.post("/app/account/email", new URLSearchParams({ email: "new@example.com" }));
    const confirm = linkIn(await gatehouse.inbox.newest("new@example.com"), "/auth/confirm-email/");
    await change(owner);
    expect((await owner.open(confirm)).status).toBe(410);
    const mailbox = gatehouse.browser();
    const page = await mailbox.follow(await mailbox.open(reset));
    const typed = { password: "the owner's own 1852", passwordConfirmation: "the owner's own 1852" };
    expect((await mailbox.submit(page, "/auth/reset-password", typed)).status).toBe(303);
    expect((await owner.open("/app")).status).toBe(303);
    await signIn(gatehouse, { email: ADA.email, password: typed.password });
  });

  test("leaves only this device its own attempts", async () => {
    const owner = await signUp(gatehouse);
    const former = await signIn(gatehouse);
    await gatehouse.settle();
    const guess = (browser: Browser) =>
      browser.post("/auth/signin", new URLSearchParams({ email: ADA.email, password: "a guess" }));
    for (let tries = 0; tries < 11; tries += 1) await guess(gatehouse.browser());
    former.cookies.delete("gatehouse");
    expect((await guess(former)).status).toBe(401);
    await change(owner);
    await gatehouse.settle();
    expect((await guess(former)).status).toBe(429);
    const another = { password: "jacquard loom 1804", passwordConfirmation: "jacquard loom 1804" };
    expect((await change(owner, { ...another, currentPassword: FRESH.password })).status).toBe(303);
  });

  test("may be repeated without limit, because a right password is not counted", async () => {
    const owner = await signUp(gatehouse);
    const words = ["jacquard loom 1804", "difference engine 1822"];
    let current: string = ADA.password;
    for (let times = 0; times < 12; times += 1) {
      const next = words[times % 2] ?? "";
      const typed = { currentPassword: current, password: next, passwordConfirmation: next };
      expect([times, (await owner.post(PATH, new URLSearchParams(typed))).status]).toEqual([times, 303]);
      await gatehouse.settle();
      current = next;
    }
  });

  test("whose new session cannot be started is made all the same, and says to sign in", async () => {
    const owner = await signUp(gatehouse);
    const page = await owner.open(PATH);
    await gatehouse.settle();
    // The limiter succeeds. Starting the session fails.
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL start session" });
    const answer = await owner.submit(page, PATH, CHANGE);
    gatehouse.standIns.traffic.restore();
    expect([answer.status, answer.location, answer.notice]).toEqual([303, "/auth/signin", "password-changed"]);
    expect(cookieOf(owner)).toBe("");
    expect((await owner.follow(answer)).text).toContain("Your password was changed");
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([401, 303]);
  });

  test("whose COMMIT lost its response is still announced to the owner", async () => {
    const owner = await signUp(gatehouse);
    const page = await owner.open(PATH);
    gatehouse.standIns.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT", times: 1 });
    expect((await owner.submit(page, PATH, CHANGE)).status).toBe(503);
    expect(await gatehouse.runScheduled(Date.now() + 60_000, "* * * * *")).toBe("ok");
    expect((await gatehouse.inbox.newest(ADA.email, 2)).subject).toBe(`Your ${brand.name} password was changed`);
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([401, 303]);
  });

  test("whose COMMIT was refused has changed nothing", async () => {
    const owner = await signUp(gatehouse);
    const page = await owner.open(PATH);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "COMMIT" });
    const answer = await owner.submit(page, PATH, CHANGE);
    gatehouse.standIns.traffic.restore();
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    expect((await owner.open("/app")).status).toBe(200);
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([303, 401]);
    expect(await eventTypes(gatehouse)).not.toContain("password-changed");
    await gatehouse.settle();
    expect(await gatehouse.inbox.at(ADA.email)).toHaveLength(1);
    expect((await owner.submit(await owner.open(PATH), PATH, CHANGE)).status).toBe(303);
  });
});

const GUESSES = "window:attempts:*";

describe.skipIf(enginesAreMissing())("attempts at a password", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const guess = (browser: Browser) =>
    browser.post("/auth/signin", new URLSearchParams({ email: ADA.email, password: "a guess" }));

  test("are limited to ten for unknown devices across all forms; after that a 429 names the wait, and nothing is hashed", async () => {
    await signUp(gatehouse);
    const strangers = Array.from({ length: 10 }, () => gatehouse.browser());
    const statuses = [];
    for (const [index, stranger] of strangers.entries()) {
      const form = index % 2 === 0 ? "/auth/signin" : "/auth/signup";
      const typed = { email: ADA.email, password: "a guess of theirs", passwordConfirmation: "a guess of theirs" };
      statuses.push((await stranger.post(form, new URLSearchParams(typed))).status);
    }
    expect(statuses).toEqual([401, 422, 401, 422, 401, 422, 401, 422, 401, 422]);
    const refused = await gatehouse
      .browser()
      .post("/auth/signin", new URLSearchParams({ email: ADA.email, password: ADA.password }));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(800);
    expect(refused.text).toContain("sign-in is paused for 15 minutes");
  });

  test("at a free email are not used up by a sign-up and do not block it", async () => {
    for (let tries = 0; tries < 10; tries += 1) expect((await guess(gatehouse.browser())).status).toBe(401);
    expect((await guess(gatehouse.browser())).status).toBe(429);
    expect((await gatehouse.browser().post("/auth/signup", new URLSearchParams(ADA.signup))).status).toBe(303);
  });

  test("by unknown devices do not lock out a known device", async () => {
    const owner = await signUp(gatehouse);
    await expect.poll(() => gatehouse.redis.keys("devices:*")).toHaveLength(1);
    for (let tries = 0; tries < 11; tries += 1) await guess(gatehouse.browser());
    expect((await guess(gatehouse.browser())).status).toBe(429);
    await owner.submit(await owner.open("/app"), "/auth/signout");
    const answer = await owner.submit(await owner.open("/auth/signin"), "/auth/signin", ADA.signin);
    expect(answer.status).toBe(303);
    expect((await owner.submit(await owner.open(PATH), PATH, CHANGE)).status).toBe(303);
  });

  test("on a known device are ten as well, over all of the account's forms", async () => {
    const owner = await signUp(gatehouse);
    await expect.poll(() => gatehouse.redis.keys("devices:*")).toHaveLength(1);
    const forms: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      [PATH, FRESH],
      ["/app/account/email", { email: "new@example.com" }],
      ["/app/account/sessions/revoke-others", {}],
      ["/app/account/delete", { confirmation: "yes" }],
    ];
    const statuses = [];
    for (let tries = 0; tries < 11; tries += 1) {
      const [path, fields] = forms[tries % forms.length] ?? [PATH, FRESH];
      statuses.push((await owner.post(path, new URLSearchParams({ ...fields, currentPassword: "a guess" }))).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect((await owner.open("/app")).status).toBe(200);
    await expect
      .poll(async () => (await readEvents(gatehouse)).find(({ type }) => type === "sign-in-failed")?.occurrences)
      .toBe(10);
  });

  test("are limited to a hundred a day for unknown devices", async () => {
    await signUp(gatehouse);
    await guess(gatehouse.browser());
    const [counter = ""] = await gatehouse.redis.keys(GUESSES);
    expect(await gatehouse.redis.llen(counter)).toBe(1);
    await gatehouse.redis.rpush(counter, ...Array<number>(98).fill(Date.now() - 16 * 60_000));
    expect((await guess(gatehouse.browser())).status).toBe(401);
    const refused = await guess(gatehouse.browser());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(23 * 60 * 60);
    expect(refused.text).toContain("sign-in is paused for 24 hours");
  });

  test("that are right count as none", async () => {
    await signUp(gatehouse);
    for (let round = 0; round < 12; round += 1) {
      await signIn(gatehouse);
      await expect.poll(() => gatehouse.redis.keys(GUESSES)).toEqual([]);
    }
  });

  test("are also counted for an email without an account", async () => {
    for (let tries = 0; tries < 10; tries += 1) expect((await guess(gatehouse.browser())).status).toBe(401);
    expect((await guess(gatehouse.browser())).status).toBe(429);
    expect(await readEvents(gatehouse)).toEqual([]);
  });

  test("are refused if they cannot be counted", async () => {
    await signUp(gatehouse);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, service: "redis" });
    expect((await guess(gatehouse.browser())).status).toBe(503);
  });
});
