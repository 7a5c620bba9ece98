import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, openWindow, pathOf, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { type HttpsFront, startHttpsFront } from "../support/https-front.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";

const DOMAIN = "gatehouse.test";
const ORIGIN = `https://${DOMAIN}`;
/** A host of someone else under the same domain. */
const SIBLING = `https://blog.${DOMAIN}/`;
const COOKIE = "__Host-gatehouse";
const MALLORY = { ...ADA.signup, email: "mallory@example.com" };

/**
 * `trim` removes this character. A browser treats it as part of a cookie's name, which then does not start with
 * `__Host-`, so that the rules for that prefix do not apply.
 */
const BLANK = "\u2000";
const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe.skipIf(chromiumIsMissing())("the cookies of a sibling host", () => {
  let gatehouse: Gatehouse;
  let front: HttpsFront;
  let chromium: Browser;
  /** The `Set-Cookie` headers of the sibling host. */
  let planted: string[] = [];
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
    front = await startHttpsFront(DOMAIN, gatehouse, (_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.setHeader("Set-Cookie", planted.map(bytesOf));
      // If the body is a string, Node encodes the headers in UTF-8.
      response.end(Buffer.from("<!DOCTYPE html><title>A blog</title>"));
    });
    chromium = await startHeadlessShell(front.chromiumArguments);
  });
  beforeEach(async () => {
    await gatehouse.reset();
    front.cookies.length = 0;
    planted = [];
  });
  afterAll(async () => {
    await front.close();
    await gatehouse.close();
  });

  /** Creates an account with a verified email, and resolves to its session cookie. */
  const join = async (typed: typeof MALLORY): Promise<string> => {
    const browser = gatehouse.browser(ORIGIN);
    await browser.post("/auth/signup", new URLSearchParams(typed));
    const code = codeIn(await gatehouse.inbox.newest(typed.email));
    expect((await browser.post("/auth/verify-email", new URLSearchParams({ code }))).status).toBe(303);
    return browser.cookies.get(COOKIE) ?? "";
  };
  /** Sets the cookie with its exact name, which the browser rejects, and with a name that looks like it. */
  const plant = (name: string, value: string) => {
    planted = ["", BLANK].map((blank) => `${blank}${name}=${value}; Domain=${DOMAIN}; Path=/; Secure`);
  };
  const openHere = () => openWindow(chromium, gatehouse, { baseURL: ORIGIN, ignoreHTTPSErrors: true });
  /** Checks that the browser sends the sibling's cookie. Otherwise the test would prove nothing. */
  const expectPlanted = (name: string, value: string) => {
    const sent = front.cookies.at(-1) ?? "";
    expect(sent.split("; ")).toContain(`${bytesOf(`${BLANK}${name}`)}=${value}`);
    expect(sent.split("; ")).not.toContain(`${name}=${value}`);
  };
  const signIn = async (page: Page) => {
    await page.goto("/auth/signin");
    await page.locator("input[name=email]").fill(ADA.email);
    await page.locator("input[name=password]").fill(ADA.password);
    await page.locator("form[action='/auth/signin'] button[type=submit]").click();
    await page.waitForURL("**/app");
  };

  test("do not sign a visitor in to the attacker's account", async () => {
    const session = await join(MALLORY);
    plant(COOKIE, session);
    const page = await openHere();
    await page.goto(SIBLING);
    await page.goto("/app");
    expectPlanted(COOKIE, session);
    expect(pathOf(page)).toBe("/auth/signin?redirectTo=%2Fapp");
    expect(await page.content()).not.toContain(MALLORY.email);
  });

  test("do not replace the session of a visitor with that of the attacker", async () => {
    await join(ADA.signup);
    const session = await join(MALLORY);
    plant(COOKIE, session);
    const page = await openHere();
    await signIn(page);
    await page.goto(SIBLING);
    await page.goto("/app");
    expectPlanted(COOKIE, session);
    expect(pathOf(page)).toBe("/app");
    expect(await page.content()).toContain(ADA.email);
    expect(await page.content()).not.toContain(MALLORY.email);
  });

  test("do not make the owner of a mailbox verify the attacker's sign-up", async () => {
    // The attacker signs up with Ada's email and a password of their own. The message goes to Ada.
    const stranger = gatehouse.browser(ORIGIN);
    const password = "a stranger's own 1843";
    const typed = { email: ADA.email, password, passwordConfirmation: password };
    await stranger.post("/auth/signup", new URLSearchParams(typed));
    const mail = await gatehouse.inbox.newest(ADA.email);
    const verify = stranger.cookies.get(`${COOKIE}-verify`) ?? "";
    expect(verify).not.toBe("");

    plant(`${COOKIE}-verify`, verify);
    const page = await openHere();
    await page.goto(SIBLING);
    // This browser has requested nothing. The page offers no field for a code, and the link asks for the password.
    await page.goto("/auth/verify-email");
    expectPlanted(`${COOKIE}-verify`, verify);
    expect(await page.locator("input[name=code]").count()).toBe(0);
    await page.goto(linkIn(mail, "/auth/verify-email/"));
    await page.locator("input[name=password]").waitFor();
    await page.locator("form[action^='/auth/verify-email/'] button[type=submit]").click();
    await page.locator("input[name=password][aria-invalid=true]").waitFor();
    const { rows } = await gatehouse.database.execute("select email_verified_at from users");
    expect(rows).toEqual([]);
    const signin = await gatehouse
      .browser(ORIGIN)
      .post("/auth/signin", new URLSearchParams({ email: ADA.email, password }));
    expect(signin.setCookies.filter((line) => line.startsWith(`${COOKIE}=`))).toEqual([]);
  });
});
