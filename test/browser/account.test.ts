import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, goBack, openWindow, pathOf, SCRIPTS, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn } from "../support/people.ts";
import { fillInSignin, signUp } from "./steps.ts";

const NEW_ADDRESS = "lovelace@example.com";
const NEW_PASSWORD = "difference engine 1822";

/** Each test opens some twenty pages, possibly on a busy machine. */
const WAY_MAX_MS = 120_000;

describe.skipIf(chromiumIsMissing())("in Chromium, the owner of an account", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  beforeAll(async () => {
    [gatehouse, chromium] = await Promise.all([startGatehouse(), startHeadlessShell()]);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
  });

  test.each(SCRIPTS)(
    "changes the password and the email, ends a session, reads the activity, downloads the data and deletes the account, $scripts",
    { timeout: WAY_MAX_MS },
    async (way) => {
      const { javaScriptEnabled } = way;
      const page = await openWindow(chromium, gatehouse, { javaScriptEnabled });
      await signUp(page);
      await verify(page);
      await page.getByRole("link", { name: "Your account" }).click();

      await page.getByRole("link", { name: "Change: Password" }).click();
      await fill(page, { "Current password": ADA.password, "New password": NEW_PASSWORD });
      await fill(page, { "Confirm password": NEW_PASSWORD });
      await press(page, "Change password");
      await page.getByText("Your password was changed.").waitFor();

      await page.getByRole("link", { name: "Change: Email" }).click();
      await fill(page, { "New email": NEW_ADDRESS });
      await press(page, "Send link");
      await page.getByRole("heading", { name: "Check your email" }).waitFor();
      await page.goto(linkIn(await gatehouse.inbox.newest(NEW_ADDRESS), "/auth/confirm-email/"));
      await press(page, "Confirm");
      await page.getByText("Your email was changed.").waitFor();
      await page.getByRole("main").getByText(NEW_ADDRESS).waitFor();

      const phone = await signIn(gatehouse, { email: NEW_ADDRESS, password: NEW_PASSWORD });
      await page.getByRole("link", { name: "Devices" }).click();
      await page.getByText("Chrome on Linux").waitFor();
      await press(page, "Sign out: Unknown device");
      await page.getByText("The device was signed out.").waitFor();
      expect((await phone.open("/app")).status).toBe(303);

      await gatehouse.settle();
      await page.getByRole("link", { name: "Activity" }).click();
      await page.waitForURL("/app/account/activity");
      const told = await page.locator(".rows span").allTextContents();
      expect(told.slice(0, 2)).toEqual(["Signed out another device", "Signed in"]);
      expect(told).toEqual(expect.arrayContaining(["Email changed", "Password changed", "Account created"]));

      await page.getByRole("link", { name: "Your data" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download: Download a copy" }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("account.json");
      expect(JSON.parse(await readFile(await download.path(), "utf8")).account.email).toBe(NEW_ADDRESS);

      await page.getByRole("link", { name: "Delete: Delete account" }).click();
      await fill(page, { "Current password": NEW_PASSWORD });
      await page.getByLabel("I understand that this can't be undone").check();
      await press(page, "Delete my account");
      await page.getByText("Your account and everything in it was deleted").waitFor();
      await goBack(page);
      await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
      await page.goto("/app");
      expect(pathOf(page)).toBe("/auth/signin?redirectTo=%2Fapp");
    },
  );

  test.each(SCRIPTS)(
    "gets a stolen account back through the old mailbox, $scripts",
    { timeout: WAY_MAX_MS },
    async ({ javaScriptEnabled }) => {
      const page = await openWindow(chromium, gatehouse, { javaScriptEnabled });
      await signUp(page);
      await verify(page);
      const thief = await signIn(gatehouse);
      await thief.post("/app/account/email", new URLSearchParams({ email: NEW_ADDRESS }));
      await thief.post(
        linkIn(await gatehouse.inbox.newest(NEW_ADDRESS), "/auth/confirm-email/"),
        new URLSearchParams(),
      );

      // The code, the notice of the thief's sign-in, and the notice of the change.
      await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email, 3), "/auth/undo-email/"));
      await press(page, "Undo the change");
      await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
      await fill(page, { Password: NEW_PASSWORD, "Confirm password": NEW_PASSWORD });
      await press(page, "Change password");
      await page.getByText("Your password was changed, and you were signed out everywhere.").waitFor();
      await fillInSignin(page, NEW_PASSWORD);
      await press(page, "Sign in");
      await page.waitForURL("/app");
      expect((await thief.open("/app")).status).toBe(303);
    },
  );

  async function verify(page: Page): Promise<void> {
    // The code is issued after the response to the sign-up.
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await page.goto("/auth/verify-email");
    await page.getByLabel("Code").pressSequentially(code);
    await press(page, "Verify");
    await page.waitForURL("/app");
  }
});

async function fill(page: Page, typed: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label, { exact: true }).fill(text);
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}
