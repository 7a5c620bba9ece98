import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brotliBytes } from "../support/brotli.ts";
import { chromiumIsMissing, openWindow, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";

const SCRIPT = "/assets/enhance.js";
const SCRIPT_MAX_BROTLI_BYTES = 2_000;

describe.skipIf(chromiumIsMissing())("the first paint", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  beforeAll(async () => {
    chromium = await startHeadlessShell();
    gatehouse = await startGatehouse();
  });
  afterAll(async () => {
    await gatehouse.close();
  });

  test("of GET /auth/signin happens before the script has loaded", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.route(`**${SCRIPT}`, () => {});
    await page.goto("/auth/signin", { waitUntil: "commit" });
    const paints = () => page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
    await expect.poll(paints, { timeout: 10_000 }).toBe(1);
    expect(await page.evaluate(() => document.querySelectorAll("form input:not([type=hidden])").length)).toBe(2);
  });

  test("is not delayed by GET /assets/enhance.js, which has at most 2000 bytes", async () => {
    const { status, body } = await gatehouse.browser().open(SCRIPT);
    expect(status).toBe(200);
    expect(brotliBytes(body)).toBeLessThanOrEqual(SCRIPT_MAX_BROTLI_BYTES);
  });
});
