import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { copySession, userIdOf } from "../../support/stored.ts";

const FORGOT = "/auth/forgot-password";
const RESET = "/auth/reset-password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

describe.skipIf(enginesAreMissing())("a forgotten password", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const ask = async (email: string) => {
    const browser = gatehouse.browser();
    return browser.submit(await browser.open(FORGOT), FORGOT, { email });
  };
  /** Signs Ada up and requests a new password. Returns the mailed link. */
  const asked = async (): Promise<{ owner: Browser; link: string }> => {
    const owner = await signUp(gatehouse);
    await ask(ADA.email);
    return { owner, link: linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`) };
  };
  const opened = async (link: string) => {
    const browser = gatehouse.browser();
    const moved = await browser.open(link);
    return { browser, moved, page: await browser.follow(moved) };
  };
  /** The message with the code that Ada got when she signed up. */
  const newestVerification = async () => {
    const found = (await gatehouse.inbox.at(ADA.email)).find(({ subject }) => /^\d{8} /.test(subject));
    if (found === undefined) throw new Error("No code");
    return found;
  };
  const tokens = async () =>
    (await gatehouse.database.execute("select * from one_time_tokens where purpose = 'reset-password'")).rows as Record<
      string,
      unknown
    >[];
  const signinStatus = async (password: string) =>
    (await gatehouse.browser().post("/auth/signin", new URLSearchParams({ email: ADA.email, password }))).status;

  test("sign-in → forgotten → mailed link → new password → signed out everywhere → signed in with it", async () => {
    const owner = await signUp(gatehouse);
    const visitor = gatehouse.browser();
    const signin = await visitor.open("/auth/signin");
    expect(signin.links()).toContain(FORGOT);
    const answer = await visitor.submit(await visitor.open(FORGOT), FORGOT, { email: ` ${ADA.email.toUpperCase()} ` });
    expect([answer.status, answer.location]).toEqual([303, `${FORGOT}/sent`]);
    expect((await visitor.follow(answer)).text).toContain("If there's an account with this email");

    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect(mail.subject).toBe(`Choose a new ${brand.name} password`);
    const { browser, moved, page } = await opened(linkIn(mail, `${RESET}/`));
    expect([moved.status, moved.location]).toEqual([303, RESET]);
    expect(moved.setCookies[0]).toMatch(
      /^gatehouse-reset=[a-z0-9]{40}; Expires=[^;]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(page.url).not.toMatch(/[a-z0-9]{40}/);
    expect(page.body).not.toMatch(/[a-z0-9]{40}/);
    expect(page.field("email").getAttribute("value")).toBe(ADA.email);
    expect(page.field("email").getAttribute("autocomplete")).toBe("username");

    const done = await browser.submit(page, RESET, FRESH);
    expect([done.status, done.location, done.notice]).toEqual([303, "/auth/signin", "password-reset"]);
    expect([...browser.cookies.keys()]).toEqual(["gatehouse-device", "gatehouse-notice"]);
    expect((await browser.follow(done)).text).toContain("Your password was changed");
    expect((await owner.open("/app")).status).toBe(303);

    const notice = await gatehouse.inbox.newest(ADA.email, 3);
    expect(notice.subject).toBe(`Your ${brand.name} password was reset`);
    expect(notice.text).toContain("https://gatehouse.test/auth/forgot-password");
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([401, 303]);
  });

  test("redirectTo is carried from sign-in through the message and back to sign-in", async () => {
    await signUp(gatehouse);
    const browser = gatehouse.browser();
    const signin = await browser.open("/auth/signin?redirectTo=%2Fapp%3Ftab%3D1");
    const forgot = signin.links().find((link) => link.startsWith(FORGOT)) ?? "";
    const sent = await browser.submit(await browser.open(forgot), FORGOT, { email: ADA.email });
    expect(sent.location).toBe(`${FORGOT}/sent?redirectTo=%2Fapp%3Ftab%3D1`);
    const { browser: other, page } = await opened(linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`));
    const done = await other.submit(page, RESET, FRESH);
    expect([done.location, done.notice]).toEqual(["/auth/signin?redirectTo=%2Fapp%3Ftab%3D1", "password-reset"]);
    const again = await other.submit(await other.follow(done), "/auth/signin", {
      email: ADA.email,
      password: FRESH.password,
    });
    expect(again.location).toBe("/app?tab=1");
  });

  test("a reset for an unverified email creates a new, verified account and revokes all other mailed links", async () => {
    const { owner, link } = await asked();
    const verifyLink = linkIn(
      (await gatehouse.inbox.at(ADA.email)).at(-1) ?? (await gatehouse.inbox.newest(ADA.email)),
      "/auth/verify-email/",
    );
    const { browser, page } = await opened(link);
    await browser.submit(page, RESET, FRESH);
    const { rows } = await gatehouse.database.execute("select id, email_verified_at, session_epoch from users");
    expect(rows).toEqual([{ id: expect.any(String), email_verified_at: expect.any(String), session_epoch: 0 }]);
    expect(rows[0]).not.toMatchObject({ id: userIdOf(owner) });
    expect((await gatehouse.database.execute("select count(*) as total from one_time_tokens")).rows).toEqual([
      { total: "0" },
    ]);
    expect((await gatehouse.browser().post(verifyLink, new URLSearchParams())).status).toBe(410);
  });

  test("a rejected new password does not burn the link", async () => {
    const { link } = await asked();
    const { browser, page } = await opened(link);
    for (const [typed, field] of [
      [{ password: "short", passwordConfirmation: "short" }, "password"],
      [{ password: "password1", passwordConfirmation: "password1" }, "password"],
      [{ ...FRESH, passwordConfirmation: "another" }, "passwordConfirmation"],
    ] as const) {
      const again = await browser.submit(page, RESET, typed);
      expect(again.status).toBe(422);
      expect(again.errorAt(field)).not.toBeNull();
      expect(again.body).not.toContain(typed.password === "short" ? 'value="short"' : typed.password);
    }
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
  });

  test("the link works once", async () => {
    const { link } = await asked();
    const [first, second] = [await opened(link), await opened(link)];
    expect((await first.browser.submit(first.page, RESET, FRESH)).status).toBe(303);
    expect((await second.browser.submit(second.page, RESET, FRESH)).status).toBe(410);
    const { page } = await opened(link);
    expect([page.status, page.title]).toEqual([410, `This link no longer works · ${brand.name}`]);
  });

  test("makes only the device of the reset a known device, despite attempts by unknown devices", async () => {
    const { owner, link } = await asked();
    await gatehouse.settle();
    const guess = (browser: Browser) =>
      browser.post("/auth/signin", new URLSearchParams({ email: ADA.email, password: "a guess" }));
    for (let tries = 0; tries < 11; tries += 1) await guess(gatehouse.browser());
    expect((await guess(gatehouse.browser())).status).toBe(429);
    const { browser, page } = await opened(link);
    await browser.submit(page, RESET, FRESH);
    await gatehouse.settle();
    const signin = await browser.post(
      "/auth/signin",
      new URLSearchParams({ email: ADA.email, password: FRESH.password }),
    );
    expect(signin.status).toBe(303);
    expect((await guess(owner)).status).toBe(429);
  });

  test("mail scanners that open the link consume nothing", async () => {
    const { link } = await asked();
    for (const method of ["GET", "HEAD", "GET"]) await gatehouse.browser().request(link, { method });
    expect(await tokens()).toHaveLength(1);
    expect((await opened(link)).page.status).toBe(200);
  });

  test("another link leaves the earlier one valid; the first one used revokes the other", async () => {
    const { link } = await asked();
    await ask(ADA.email);
    const newest = linkIn(await gatehouse.inbox.newest(ADA.email, 3), `${RESET}/`);
    expect((await opened(newest)).page.status).toBe(200);
    const { browser, page } = await opened(link);
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
    expect((await opened(newest)).page.status).toBe(410);
  });

  test("a new password may not hold the name of the account or of the service, by a link or on the account's page", async () => {
    const email = "lovelace@example.com";
    const owner = await signUp(gatehouse, { ...ADA.signup, email });
    await ask(email);
    const { browser, page } = await opened(linkIn(await gatehouse.inbox.newest(email, 2), `${RESET}/`));
    const current = { currentPassword: ADA.password };
    for (const [password, message] of [
      ["lovelace-1843", "Choose a password that doesn't contain the part of your email before the @"],
      ["gatehouse rocks", "Choose a password that doesn't contain the name of this service"],
    ] as const) {
      const typed = { password, passwordConfirmation: password };
      const reset = await browser.submit(page, RESET, typed);
      expect([password, reset.status, reset.errorAt("password")]).toEqual([password, 422, message]);
      const changed = await owner.post("/app/account/password", new URLSearchParams({ ...typed, ...current }));
      expect([password, changed.status, changed.errorAt("password")]).toEqual([password, 422, message]);
    }
    await signIn(gatehouse, { email, password: ADA.password });
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
  });

  test("the current password is no new one; the link stays valid", async () => {
    const { owner, link } = await asked();
    await owner.post("/auth/verify-email", new URLSearchParams({ code: codeIn(await newestVerification()) }));
    const { browser, page } = await opened(link);
    const typed = { password: ADA.password, passwordConfirmation: ADA.password };
    const refused = await browser.submit(page, RESET, typed);
    expect([refused.status, refused.errorAt("password")]).toEqual([
      422,
      "That's your current password. Choose a new one",
    ]);
    expect((await owner.open("/app")).status).toBe(200);
    expect((await browser.submit(refused, RESET, FRESH)).status).toBe(303);
    expect([await signinStatus(ADA.password), await signinStatus(FRESH.password)]).toEqual([401, 303]);
  });

  test("whether a password is the one of an account that was never verified is not said", async () => {
    const { link } = await asked();
    const { browser, page } = await opened(link);
    const typed = { password: ADA.password, passwordConfirmation: ADA.password };
    expect((await browser.submit(page, RESET, typed)).status).toBe(303);
  });

  test("after 60 minutes it is dead, on the page and for the form that was open", async () => {
    const { link } = await asked();
    const { browser, page } = await opened(link);
    const [{ created_at, expires_at } = {}] = await tokens();
    expect(Number(expires_at) - Number(created_at)).toBe(60 * 60_000);
    await gatehouse.database.execute("update one_time_tokens set expires_at = ?", [Date.now() - 1]);
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(410);
    expect((await opened(link)).page.status).toBe(410);
    expect(await signinStatus(ADA.password)).toBe(303);
  });

  test("a link of another purpose, a forged link and a cut link get the same response as any dead link", async () => {
    const { link } = await asked();
    const verifyMail = (await gatehouse.inbox.at(ADA.email)).find(({ subject }) => subject.includes("code"));
    const verifyToken = verifyMail ? (linkIn(verifyMail, "/auth/verify-email/").split("/").at(-1) ?? "") : "";
    expect(verifyToken).toMatch(/^[a-z0-9]{40}$/);
    const resetToken = link.split("/").at(-1) ?? "";
    for (const token of [verifyToken, "a".repeat(40), resetToken.slice(1)]) {
      const browser = gatehouse.browser();
      let page = await browser.open(`${RESET}/${token}`);
      if (page.status === 303) page = await browser.follow(page);
      expect([page.status, page.text.includes("no longer works")]).toEqual([410, true]);
    }
    expect((await gatehouse.browser().post(`/auth/verify-email/${resetToken}`, new URLSearchParams())).status).toBe(
      410,
    );
    expect((await gatehouse.browser().post(RESET, new URLSearchParams(FRESH))).status).toBe(410);
    expect(await tokens()).toHaveLength(1);
  });

  test("known and unknown emails get the same response, with the same number of calls before it", async () => {
    await signUp(gatehouse);
    await gatehouse.settle();
    await gatehouse.redis.flushdb();
    const seen = [];
    for (const email of [ADA.email, "nob@example.com"]) {
      await gatehouse.settle();
      gatehouse.standIns.traffic.clear();
      gatehouse.standIns.traffic.delayMs = 250;
      const answer = await ask(email);
      const answeredAt = performance.now();
      const before = gatehouse.standIns.traffic.calls.filter(({ endedAt }) => endedAt <= answeredAt);
      const headers = [...answer.headers].filter(([name]) => !["x-request-id", "date"].includes(name));
      seen.push({ status: answer.status, body: answer.body, headers, calls: before.map(({ operation }) => operation) });
      gatehouse.standIns.traffic.restore();
      if (email === ADA.email) await gatehouse.inbox.newest(email, 2);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.calls).toEqual(["EVAL consume", "INSERT"]);
    expect(await gatehouse.inbox.at("nob@example.com")).toEqual([]);
  });

  test("a token that was issued for an unknown email is never valid, even after a sign-up with that email", async () => {
    await ask("nob@example.com");
    await expect.poll(tokens).toHaveLength(1);
    const [row] = await tokens();
    expect(row?.["user_id"]).toBeNull();
    await signUp(gatehouse, { ...ADA.signup, email: "nob@example.com" });
    expect((await tokens())[0]?.["user_id"]).toBeNull();
  });

  test.each(["", "ada", "a@x.example,b@y.example", "ada@example.com\r\nBcc: b@y.example", "аda@example.com"])(
    "the email %j is a 422, and no message is sent",
    async (email) => {
      const page = await gatehouse.browser().post(FORGOT, new URLSearchParams({ email }));
      expect(page.status).toBe(422);
      expect(page.errorAt("email")).not.toBeNull();
      expect(gatehouse.standIns.traffic.calls).toEqual([]);
    },
  );

  test("the message goes to the stored email, not to the typed one", async () => {
    await signUp(gatehouse);
    await ask("ADA@Example.Com");
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect(mail.to).toEqual([ADA.email]);
  });

  test("a fourth request from one ip in a day gets a 429 with the wait", async () => {
    for (let mails = 1; mails <= 3; mails += 1) expect((await ask("nob@example.com")).status).toBe(303);
    const refused = await ask("nob@example.com");
    expect([refused.status, refused.title]).toEqual([429, `Error: Reset password · ${brand.name}`]);
    expect(refused.text).toContain("Use the latest one, or try again in 24 hours.");
    expect(refused.field("email").getAttribute("value")).toBe("nob@example.com");
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(23 * 60 * 60);
    expect((await ask("another@example.com")).status).toBe(303);
  });

  test.each(["DELETE", "COMMIT", "EVAL mark user"])(
    "a refused %s changes nothing; sent again, it succeeds",
    async (operation) => {
      const { owner, link } = await asked();
      const { browser, page } = await opened(link);
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation });
      expect((await browser.submit(page, RESET, FRESH)).status).toBe(503);
      gatehouse.standIns.traffic.restore();
      expect((await owner.open("/app")).status).toBe(200);
      expect(await signinStatus(ADA.password)).toBe(303);
      expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
      expect((await owner.open("/app")).status).toBe(303);
    },
  );

  test("a COMMIT whose response is lost has changed the password, and no earlier session is accepted", async () => {
    const owner = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await owner.post("/auth/verify-email", new URLSearchParams({ code }));
    await ask(ADA.email);
    const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`);
    const restoreSession = await copySession(gatehouse, owner);
    const { browser, page } = await opened(link);
    gatehouse.standIns.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT", times: 1 });
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    expect((await owner.open("/app")).status).toBe(303);
    await restoreSession();
    expect((await owner.open("/app")).status).toBe(303);
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(410);
    expect(await gatehouse.runScheduled(Date.now() + 60_000, "* * * * *")).toBe("ok");
    expect((await gatehouse.inbox.newest(ADA.email, 3)).subject).toBe(`Your ${brand.name} password was reset`);
    expect(await signinStatus(FRESH.password)).toBe(303);
  });

  test("a sign-in that is under way with the old password does not survive it", async () => {
    const { link } = await asked();
    const { browser, page } = await opened(link);
    gatehouse.standIns.traffic.inject({ fault: { kind: "late", ms: 400 }, operation: "SELECT", times: 1 });
    const [signedIn] = await Promise.all([
      signIn(gatehouse),
      new Promise((resolve) => setTimeout(resolve, 150)).then(() => browser.submit(page, RESET, FRESH)),
    ]);
    expect((await signedIn.open("/app")).status).toBe(303);
  });
});
