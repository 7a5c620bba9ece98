import { createHash } from "node:crypto";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LANGUAGES } from "../../src/i18n/language.ts";
import { brotliBytes } from "../support/brotli.ts";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";

/** The maximum size of a signed-out page after Brotli compression. */
const PAGE_MAX_BROTLI_BYTES = 2_000;
/** That of the style sheet, which a browser loads once for each release. */
const STYLES_MAX_BROTLI_BYTES = 2_000;

/** An authorization request with all options, 800 characters long. Much of it is random and cannot be compressed. */
const RETURN_PATH = authorizationRequest(800);
const RETURN = `redirectTo=${encodeURIComponent(RETURN_PATH)}`;

function authorizationRequest(length: number): string {
  const random = (name: string) => createHash("sha512").update(name).digest("base64url");
  const path =
    "/oauth/authorize?response_type=code&response_mode=query&client_id=3f1c0d5e9b7a4c62" +
    "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fauth%2Fcallback%2Fgatehouse" +
    "&scope=openid%20profile%20email%20offline_access&prompt=login%20consent&max_age=300&display=page" +
    "&login_hint=ada.lovelace%40example.com&ui_locales=de-CH%20de%20en&resource=https%3A%2F%2Fapi.example.com%2F" +
    "&claims=%7B%22userinfo%22%3A%7B%22given_name%22%3Anull%2C%22email%22%3A%7B%22essential%22%3Atrue%7D%7D%7D" +
    `&code_challenge=${random("challenge").slice(0, 43)}&code_challenge_method=S256&nonce=${random("nonce").slice(0, 43)}&state=`;
  return path + `${random("state")}${random("more")}`.slice(0, length - path.length);
}

const send = (browser: Browser, path: string, fields: Readonly<Record<string, string>>) =>
  browser.post(path, new URLSearchParams({ redirectTo: RETURN_PATH, ...fields }));

/** Creates an account, requests a password reset with the return path, and opens the link. */
async function openResetPage(gatehouse: Gatehouse, browser: Browser): Promise<Page> {
  await signUp(gatehouse);
  await send(browser, "/auth/forgot-password", { email: ADA.email });
  const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/");
  return browser.follow(await browser.open(link));
}

const PAGES: readonly [name: string, open: (browser: Browser, gatehouse: Gatehouse) => Promise<Page>][] = [
  ["signin", (browser) => browser.open(`/auth/signin?${RETURN}`)],
  ["signin, refused", (browser) => send(browser, "/auth/signin", { email: ADA.email, password: "wrong password" })],
  ["signup", (browser) => browser.open(`/auth/signup?${RETURN}`)],
  ["signup, refused", (browser) => send(browser, "/auth/signup", { email: "ada@", password: "short" })],
  ["forgot-password", (browser) => browser.open(`/auth/forgot-password?${RETURN}`)],
  ["forgot-password, refused", (browser) => send(browser, "/auth/forgot-password", { email: "ada@" })],
  ["sent", (browser) => browser.open(`/auth/forgot-password/sent?${RETURN}`)],
  ["reset-password", (browser, gatehouse) => openResetPage(gatehouse, browser)],
];

describe.skipIf(enginesAreMissing())("with a long return path,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test.each(PAGES)("the page %s is small in every language", async (_, open) => {
    for (const language of LANGUAGES) {
      await gatehouse.reset();
      const browser = gatehouse.browser();
      await browser.open(`/?lang=${language}`);
      const page = await open(browser, gatehouse);
      expect(page.body).toContain(RETURN_PATH.slice(-40));
      expect([language, brotliBytes(page.body)]).toEqual([
        language,
        expect.toSatisfy((bytes) => bytes <= PAGE_MAX_BROTLI_BYTES),
      ]);
    }
  });

  test.each(["styles.css", "enhance.js"])("the file %s is as small as esbuild's minified output", async (name) => {
    const { body } = await gatehouse.browser().open(`/assets/${name}`);
    const loader = name.endsWith(".css") ? "css" : "js";
    expect(transformSync(body, { loader, minify: true }).code.length).toBeGreaterThanOrEqual(body.length);
    if (loader === "css") expect(brotliBytes(body)).toBeLessThanOrEqual(STYLES_MAX_BROTLI_BYTES);
  });
});
