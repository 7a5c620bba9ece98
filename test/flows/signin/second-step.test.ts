import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type App, forgetUsedCodes, signUpVerified, turnOnSecondStep } from "../../support/authenticator.ts";
import type { Browser, Page } from "../../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { eventTypes } from "../../support/stored.ts";

describe("a sign-in to an account with the second step", () => {
  let gatehouse: Gatehouse;
  let owner: Browser;
  let app: App;

  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(async () => {
    await gatehouse.reset();
    owner = await signUpVerified(gatehouse);
    app = await turnOnSecondStep(gatehouse, owner);
  });
  afterAll(() => gatehouse.close());

  const isSignedIn = async (browser: Browser) => (await browser.open("/auth/session")).body !== "null";

  /** Enters the password, and opens the page of the second step. */
  async function enterPassword(): Promise<{ browser: Browser; page: Page }> {
    const browser = await signIn(gatehouse);
    expect(await isSignedIn(browser)).toBe(false);
    return { browser, page: await browser.open("/auth/second-step") };
  }

  const enterCode = ({ browser, page }: { browser: Browser; page: Page }, code: string) =>
    browser.submit(page, "/auth/second-step", { code });

  test("asks for a code after the password, and starts no session before", async () => {
    const browser = gatehouse.browser();
    const answer = await browser.submit(
      await browser.open("/auth/signin?redirectTo=%2Fapp%2Faccount"),
      "/auth/signin",
      ADA.signin,
    );
    expect([answer.status, answer.location]).toEqual([303, "/auth/second-step?redirectTo=%2Fapp%2Faccount"]);
    expect(answer.setCookies.filter((line) => line.startsWith("gatehouse="))).toEqual([]);
    expect((await browser.open("/app")).status).toBe(303);
    const page = await browser.follow(answer);
    expect(page.text).toContain("One more step to sign in as ada@example.com");
    const done = await enterCode({ browser, page }, app.code());
    expect([done.status, done.location]).toEqual([303, "/app/account"]);
    expect(await isSignedIn(browser)).toBe(true);
    const session = JSON.parse((await browser.open("/auth/session")).body);
    expect(session.session.authentication).toMatchObject({ factors: ["totp", "password"], level: 2 });
  });

  test("takes a code once, and none of a step before it", async () => {
    const first = await enterPassword();
    const code = app.code();
    expect((await enterCode(first, code)).status).toBe(303);
    const second = await enterPassword();
    for (const used of [code, app.code(-1)]) {
      const again = await enterCode(second, used);
      expect([again.status, again.errorAt("code")]).toEqual([401, "This code was already used. Wait for the next one"]);
    }
    expect(await isSignedIn(second.browser)).toBe(false);
    expect((await enterCode(second, app.code(1))).status).toBe(303);
  });

  test("refuses wrong, missing and malformed codes in words, and starts no session", async () => {
    const step = await enterPassword();
    const answers = [
      ["", 422, "Enter the 6-digit code from your app"],
      ["12345", 422, "Enter all 6 digits"],
      ["1234567", 422, "Enter all 6 digits"],
      ["x".repeat(5_000), 422, "Enter all 6 digits"],
      [app.code(3), 401, "Wrong code. Check that your phone's clock is right, and enter the code that's shown now"],
      [app.code(-3), 401, "Wrong code. Check that your phone's clock is right, and enter the code that's shown now"],
    ] as const;
    for (const [code, status, error] of answers) {
      const answer = await enterCode(step, code);
      expect([code, answer.status, answer.errorAt("code")]).toEqual([code, status, error]);
    }
    expect(await isSignedIn(step.browser)).toBe(false);
  });

  test("takes a code with spaces", async () => {
    const code = app.code();
    expect((await enterCode(await enterPassword(), ` ${code.slice(0, 3)} ${code.slice(3)} `)).status).toBe(303);
  });

  test("takes a recovery code once, in any case, and tells the owner how many are left", async () => {
    const [recoveryCode = ""] = app.recoveryCodes;
    const first = await enterPassword();
    const page = await first.browser.open(first.page.link("Use a recovery code"));
    const typed = {
      recoveryCode: ` ${recoveryCode.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")} `,
    };
    expect((await first.browser.submit(page, "/auth/second-step/recovery", typed)).status).toBe(303);
    expect(await isSignedIn(first.browser)).toBe(true);
    const mail = await gatehouse.inbox.newest(ADA.email);
    await expect
      .poll(async () => (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject))
      .toContain("A recovery code was used for your Gatehouse account");
    expect(mail).toBeDefined();
    const [notice] = (await gatehouse.inbox.at(ADA.email)).filter(({ subject }) =>
      subject.startsWith("A recovery code"),
    );
    expect(notice?.text).toContain("9 recovery codes are left");

    const second = await enterPassword();
    const again = await second.browser.submit(
      await second.browser.open("/auth/second-step/recovery"),
      "/auth/second-step/recovery",
      { recoveryCode },
    );
    expect([again.status, again.errorAt("recoveryCode")]).toEqual([
      401,
      "This recovery code doesn't work. It may be mistyped or used",
    ]);
    expect(await isSignedIn(second.browser)).toBe(false);
  });

  test("stops after five wrong codes for everyone with the password, but not for a known device of the owner", async () => {
    for (let count = 0; count < 5; count += 1) {
      // Each attempt comes from a browser of its own, because the password alone makes no device known.
      expect((await enterCode(await enterPassword(), app.code(3))).status).toBe(401);
    }
    const stopped = await enterCode(await enterPassword(), app.code());
    expect([stopped.status, Number(stopped.headers.get("Retry-After")) > 0]).toEqual([429, true]);
    expect(stopped.text).toContain("no more codes can be entered");
    await owner.submit(await owner.open("/app"), "/auth/signout");
    await owner.submit(await owner.open("/auth/signin"), "/auth/signin", ADA.signin);
    const known = { browser: owner, page: await owner.open("/auth/second-step") };
    expect((await enterCode(known, app.code())).status).toBe(303);
  });

  test("tells the owner about the first wrong code after the right password, and not about each", async () => {
    const step = await enterPassword();
    for (let count = 0; count < 3; count += 1) await enterCode(step, app.code(3));
    const warnings = async () =>
      (await gatehouse.inbox.at(ADA.email)).filter(
        ({ subject }) => subject === "Your Gatehouse password was entered with a wrong code",
      );
    await expect.poll(async () => (await warnings()).length).toBe(1);
    await gatehouse.settle();
    expect(await warnings()).toHaveLength(1);
    const activity = await owner.open("/app/account/activity");
    expect(activity.text).toContain("Wrong code after the password");
  });

  test("begins again after the password has changed, or without the cookie of this sign-in", async () => {
    const step = await enterPassword();
    await gatehouse.database.execute("update users set session_epoch = session_epoch + 1");
    const late = await enterCode(step, app.code());
    expect([late.status, late.location, late.notice]).toEqual([303, "/auth/signin", "second-step-over"]);
    expect(await isSignedIn(step.browser)).toBe(false);
    const stranger = gatehouse.browser();
    for (const path of ["/auth/second-step", "/auth/second-step/recovery"]) {
      const answer = await stranger.open(path);
      expect([answer.status, answer.location]).toEqual([303, "/auth/signin"]);
    }
  });

  test("is not completed by a cookie that was changed or belongs to another purpose", async () => {
    const { browser, page } = await enterPassword();
    const name = "gatehouse-second-step";
    const sealed = browser.cookies.get(name) ?? "";
    expect(sealed).toMatch(/^k1\./);
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
      browser.cookies.set(name, changed);
      const answer = await browser.open("/auth/second-step");
      expect([at, answer.status, answer.location]).toEqual([at, 303, "/auth/signin"]);
      browser.cookies.set(name, sealed);
    }
    const codes = await owner.open("/app/account/recovery-codes");
    browser.cookies.set(name, codes.field("sealed").getAttribute("value") ?? "");
    const answer = await enterCode({ browser, page }, app.code());
    expect(answer.location).toBe("/auth/signin");
    expect(await isSignedIn(browser)).toBe(false);
  });

  test("is skipped on a device that was remembered, until it is forgotten", async () => {
    const first = await enterPassword();
    await first.browser.submit(first.page, "/auth/second-step", { code: app.code(), remember: "yes" });
    await first.browser.submit(await first.browser.open("/app"), "/auth/signout");
    const signinPage = await first.browser.open("/auth/signin");
    expect((await first.browser.submit(signinPage, "/auth/signin", ADA.signin)).location).toBe("/app");
    const session = JSON.parse((await first.browser.open("/auth/session")).body);
    expect(session.session.authentication).toMatchObject({ factors: ["remembered-device", "password"], level: 1 });

    const list = await owner.open("/app/account/sign-in");
    expect(list.text).toContain("Remembered devices");
    const [device = ""] = list.values("device");
    await owner.post("/app/account/trusted-devices/forget", new URLSearchParams({ device }));
    expect(await isSignedIn(first.browser)).toBe(false);
    expect((await signInWith(first.browser)).location).toBe("/auth/second-step");
    expect((await owner.open("/app/account/sign-in")).text).not.toContain("Remembered devices");
  });

  test("keeps a session that began on a remembered device signed in through changes that end all other sessions", async () => {
    const { browser, page } = await enterPassword();
    await browser.submit(page, "/auth/second-step", { code: app.code(), remember: "yes" });
    await browser.submit(await browser.open("/app"), "/auth/signout");
    expect((await signInWith(browser)).location).toBe("/app");
    const [first = "", second = ""] = app.recoveryCodes;
    const fresh = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
    const confirm = await browser.follow(await browser.open("/app/account/password"));
    const owned = { currentPassword: ADA.password, code: first };
    expect((await browser.submit(confirm, "/app/account/confirm", owned)).location).toBe("/app/account/password");
    await gatehouse.settle();
    expect(await isSignedIn(browser)).toBe(true);
    const form = await browser.open("/app/account/password");
    expect((await browser.submit(form, "/app/account/password", fresh)).location).toBe("/app/account");
    await gatehouse.settle();
    expect(await isSignedIn(browser)).toBe(true);
    const off = { currentPassword: fresh.password, code: second };
    const turnedOff = await browser.submit(await browser.open("/app/account/two-step"), "/app/account/two-step", off);
    await gatehouse.settle();
    expect([turnedOff.location, await isSignedIn(browser)]).toEqual(["/app/account/sign-in", true]);
  });

  test("starts no lasting session on a remembered device that is forgotten while it signs in", async () => {
    const { browser, page } = await enterPassword();
    await browser.submit(page, "/auth/second-step", { code: app.code(), remember: "yes" });
    await browser.submit(await browser.open("/app"), "/auth/signout");
    await gatehouse.settle();
    const { traffic } = gatehouse.standIns;
    traffic.clear();
    // The sign-in has read the row of the device, and waits for the answer, for less than the deadline of the Worker.
    traffic.inject({ fault: { kind: "late", ms: 600 }, operation: "SELECT", skip: 1, times: 1 });
    const signin = browser.post("/auth/signin", new URLSearchParams(ADA.signin));
    const reads = () => traffic.calls.filter(({ operation }) => operation === "SELECT").length;
    await expect.poll(reads, { timeout: 10_000, interval: 10 }).toBe(2);
    const forgotten = await owner.post("/app/account/trusted-devices/forget", new URLSearchParams({ device: "all" }));
    expect([forgotten.notice, (await signin).location]).toEqual(["devices-forgotten", "/app"]);
    await gatehouse.settle();
    expect(await isSignedIn(browser)).toBe(false);
  });

  test("ends the sessions of a forgotten device also at a second attempt, after the first deleted the device only", async () => {
    const first = await enterPassword();
    await first.browser.submit(first.page, "/auth/second-step", { code: app.code(), remember: "yes" });
    await first.browser.submit(await first.browser.open("/app"), "/auth/signout");
    expect((await signInWith(first.browser)).location).toBe("/app");
    await gatehouse.settle();
    const [device = ""] = (await owner.open("/app/account/sign-in")).values("device");
    const forget = () => owner.post("/app/account/trusted-devices/forget", new URLSearchParams({ device }));
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "HDEL" });
    const failed = await forget();
    gatehouse.standIns.traffic.restore();
    expect([failed.status, (await gatehouse.database.execute("select * from trusted_devices")).rows]).toEqual([
      503,
      [],
    ]);
    expect(await isSignedIn(first.browser)).toBe(true);
    expect((await forget()).status).toBe(303);
    expect(await isSignedIn(first.browser)).toBe(false);
    await gatehouse.settle();
    const types = await eventTypes(gatehouse);
    const recorded = types.filter((type) => type === "device-forgotten" || type === "session-ended");
    expect(recorded).toEqual(["device-forgotten", "session-ended"]);
  });

  test("is asked for on a device that another account remembers, also if its cookie is rewritten for this account", async () => {
    const EVE = { email: "eve@example.com", password: ADA.password };
    const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE.email });
    const mailed = codeIn(await gatehouse.inbox.newest(EVE.email));
    await eve.submit(await eve.open("/auth/verify-email"), "/auth/verify-email", { code: mailed });
    const eveApp = await turnOnSecondStep(gatehouse, eve);
    const phone = await signIn(gatehouse, EVE);
    const page = await phone.open("/auth/second-step");
    await phone.submit(page, "/auth/second-step", { code: eveApp.code(), remember: "yes" });
    await gatehouse.settle();
    const own = phone.cookies.get("gatehouse-trusted") ?? "";
    const [ada, { id: eveId }] = [await readUser(ADA.email), await readUser(EVE.email)];
    // Only the account may tell the two apart: a device of an older epoch is forgotten in any case.
    const devices = await gatehouse.database.execute("select session_epoch from trusted_devices");
    expect(devices.rows).toEqual([{ session_epoch: ada.session_epoch }]);

    const secret = own.slice(4);
    const tagFor = (id: string) => createHash("sha256").update(`tag:${secret}:${id}`).digest("hex").slice(0, 4);
    const rewritten = tagFor(ada.id) + secret;
    const enterWith = async (cookie: string, typed: Readonly<Record<string, string>>) => {
      const browser = gatehouse.browser();
      browser.cookies.set("gatehouse-trusted", cookie);
      const answer = await browser.submit(await browser.open("/auth/signin"), "/auth/signin", typed);
      return [answer.location, await isSignedIn(browser)];
    };
    for (const cookie of [own, rewritten, `${rewritten}.${own}`, `${own}.${rewritten}`]) {
      expect([cookie, ...(await enterWith(cookie, ADA.signin))]).toEqual([cookie, "/auth/second-step", false]);
    }
    // The cookie is one that works, and the tag is computed as the service does it.
    expect(await enterWith(own, EVE)).toEqual(["/app", true]);
    expect(own).toBe(tagFor(eveId) + secret);
  });

  test("sets only cookies that scripts and other hosts do not get", async () => {
    const browser = gatehouse.browser("https://gatehouse.test");
    const password = await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    const page = await browser.follow(password);
    const done = await browser.submit(page, "/auth/second-step", { code: app.code(), remember: "yes" });
    const lines = [...password.setCookies, ...done.setCookies];
    const seconds = new Map(
      lines.map((line) => {
        const [, name = line, maxAge] =
          /^(__Host-gatehouse[a-z-]*)=[\w.-]*; Expires=[^;]+; Max-Age=(\d+); Path=\/; HttpOnly; SameSite=Lax; Secure$/.exec(
            line,
          ) ?? [];
        return [name, Number(maxAge)];
      }),
    );
    expect(seconds.get("__Host-gatehouse-trusted")).toBe(30 * 24 * 60 * 60);
    expect([...seconds.keys()].filter((name) => !name.startsWith("__Host-"))).toEqual([]);
    expect(
      password.setCookies.some((line) => /^__Host-gatehouse-second-step=\S{100,1024}; .*Max-Age=600;/.test(line)),
    ).toBe(true);
    // A completed sign-in clears it.
    expect(seconds.get("__Host-gatehouse-second-step")).toBe(0);
  });

  test("is asked for again on a remembered device after the password has changed", async () => {
    const first = await enterPassword();
    await first.browser.submit(first.page, "/auth/second-step", { code: app.code(), remember: "yes" });
    await forgetUsedCodes(gatehouse);
    const password = "difference engine 1822";
    const form = await owner.open("/app/account/password");
    const changed = await owner.submit(form, "/app/account/password", { password, passwordConfirmation: password });
    expect(changed.status).toBe(303);
    expect(await isSignedIn(first.browser)).toBe(false);
    expect((await signInWith(first.browser, password)).location).toBe("/auth/second-step");
  });

  async function readUser(email: string): Promise<{ id: string; session_epoch: number }> {
    const select = "select id, session_epoch from users where email = ?";
    const { rows } = await gatehouse.database.execute<{ id: string; session_epoch: number }>(select, [email]);
    return rows[0] ?? { id: "", session_epoch: -1 };
  }

  async function signInWith(browser: Browser, password: string = ADA.password): Promise<Page> {
    return browser.submit(await browser.open("/auth/signin"), "/auth/signin", { email: ADA.email, password });
  }
});
