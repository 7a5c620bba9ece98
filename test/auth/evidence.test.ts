import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { forgetPassword, readSession } from "../support/stored.ts";

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
  /** The methods, and whether each proof is less than a minute old. */
  const evidenceOf = async (browser: Browser) => {
    await gatehouse.settle();
    const session = await readSession(gatehouse, browser);
    return session?.evidence.map(({ method, at }) => [method, Math.abs(Date.now() - at) < 60_000]);
  };
  const givenVerified = async () => {
    const browser = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    expect((await post(browser, "/auth/verify-email", { code })).status).toBe(303);
    return browser;
  };

  test("is the password after a sign-up and a sign-in", async () => {
    expect(await evidenceOf(await signUp(gatehouse))).toEqual([["password", true]]);
    expect(await evidenceOf(await signIn(gatehouse))).toEqual([["password", true]]);
  });

  test("is the mailbox alone after a mailed code, until the password is given", async () => {
    const browser = await givenVerified();
    expect(await evidenceOf(browser)).toEqual([["email", true]]);
    expect((await post(browser, `${ACCOUNT}/sessions/revoke-others`)).status).toBe(422);
    expect(await evidenceOf(browser)).toEqual([["email", true]]);
    expect((await post(browser, `${ACCOUNT}/email`, { email: "b@example.com", ...CURRENT })).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([
      ["password", true],
      ["email", true],
    ]);
  });

  test("has a password that is confirmed in place of the one before, and a wrong one nowhere", async () => {
    const browser = await signUp(gatehouse);
    await forgetPassword(gatehouse, browser);
    const ask = (currentPassword: string) =>
      post(browser, `${ACCOUNT}/email`, { email: "b@example.com", currentPassword });
    expect((await ask("not the password")).status).toBe(401);
    expect(await evidenceOf(browser)).toEqual([["password", false]]);
    expect((await ask(ADA.password)).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([["password", true]]);
  });

  test("goes on in the session that follows a change that ends all", async () => {
    const browser = await givenVerified();
    expect((await post(browser, `${ACCOUNT}/sessions/revoke-others`, CURRENT)).status).toBe(303);
    expect(await evidenceOf(browser)).toEqual([
      ["password", true],
      ["email", true],
    ]);
    await forgetPassword(gatehouse, browser);
    expect((await post(browser, `${ACCOUNT}/password`, { ...CURRENT, ...FRESH })).location).toBe(ACCOUNT);
    expect(await evidenceOf(browser)).toEqual([["password", true]]);
  });
});
