import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { cookieOf, eventTypes, userIdOf } from "../support/stored.ts";

const VERIFY = "/auth/verify-email";
const FORGOT = "/auth/forgot-password";
const RESET = "/auth/reset-password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const STRANGERS = "the stranger's own";
const STRANGER = { email: ADA.email, password: STRANGERS, passwordConfirmation: STRANGERS };

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
  browser.post(path, new URLSearchParams(fields));

const users = async ({ database }: Gatehouse) =>
  (
    await database.execute<{ id: string; email: string; email_verified_at: string | null; session_epoch: number }>(
      "select id, email, email_verified_at, session_epoch from users",
    )
  ).rows;

/** Everything that a table or Redis still stores about a user. */
const tracesOf = async ({ database, redis }: Gatehouse, userId: string) => {
  const tables = ["keys", "one_time_tokens", "account_events", "reserved_emails", "outbox"];
  const rows = tables.map((table) => database.execute(`select * from \`${table}\` where user_id = ?`, [userId]));
  const found = (await Promise.all(rows)).flatMap((result) => result.rows);
  const keys = await redis.keys(`*${userId}*`);
  // A marker remains for a minute, and no session.
  const fields = (await redis.hkeys(`person:${userId}`)).filter((field) => field !== "user");
  return [...found, ...keys.filter((key) => key !== `person:${userId}`), ...fields];
};

const signinStatus = async (gatehouse: Gatehouse, password: string) =>
  (await post(gatehouse.browser(), "/auth/signin", { email: ADA.email, password })).status;

const resetLink = async (gatehouse: Gatehouse, mails: number) => {
  expect((await post(gatehouse.browser(), FORGOT, { email: ADA.email })).location).toBe(`${FORGOT}/sent`);
  return linkIn(await gatehouse.inbox.newest(ADA.email, mails), `${RESET}/`);
};

const reset = async (gatehouse: Gatehouse, link: string) => {
  const browser = gatehouse.browser();
  return browser.submit(await browser.follow(await browser.open(link)), RESET, FRESH);
};

describe.skipIf(enginesAreMissing())("an account whose email was never verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("is deleted by a password reset, which creates a new account with another id for the reader of the mailbox", async () => {
    const stranger = await signUp(gatehouse, STRANGER);
    const before = userIdOf(stranger);
    await post(stranger, "/app/account/email", { email: "strangers@example.com" });
    await gatehouse.inbox.newest("strangers@example.com");
    const move = linkIn(await gatehouse.inbox.newest("strangers@example.com"), "/auth/confirm-email/");
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const answer = await reset(gatehouse, await resetLink(gatehouse, 2));
    expect([answer.status, answer.location, answer.notice]).toEqual([303, "/auth/signin", "password-reset"]);

    const [user, ...others] = await users(gatehouse);
    expect(others).toEqual([]);
    expect(user).toMatchObject({ email: ADA.email, email_verified_at: expect.any(String), session_epoch: 0 });
    expect(user?.id).not.toBe(before);
    expect((await stranger.open("/app")).status).toBe(303);
    expect((await stranger.open(move)).status).toBe(410);
    expect((await post(stranger, VERIFY, { code })).status).toBe(422);
    expect(await signinStatus(gatehouse, STRANGERS)).toBe(401);
    await gatehouse.settle();
    expect(await tracesOf(gatehouse, before)).toEqual([]);
    expect(await eventTypes(gatehouse)).toEqual(["sign-in-failed", "signed-up"]);
    expect(gatehouse.logs()).toContain(`"event":"account-deleted","requestId"`);

    const owner = await signIn(gatehouse, { email: ADA.email, password: FRESH.password });
    expect(userIdOf(owner)).toBe(user?.id);
    expect((await owner.open("/app")).status).toBe(200);
    const subjects = (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject);
    expect(subjects).toContain(`Your ${brand.name} password was changed`);
  });

  test("keeps its id if the code or the link was requested in its own session", async () => {
    for (const way of ["code", "link"] as const) {
      await gatehouse.reset();
      const owner = await signUp(gatehouse);
      const mail = await gatehouse.inbox.newest(ADA.email);
      const link = linkIn(mail, `${VERIFY}/`);
      if (way === "code") expect((await post(owner, VERIFY, { code: codeIn(mail) })).location).toBe("/app");
      else expect((await post(gatehouse.browser(), link, { password: ADA.password })).status).toBe(303);
      expect(await users(gatehouse)).toMatchObject([
        { id: userIdOf(owner), email_verified_at: expect.any(String), session_epoch: 0 },
      ]);
    }
  });

  test("verified, keeps its id when its password is reset", async () => {
    const owner = await signUp(gatehouse);
    await post(owner, VERIFY, { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
    const before = userIdOf(owner);
    expect((await reset(gatehouse, await resetLink(gatehouse, 2))).status).toBe(303);
    expect(await users(gatehouse)).toMatchObject([{ id: before, session_epoch: 1 }]);
  });

  test("a failure in the middle leaves it as it was, and the link good", async () => {
    const stranger = await signUp(gatehouse, STRANGER);
    const link = await resetLink(gatehouse, 2);
    const browser = gatehouse.browser();
    const form = await browser.follow(await browser.open(link));
    for (const operation of ["COMMIT", "EVAL mark user"]) {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation });
      expect((await browser.submit(form, RESET, FRESH)).status).toBe(503);
      gatehouse.standIns.traffic.restore();
      expect(await users(gatehouse)).toMatchObject([{ id: userIdOf(stranger), email_verified_at: null }]);
      expect((await stranger.open("/app")).status).toBe(200);
    }
    expect((await browser.submit(form, RESET, FRESH)).status).toBe(303);
    expect((await stranger.open("/app")).status).toBe(303);
  });

  test("of eight uses of one link at once one makes the new account", async () => {
    await signUp(gatehouse, STRANGER);
    const link = await resetLink(gatehouse, 2);
    const copies = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const browser = gatehouse.browser();
        await browser.open(link);
        return browser;
      }),
    );
    const answers = await Promise.all(copies.map((browser) => post(browser, RESET, FRESH)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => ![303, 410, 503].includes(status))).toEqual([]);
    expect(await users(gatehouse)).toHaveLength(1);
  });
});

describe.skipIf(enginesAreMissing())("an email with pending sign-ups of others, where it must be verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("a new password by a mailed link creates the account and deletes the pending sign-ups", async () => {
    const stranger = await signUp(gatehouse, STRANGER);
    const strangers = linkIn(await gatehouse.inbox.newest(ADA.email), `${VERIFY}/`);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const link = await resetLink(gatehouse, 2);
    const [mail] = await gatehouse.inbox.at(ADA.email);
    expect(mail?.subject).toBe(`Choose a new ${brand.name} password`);
    expect(mail?.text).toContain("There is no account with this email yet");
    expect(await users(gatehouse)).toEqual([]);

    expect((await reset(gatehouse, link)).notice).toBe("account-created");
    expect(await users(gatehouse)).toMatchObject([{ email: ADA.email, email_verified_at: expect.any(String) }]);
    expect((await gatehouse.database.execute("select * from one_time_tokens")).rows).toEqual([]);
    expect(await eventTypes(gatehouse)).toEqual(["signed-up"]);
    expect((await post(gatehouse.browser(), strangers, { password: STRANGERS })).status).toBe(410);
    expect((await post(stranger, VERIFY, { code })).status).toBe(422);
    expect(await signinStatus(gatehouse, STRANGERS)).toBe(401);
    const owner = await signIn(gatehouse, { email: ADA.email, password: FRESH.password });
    expect((await owner.open("/app")).status).toBe(200);
  });

  test("a link from before the verification of the email creates and deletes nothing", async () => {
    const owner = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const link = await resetLink(gatehouse, 2);
    expect((await post(owner, VERIFY, { code })).location).toBe("/app");
    const before = await users(gatehouse);
    const browser = gatehouse.browser();
    await browser.open(link);
    expect((await post(browser, RESET, FRESH)).status).toBe(410);
    expect(await users(gatehouse)).toEqual(before);
    expect((await owner.open("/app")).status).toBe(200);
  });

  test("verifying one of several sign-ups makes its account, and the others are gone", async () => {
    const stranger = await signUp(gatehouse, STRANGER);
    const strangers = await gatehouse.inbox.newest(ADA.email);
    const owner = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect((await post(owner, VERIFY, { code: codeIn(mail) })).location).toBe("/app");
    expect((await post(stranger, VERIFY, { code: codeIn(strangers) })).status).toBe(422);
    const link = linkIn(strangers, `${VERIFY}/`);
    expect((await post(gatehouse.browser(), link, { password: STRANGERS })).status).toBe(410);
    expect(await signinStatus(gatehouse, STRANGERS)).toBe(401);
    expect(cookieOf(stranger)).toBe("");
    expect(await users(gatehouse)).toHaveLength(1);
  });
});
