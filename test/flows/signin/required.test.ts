import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser, Page } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn } from "../../support/inbox.ts";
import { withoutChallenges } from "../../support/passkey.ts";
import { ADA, signUp } from "../../support/people.ts";

const VERIFY = "/auth/verify-email";
const SIGNIN = "/auth/signin";
const PENDING = "the one of the sign-up";
const PENDING_SIGNUP = { email: ADA.email, password: PENDING, passwordConfirmation: PENDING };
const HOME = "203.0.113.7";

const STATES = ["free", "waiting", "verified", "both"] as const;
type State = (typeof STATES)[number];

describe.skipIf(enginesAreMissing())("signing in where emails must be verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>, from?: string) =>
    browser.post(path, new URLSearchParams(fields), from === undefined ? {} : { "CF-Connecting-IP": from });
  const verify = async () => {
    const owner = await signUp(gatehouse);
    await post(owner, VERIFY, { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
  };
  const arrange = async (state: State) => {
    await gatehouse.reset();
    if (state === "verified" || state === "both") await verify();
    await gatehouse.inbox.empty();
    if (state === "waiting" || state === "both") await signUp(gatehouse, PENDING_SIGNUP);
    await gatehouse.redis.flushdb();
    await gatehouse.inbox.empty();
    await gatehouse.settle();
  };
  /**
   * Everything that a visitor can observe in a response, and the calls to the stores before and after it.
   * upstream-calls.test.ts checks which calls a response waits for.
   */
  const describeSignin = async (browser: Browser, password: string) => {
    const { traffic } = gatehouse.standIns;
    traffic.clear();
    const answer = await post(browser, SIGNIN, { email: ADA.email, password });
    // The notice of a sign-in on a new device is deleted once it was sent, which `settle` does not wait for.
    if (answer.location === "/app")
      await expect.poll(() => traffic.calls.map(({ operation }) => operation)).toContain("DELETE");
    await gatehouse.settle();
    const calls = traffic.calls.map(({ operation }) => operation).toSorted();
    const masked = (text: string) => withoutChallenges(text).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "");
    const headers = [...answer.headers].filter(([name]) => !["x-request-id", "set-cookie", "date"].includes(name));
    const cookies = answer.setCookies.map((line) => line.replace(/=[a-z0-9.]{40,}; .*/, ""));
    const page: Page | null = answer.location === VERIFY ? await browser.follow(answer) : null;
    return {
      status: answer.status,
      body: masked(answer.body),
      headers,
      cookies,
      page: page && masked(page.body),
      calls,
    };
  };

  test("a wrong password gets the same response and calls, whether the email is free, pending, verified or both", async () => {
    const seen = [];
    for (const state of STATES) {
      await arrange(state);
      seen.push(await describeSignin(gatehouse.browser(), "not the password"));
    }
    for (const each of seen) expect(each).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ status: 401, calls: ["EVAL consume", "INSERT", "SELECT", "SELECT"] });
    expect(await gatehouse.inbox.at(ADA.email)).toEqual([]);
  });

  test("the password of a pending sign-up leads to the code page, with or without an account; only the message differs", async () => {
    const seen = [];
    for (const state of ["waiting", "both"] as const) {
      await arrange(state);
      const browser = gatehouse.browser();
      seen.push(await describeSignin(browser, PENDING));
      expect([...browser.cookies.keys()]).toEqual(["gatehouse-verify"]);
      const mail = await gatehouse.inbox.newest(ADA.email);
      if (state === "waiting") {
        expect((await post(browser, VERIFY, { code: codeIn(mail) })).location).toBe("/app");
        expect((await browser.open("/app")).status).toBe(200);
      } else {
        expect(mail.subject).toBe(`You already have a ${brand.name} account`);
        expect(mail.text).not.toMatch(/\d{8}/);
      }
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({
      status: 303,
      calls: ["EVAL consume", "EVAL consume", "INSERT", "INSERT", "INSERT", "SELECT", "SELECT", "SELECT"],
    });
  });

  test("the password of the account signs in despite pending sign-ups", async () => {
    const seen = [];
    for (const state of ["verified", "both"] as const) {
      await arrange(state);
      const browser = gatehouse.browser();
      seen.push(await describeSignin(browser, ADA.password));
      expect((await browser.open("/app")).status).toBe(200);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({
      status: 303,
      calls: [
        "BEGIN",
        "COMMIT",
        "DELETE",
        "EVAL consume",
        "EVAL consume",
        "EVAL remember device",
        "EVAL start session",
        "INSERT",
        "INSERT",
        "SELECT",
        "SELECT",
        "SELECT",
      ],
    });
  });

  test("the password of someone else's sign-up does not open the account and makes no device known", async () => {
    await arrange("both");
    const stranger = gatehouse.browser();
    expect((await post(stranger, SIGNIN, { email: ADA.email, password: PENDING })).location).toBe(VERIFY);
    await gatehouse.settle();
    expect(stranger.cookies.has("gatehouse")).toBe(false);
    expect(await gatehouse.redis.keys("devices:*")).toEqual([]);
    expect((await stranger.open("/app")).status).toBe(303);
    expect((await post(stranger, VERIFY, { code: "00000000" })).status).toBe(422);
  });

  test("the first sign-up is found in its browser and from its network, even after sign-ups by others", async () => {
    const owner = gatehouse.browser();
    await post(owner, "/auth/signup", ADA.signup, HOME);
    for (let times = 0; times < 4; times += 1) {
      await gatehouse.redis.flushdb();
      await post(gatehouse.browser(), "/auth/signup", PENDING_SIGNUP, "198.51.100.9");
    }
    await gatehouse.settle();
    await gatehouse.redis.flushdb();
    const signin = (browser: Browser, password: string, from: string) =>
      post(browser, SIGNIN, { email: ADA.email, password }, from);
    expect((await signin(gatehouse.browser(), PENDING, "192.0.2.2")).location).toBe(VERIFY);
    expect((await signin(gatehouse.browser(), ADA.password, HOME)).location).toBe(VERIFY);
    expect((await signin(owner, ADA.password, "192.0.2.1")).location).toBe(VERIFY);
    expect((await signin(gatehouse.browser(), PENDING, HOME)).status).toBe(401);
  });

  test("revokes no mailed link of any purpose", async () => {
    await arrange("waiting");
    await post(gatehouse.browser(), "/auth/forgot-password", { email: ADA.email });
    await gatehouse.settle();
    const hashes = async () =>
      (await gatehouse.database.execute<{ token_hash: string }>("select token_hash from one_time_tokens")).rows.map(
        ({ token_hash }) => token_hash,
      );
    const before = await hashes();
    for (const password of [PENDING, "not the password"]) {
      await post(gatehouse.browser(), SIGNIN, { email: ADA.email, password });
    }
    expect(await hashes()).toEqual(expect.arrayContaining(before));
    expect(before).toHaveLength(2);
  });
});
