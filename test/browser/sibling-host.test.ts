import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, openWindow, pathOf, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { type HttpsFront, startHttpsFront } from "../support/https-front.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";

const DOMAIN = "gatehouse.test";
const ORIGIN = `https://${DOMAIN}`;
/** Somebody else's, below the same domain. */
const SIBLING = `https://blog.${DOMAIN}/`;
const COOKIE = "__Host-gatehouse";
const MALLORY = { ...ADA.signup, email: "mallory@example.com" };

/** What `trim` takes for white space; a browser takes it for a part of the name, which so has no prefix to be held to. */
const BLANK = "\u2000";
const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe.skipIf(chromiumIsMissing())("cookies of a sibling host", () => {
  let gatehouse: Gatehouse;
  let front: HttpsFront;
  let chromium: Browser;
  /** What the sibling sets, as lines of `Set-Cookie`. */
  let planted: string[] = [];
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
    front = await startHttpsFront(DOMAIN, gatehouse, (_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.setHeader("Set-Cookie", planted.map(bytesOf));
      // As bytes: before a text, Node would write the headers in UTF-8.
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

  /** An account with a verified email, and its session. */
  const join = async (typed: typeof MALLORY): Promise<string> => {
    const browser = gatehouse.browser(ORIGIN);
    await browser.post("/auth/signup", new URLSearchParams(typed));
    const code = codeIn(await gatehouse.inbox.newest(typed.email));
    expect((await browser.post("/auth/verify-email", new URLSearchParams({ code }))).status).toBe(303);
    return browser.cookies.get(COOKIE) ?? "";
  };
  /** Under the very name, which the browser refuses, and under the one that looks like it. */
  const plant = (name: string, value: string) => {
    planted = ["", BLANK].map((blank) => `${blank}${name}=${value}; Domain=${DOMAIN}; Path=/; Secure`);
  };
  const openHere = () => openWindow(chromium, gatehouse, { baseURL: ORIGIN, ignoreHTTPSErrors: true });
  /** The sibling's cookie does reach the service, or nothing would be shown. */
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

  test("sign nobody in to the account of who set them", async () => {
    const session = await join(MALLORY);
    plant(COOKIE, session);
    const page = await openHere();
    await page.goto(SIBLING);
    await page.goto("/app");
    expectPlanted(COOKIE, session);
    expect(pathOf(page)).toBe("/auth/signin?redirectTo=%2Fapp");
    expect(await page.content()).not.toContain(MALLORY.email);
  });

  test("sign nobody out, and in again as somebody else", async () => {
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

  test("do not have the owner of a mailbox verify the sign-up of who set them", async () => {
    // Somebody signs up with Ada's email and a password of their own. The mail goes to Ada.
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
    // To this browser, which asked for nothing, the code is of no use and the link asks for the password.
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
