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
const ATTACKER_PASSWORD = "the attacker's own";
const ATTACKER = { email: ADA.email, password: ATTACKER_PASSWORD, passwordConfirmation: ATTACKER_PASSWORD };

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
  browser.post(path, new URLSearchParams(fields));

const users = async ({ database }: Gatehouse) =>
  (
    await database.execute<{ id: string; email: string; email_verified_at: string | null; session_epoch: number }>(
      "select id, email, email_verified_at, session_epoch from users",
    )
  ).rows;

/** All rows and keys that refer to a user. */
const tracesOf = async ({ database, redis }: Gatehouse, userId: string) => {
  const tables = ["keys", "one_time_tokens", "account_events", "reserved_emails", "outbox"];
  const rows = tables.map((table) => database.execute(`select * from \`${table}\` where user_id = ?`, [userId]));
  const found = (await Promise.all(rows)).flatMap((result) => result.rows);
  const keys = await redis.keys(`*${userId}*`);
  // The key of the user may contain a marker for a minute, but no session.
  const fields = (await redis.hkeys(`person:${userId}`)).filter((field) => field !== "user");
  return [...found, ...keys.filter((key) => key !== `person:${userId}`), ...fields];
};

const signinStatus = async (gatehouse: Gatehouse, password: string) =>
  (await post(gatehouse.browser(), "/auth/signin", { email: ADA.email, password })).status;

const resetLink = async (gatehouse: Gatehouse, count: number) => {
  expect((await post(gatehouse.browser(), FORGOT, { email: ADA.email })).location).toBe(`${FORGOT}/sent`);
  return linkIn(await gatehouse.inbox.newest(ADA.email, count), `${RESET}/`);
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

  test("is deleted by a password reset, and the owner of the mailbox gets a new account with another id", async () => {
    const attacker = await signUp(gatehouse, ATTACKER);
    const before = userIdOf(attacker);
    await post(attacker, "/app/account/email", { email: "attacker@example.com" });
    await gatehouse.inbox.newest("attacker@example.com");
    const move = linkIn(await gatehouse.inbox.newest("attacker@example.com"), "/auth/confirm-email/");
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const response = await reset(gatehouse, await resetLink(gatehouse, 2));
    expect([response.status, response.location, response.notice]).toEqual([303, "/auth/signin", "password-reset"]);

    const [user, ...others] = await users(gatehouse);
    expect(others).toEqual([]);
    expect(user).toMatchObject({ email: ADA.email, email_verified_at: expect.any(String), session_epoch: 0 });
    expect(user?.id).not.toBe(before);
    expect((await attacker.open("/app")).status).toBe(303);
    expect((await attacker.open(move)).status).toBe(410);
    expect((await post(attacker, VERIFY, { code })).status).toBe(422);
    expect(await signinStatus(gatehouse, ATTACKER_PASSWORD)).toBe(401);
    await gatehouse.settle();
    expect(await tracesOf(gatehouse, before)).toEqual([]);
    expect(await eventTypes(gatehouse)).toEqual(["sign-in-failed", "signed-up"]);
    await expect.poll(() => gatehouse.logs()).toContain(`"event":"account-deleted","requestId"`);

    const owner = await signIn(gatehouse, { email: ADA.email, password: FRESH.password });
    expect(userIdOf(owner)).toBe(user?.id);
    expect((await owner.open("/app")).status).toBe(200);
    const subjects = (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject);
    expect(subjects).toContain(`Your ${brand.name} password was reset`);
  });

  test("keeps its id if it is verified by the code from its own session or by the link", async () => {
    for (const method of ["code", "link"] as const) {
      await gatehouse.reset();
      const owner = await signUp(gatehouse);
      const mail = await gatehouse.inbox.newest(ADA.email);
      const link = linkIn(mail, `${VERIFY}/`);
      if (method === "code") expect((await post(owner, VERIFY, { code: codeIn(mail) })).location).toBe("/app");
      else expect((await post(gatehouse.browser(), link, { password: ADA.password })).status).toBe(303);
      expect(await users(gatehouse)).toMatchObject([
        { id: userIdOf(owner), email_verified_at: expect.any(String), session_epoch: 0 },
      ]);
    }
  });

  test("keeps its id at a password reset if it was verified before", async () => {
    const owner = await signUp(gatehouse);
    await post(owner, VERIFY, { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
    const before = userIdOf(owner);
    expect((await reset(gatehouse, await resetLink(gatehouse, 2))).status).toBe(303);
    expect(await users(gatehouse)).toMatchObject([{ id: before, session_epoch: 1 }]);
  });

  test("is unchanged if the reset fails, and the link stays valid", async () => {
    const attacker = await signUp(gatehouse, ATTACKER);
    const link = await resetLink(gatehouse, 2);
    const browser = gatehouse.browser();
    const form = await browser.follow(await browser.open(link));
    for (const operation of ["COMMIT", "EVAL mark user"]) {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation });
      expect((await browser.submit(form, RESET, FRESH)).status).toBe(503);
      gatehouse.standIns.traffic.restore();
      expect(await users(gatehouse)).toMatchObject([{ id: userIdOf(attacker), email_verified_at: null }]);
      expect((await attacker.open("/app")).status).toBe(200);
    }
    expect((await browser.submit(form, RESET, FRESH)).status).toBe(303);
    expect((await attacker.open("/app")).status).toBe(303);
  });

  test("is replaced by exactly one new account if the link is used eight times concurrently", async () => {
    await signUp(gatehouse, ATTACKER);
    const link = await resetLink(gatehouse, 2);
    const copies = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const browser = gatehouse.browser();
        await browser.open(link);
        return browser;
      }),
    );
    const responses = await Promise.all(copies.map((browser) => post(browser, RESET, FRESH)));
    expect(responses.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(responses.filter(({ status }) => ![303, 410, 503].includes(status))).toEqual([]);
    expect(await users(gatehouse)).toHaveLength(1);
  });
});

describe.skipIf(enginesAreMissing())("an email with a pending sign-up of an attacker", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("gets an account by a password reset, which deletes the pending sign-up and its password", async () => {
    const attacker = await signUp(gatehouse, ATTACKER);
    const attackerLink = linkIn(await gatehouse.inbox.newest(ADA.email), `${VERIFY}/`);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const link = await resetLink(gatehouse, 2);
    const [mail] = await gatehouse.inbox.at(ADA.email);
    expect(mail?.subject).toBe(`Choose a new ${brand.name} password`);
    expect(mail?.text).toContain("There's no account with this email yet");
    expect(await users(gatehouse)).toEqual([]);

    expect((await reset(gatehouse, link)).notice).toBe("account-created");
    expect(await users(gatehouse)).toMatchObject([{ email: ADA.email, email_verified_at: expect.any(String) }]);
    expect((await gatehouse.database.execute("select * from one_time_tokens")).rows).toEqual([]);
    expect(await eventTypes(gatehouse)).toEqual(["signed-up"]);
    expect((await post(gatehouse.browser(), attackerLink, { password: ATTACKER_PASSWORD })).status).toBe(410);
    expect((await post(attacker, VERIFY, { code })).status).toBe(422);
    expect(await signinStatus(gatehouse, ATTACKER_PASSWORD)).toBe(401);
    const owner = await signIn(gatehouse, { email: ADA.email, password: FRESH.password });
    expect((await owner.open("/app")).status).toBe(200);
  });

  test("keeps the account that has verified it if an earlier reset link is used", async () => {
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

  test("gets the account of the sign-up that is verified, and the others are deleted", async () => {
    const attacker = await signUp(gatehouse, ATTACKER);
    const attackerMail = await gatehouse.inbox.newest(ADA.email);
    const owner = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect((await post(owner, VERIFY, { code: codeIn(mail) })).location).toBe("/app");
    expect((await post(attacker, VERIFY, { code: codeIn(attackerMail) })).status).toBe(422);
    const link = linkIn(attackerMail, `${VERIFY}/`);
    expect((await post(gatehouse.browser(), link, { password: ATTACKER_PASSWORD })).status).toBe(410);
    expect(await signinStatus(gatehouse, ATTACKER_PASSWORD)).toBe(401);
    expect(cookieOf(attacker)).toBe("");
    expect(await users(gatehouse)).toHaveLength(1);
  });
});
