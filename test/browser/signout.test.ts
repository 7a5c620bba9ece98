import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, openWindow, pathOf, SCRIPTS, startChromium } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";
import { signOut, signUp } from "./steps.ts";

/** `GET /app` redirects to this path without a session. */
const AWAY = "/auth/signin?redirectTo=%2Fapp";

describe.skipIf(chromiumIsMissing())("Back after sign-out", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  beforeAll(async () => {
    [gatehouse, chromium] = await Promise.all([startGatehouse(), startChromium()]);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
  });

  test.each(SCRIPTS)("requests GET /app again, which redirects to sign-in, $scripts", async ({ javaScriptEnabled }) => {
    const page = await openWindow(chromium, gatehouse, { javaScriptEnabled });
    await signUp(page);
    await signOut(page);
    await page.goBack();
    expect(pathOf(page)).toBe(AWAY);
    await expectNothingPersonal(page);
  });

  test.each(SCRIPTS)("shows no personal data on any page of the history, $scripts", async ({ javaScriptEnabled }) => {
    const page = await openWindow(chromium, gatehouse, { javaScriptEnabled });
    await page.goto("/");
    await signUp(page);
    await page.goto("/app/account");
    await page.getByText(ADA.email).first().waitFor();
    await page.goto("/app");
    await signOut(page);
    for (const path of [AWAY, `${AWAY}%2Faccount`, AWAY, "/auth/signup", "/"]) {
      await page.goBack();
      expect(pathOf(page)).toBe(path);
      await expectNothingPersonal(page);
    }
  });

  test("redirects to sign-in, too, if the sign-out happened in another tab", async () => {
    const page = await openWindow(chromium, gatehouse);
    await signUp(page);
    await page.goto("/nowhere");
    const other = await page.context().newPage();
    await other.goto("/app");
    await signOut(other);
    await page.goBack();
    expect(pathOf(page)).toBe(AWAY);
    await expectNothingPersonal(page);
  });
});

/**
 * Checks the data that the service has sent. A browser may restore an email that was typed into a form, but not a
 * password.
 */
async function expectNothingPersonal(page: Page): Promise<void> {
  expect(await page.content()).not.toContain(ADA.email);
  for (const field of await page.locator("input[type=password]").all()) expect(await field.inputValue()).toBe("");
}
