import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, openWindow, pathOf, SCRIPTS, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";
import { fillInSignin, fillInSignup, signOut } from "./steps.ts";

const NEW_PASSWORD = "difference engine 1822";

/** More stops than any page has. If the element is not reached by then, the focus goes in circles. */
const STOPS_MAX = 20;

describe.skipIf(chromiumIsMissing())("in Chromium, a person", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  beforeAll(async () => {
    [gatehouse, chromium] = await Promise.all([startGatehouse(), startHeadlessShell()]);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
  });

  test.each(SCRIPTS)("signs up, sees /app, signs out and signs in again, $scripts", async ({ javaScriptEnabled }) => {
    const page = await openWindow(chromium, gatehouse, { javaScriptEnabled });
    await page.goto("/");
    await page.getByRole("link", { name: "Create an account" }).click();
    await fillInSignup(page);
    await page.getByRole("button", { name: "Create account" }).click();
    await expectToBeIn(page);

    await signOut(page);
    await page.goto("/app");
    expect(pathOf(page)).toBe("/auth/signin?redirectTo=%2Fapp");

    await fillInSignin(page);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expectToBeIn(page);
  });

  test("signs up, sees /app, signs out and signs in again with the keyboard only", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/");
    await tabTo(page, "Create an account");
    await page.keyboard.press("Enter");
    await page.waitForURL("/auth/signup");
    await tabTo(page, "Email");
    await page.keyboard.type(ADA.email);
    await tabTo(page, "Password");
    await page.keyboard.type(ADA.password);
    await tabTo(page, "Confirm password");
    await page.keyboard.type(ADA.password);
    await page.keyboard.press("Enter");
    await expectToBeIn(page);

    await tabTo(page, "Sign out");
    await page.keyboard.press("Enter");
    await page.waitForURL("/auth/signin");
    await tabTo(page, "Email");
    await page.keyboard.type(ADA.email);
    await tabTo(page, "Password");
    await page.keyboard.type(ADA.password);
    await tabTo(page, "Sign in");
    await page.keyboard.press("Enter");
    await expectToBeIn(page);
  });
});

describe.skipIf(chromiumIsMissing())("in Chromium, a person whose email must be verified", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  beforeAll(async () => {
    [gatehouse, chromium] = await Promise.all([
      startGatehouse({ EMAIL_VERIFICATION: "required" }),
      startHeadlessShell(),
    ]);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
  });

  test.each(SCRIPTS)(
    "signs up, enters the code, forgets the password, opens the link and signs in with a new password, $scripts",
    async (mode) => {
      const page = await openWindow(chromium, gatehouse, { javaScriptEnabled: mode.javaScriptEnabled });
      await page.goto("/auth/signup");
      await fillInSignup(page);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.waitForURL("/auth/verify-email");
      await page.getByLabel("Code").pressSequentially(codeIn(await gatehouse.inbox.newest(ADA.email)));
      await page.getByRole("button", { name: "Verify", exact: true }).click();
      await expectToBeIn(page);

      await signOut(page);
      await page.getByRole("link", { name: "Forgot your password?" }).click();
      await page.getByLabel("Email").fill(ADA.email);
      await page.getByRole("button", { name: "Send link" }).click();
      await page.getByRole("heading", { level: 1, name: "Check your email" }).waitFor();
      await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
      await page.getByLabel("Password", { exact: true }).fill(NEW_PASSWORD);
      await page.getByLabel("Confirm password", { exact: true }).fill(NEW_PASSWORD);
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByText("Your password was changed").waitFor();
      await fillInSignin(page, NEW_PASSWORD);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expectToBeIn(page);
    },
  );

  test.each(SCRIPTS)(
    "signs up and verifies the email with the link in the same browser, $scripts",
    async ({ javaScriptEnabled }) => {
      const page = await openWindow(chromium, gatehouse, { javaScriptEnabled });
      await page.goto("/auth/signup");
      await fillInSignup(page);
      await page.getByRole("button", { name: "Create account" }).click();
      await page.waitForURL("/auth/verify-email");
      await page.getByRole("button", { name: "Send a new code" }).click();
      await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/verify-email/"));
      await page.getByRole("button", { name: "Verify email" }).click();
      await expectToBeIn(page);
    },
  );
});

async function expectToBeIn(page: Page): Promise<void> {
  await page.waitForURL("/app");
  await page.getByRole("heading", { level: 1, name: "Welcome" }).waitFor();
  await page.getByRole("main").getByText(`signed in as ${ADA.email}`).waitFor();
}

/** Presses Tab until the element labeled `name` has the focus. Every stop before it must have a visible focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const met: string[] = [];
  while (met.at(-1) !== name) {
    if (met.length > STOPS_MAX) throw new Error(`Tab does not reach "${name}", only: ${met.join(", ")}`);
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        name: element.ariaLabel ?? (label ?? element).textContent?.trim() ?? "",
        outline: `${outlineStyle} ${outlineWidth}`,
      };
    });
    expect(stop).toEqual({ name: stop.name, outline: "solid 3px" });
    met.push(stop.name);
  }
}
