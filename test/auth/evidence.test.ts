import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { agePassword, readSession } from "../support/stored.ts";

const ACCOUNT = "/app/account";
const CURRENT = { currentPassword: ADA.password };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

describe.skipIf(enginesAreMissing())("the evidence of a session", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
    browser.post(path, new URLSearchParams(fields));
  /** The method of each proof, and whether it is from the last minute. */
  const evidenceOf = async (browser: Browser) => {
    await gatehouse.settle();
    const session = await readSession(gatehouse, browser);
    return session?.evidence.map(({ method, at }) => [method, Math.abs(Date.now() - at) < 60_000]);
  };
  const signUpVerified = async () => {
    const browser = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    expect((await post(browser, "/auth/verify-email", { code })).status).toBe(303);
    return browser;
  };

  test("is the password after a sign-up and a sign-in", async () => {
    expect(await evidenceOf(await signUp(gatehouse))).toEqual([["password", true]]);
    expect(await evidenceOf(await signIn(gatehouse))).toEqual([["password", true]]);
  });

  test("is the email beside the password after a mailed code in the browser that signed up", async () => {
    expect(await evidenceOf(await signUpVerified())).toEqual([
      ["email", true],
      ["password", true],
    ]);
  });

  test("is only the email after a mailed code without a session, until the password is entered", async () => {
    const signedUp = await signUp(gatehouse);
    const browser = gatehouse.browser();
    for (const [name, value] of signedUp.cookies) if (name !== "gatehouse") browser.cookies.set(name, value);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    expect((await post(browser, "/auth/verify-email", { code })).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([["email", true]]);
    expect((await post(browser, `${ACCOUNT}/sessions/revoke-others`)).status).toBe(200);
    expect(await evidenceOf(browser)).toEqual([["email", true]]);
    expect((await post(browser, `${ACCOUNT}/email`, { email: "b@example.com", ...CURRENT })).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([
      ["password", true],
      ["email", true],
    ]);
  });

  test("has a new time after the password is confirmed, but not after a wrong password", async () => {
    const browser = await signUp(gatehouse);
    await agePassword(gatehouse, browser);
    const changeEmail = (currentPassword: string) =>
      post(browser, `${ACCOUNT}/email`, { email: "b@example.com", currentPassword });
    expect((await changeEmail("not the password")).status).toBe(401);
    expect(await evidenceOf(browser)).toEqual([["password", false]]);
    expect((await changeEmail(ADA.password)).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([["password", true]]);
  });

  test("is carried over to the new session after a change that revokes all sessions", async () => {
    const browser = await signUpVerified();
    expect((await post(browser, `${ACCOUNT}/sessions/revoke-others`, CURRENT)).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([
      ["password", true],
      ["email", true],
    ]);
    await agePassword(gatehouse, browser);
    expect((await post(browser, `${ACCOUNT}/password`, { ...CURRENT, ...FRESH })).location).toBe(ACCOUNT);
    expect(await evidenceOf(browser)).toEqual([["password", true]]);
  });
});
