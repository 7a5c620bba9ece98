import { copyFile, mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { HtmlValidate } from "html-validate";
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, openWindow, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import type { PageState } from "./page-state.ts";
import { MISCONFIGURED, PAGE_STATES } from "./page-states.ts";

/** What a page may weigh on its way, the styles in it included. */
const PAGE_MAX_BROTLI_BYTES = 3_000;
const SIGNIN_MAX_BROTLI_BYTES = 2_000;
const SCRIPT_MAX_BROTLI_BYTES = 1_500;

const SCRIPT = "/assets/enhance.js";
const SCREENSHOTS = fileURLToPath(new URL("screenshots/", import.meta.url));
const README_PICTURE = fileURLToPath(new URL("../../docs/images/sign-in.png", import.meta.url));

/** A cheap phone held upright, and a laptop. The least that WCAG asks for, 320 px, is measured, not pictured. */
const PICTURED = [
  { device: "phone", width: 375, height: 667 },
  { device: "laptop", width: 1280, height: 800 },
];
const NARROWEST = { width: 320, height: 640 };
const SCHEMES = ["light", "dark"] as const;

const htmlValidate = new HtmlValidate({ extends: ["html-validate:standard", "html-validate:a11y"] });

describe.skipIf(chromiumIsMissing())("every page in every state", () => {
  let gatehouse: Gatehouse;
  let misconfigured: Gatehouse;
  let chromium: Browser;
  let axe: string;
  beforeAll(async () => {
    axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
    await mkdir(SCREENSHOTS, { recursive: true });
    chromium = await startHeadlessShell();
    gatehouse = await startGatehouse();
    misconfigured = await startGatehouse({ EMAIL_VERIFICATION: "sometimes" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await chromium.close();
    await gatehouse.close();
    await misconfigured.close();
  });

  const cells = [...PAGE_STATES, MISCONFIGURED].map((state) => ({ ...state, state }));

  test.each(cells)("$name is valid, accessible, light, narrow enough and quiet", async ({ state }) => {
    const served = state === MISCONFIGURED ? misconfigured : gatehouse;
    const page = await openWindow(chromium, served);
    const said = listen(page);
    await state.reach(page, served);
    expect(await page.title()).toBe(`${state.title} · Gatehouse`);

    const { status, html, loaded } = await lastDocument(page, said.requests);
    expect(status).toBe(state.status);
    expect(brotliBytes(html)).toBeLessThanOrEqual(
      state.name === "signin" ? SIGNIN_MAX_BROTLI_BYTES : PAGE_MAX_BROTLI_BYTES,
    );
    expect(await mistakesIn(html)).toEqual([]);

    await page.evaluate(axe);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      for (const { device, ...size } of PICTURED) {
        await page.setViewportSize(size);
        await takePicture(page, `${SCREENSHOTS}${state.name}-${device}-${colorScheme}.png`);
      }
      await page.setViewportSize(NARROWEST);
      expect(await overflowOf(page)).toBe(0);
      expect(await violationsOf(page)).toEqual([]);
    }
    expect(loaded()).toEqual(state === MISCONFIGURED ? [] : [SCRIPT]);
    expect(said.messages.filter((text) => !isStatusLine(text, state))).toEqual([]);
  });

  test("GET /auth/signin is painted while the script is still on its way", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.route(`**${SCRIPT}`, () => {});
    await page.goto("/auth/signin", { waitUntil: "commit" });
    const paints = () => page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
    await expect.poll(paints, { timeout: 10_000 }).toBe(1);
    expect(await page.evaluate(() => document.querySelectorAll("form input").length)).toBe(2);
  });

  test("GET /assets/enhance.js is at most 1500 bytes", async () => {
    const { status, body } = await gatehouse.browser().open(SCRIPT);
    expect(status).toBe(200);
    expect(brotliBytes(body)).toBeLessThanOrEqual(SCRIPT_MAX_BROTLI_BYTES);
  });

  test("the sign-in page is pictured as the README shows it, and kept there if GATEHOUSE_PICTURES is 1", async () => {
    const page = await openWindow(chromium, gatehouse, { viewport: { width: 1280, height: 800 } });
    await page.goto("/auth/signin");
    await takePicture(page, `${SCREENSHOTS}readme.png`);
    if (process.env["GATEHOUSE_PICTURES"] === "1") await copyFile(`${SCREENSHOTS}readme.png`, README_PICTURE);
  });
});

/** All that a page asks for and all that the browser says about it; of what the CSP refuses, the console tells. */
function listen(page: Page): { readonly requests: Request[]; readonly messages: string[] } {
  const requests: Request[] = [];
  const messages: string[] = [];
  page.on("request", (request) => requests.push(request));
  page.on("requestfailed", (request) => messages.push(`failed: ${request.url()}`));
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(`${error}`));
  return { requests, messages };
}

/** What Chromium says of any page that is not a 200. */
function isStatusLine(text: string, { status }: PageState): boolean {
  return text.startsWith(`Failed to load resource: the server responded with a status of ${status} `);
}

/** The answer that is on show, and the paths of what it had loaded. */
async function lastDocument(page: Page, requests: readonly Request[]) {
  await page.waitForLoadState("load");
  const index = requests.findLastIndex((request) => request.isNavigationRequest());
  const response = await requests[index]?.response();
  if (!response) throw new Error(`${page.url()} was not answered`);
  return {
    status: response.status(),
    html: await response.text(),
    loaded: () =>
      requests
        .slice(index + 1)
        .filter((request) => !request.url().startsWith("data:"))
        .map((request) => new URL(request.url()).pathname),
  };
}

function brotliBytes(text: string): number {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;
}

async function mistakesIn(html: string): Promise<string[]> {
  const { results } = await htmlValidate.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
  );
}

/** How many pixels one would have to scroll sideways. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What axe-core finds against WCAG 2.2 AA and good practice, with where. */
function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  });
}

async function takePicture(page: Page, path: string): Promise<void> {
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
}
