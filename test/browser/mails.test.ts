import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES } from "../../src/i18n/language.ts";
import type { messages } from "../../src/mail/messages.ts";
import { writeMail } from "../../src/mail/write-mail.ts";
import { chromiumIsMissing, startHeadlessShell } from "../support/chromium.ts";
import { loadAxe, mistakesIn, overflowOf, prepareAxe, SCHEMES, violationsOf } from "./examine-pages.ts";

/** A phone in WCAG's smallest size, and the column of a mail program. */
const WIDTHS = [320, 600];

const SCREENSHOTS = fileURLToPath(new URL("screenshots/mails/", import.meta.url));
const TAKES_PICTURES = process.env["GATEHOUSE_PICTURES"] === "1";

/** The longest values that an email message can contain. */
const EMAIL = `${"a".repeat(64)}@${"long-domain-name.".repeat(10)}example.com`;
const CHANGE = {
  account: EMAIL,
  at: Date.UTC(2026, 10, 25, 22, 15),
  browser: "Firefox",
  platform: "Windows",
  country: "DE",
};
const LINK = `https://accounts.example.com/auth/reset-password/${"x".repeat(40)}?redirectTo=%2F${"y".repeat(200)}`;

type Name = keyof typeof messages.en;

const DETAILS: { readonly [Each in Name]: Parameters<(typeof messages.en)[Each]> } = {
  verification: ["84844101", LINK],
  confirmationCode: ["84844101"],
  emailTaken: [LINK, `${LINK}&b`],
  passwordReset: [LINK],
  passwordForNewAccount: [LINK],
  newSignIn: [CHANGE, LINK, `${LINK}&b`],
  passwordChanged: [CHANGE, LINK, 2],
  passwordChangedByOwner: [CHANGE, LINK],
  factorChanged: ["passkey-removed", CHANGE, LINK],
  recoveryCodeUsed: [CHANGE, 9, LINK, `${LINK}&b`],
  secondStepFailed: [CHANGE, LINK],
  confirmEmail: [LINK],
  emailNotFree: [LINK],
  emailChanged: [CHANGE, LINK, EMAIL],
  emailLeft: [],
  emailChangeUndone: [CHANGE, LINK],
  emailGivenUp: [],
  emailChangeFinal: [CHANGE, LINK],
  emailReleased: [],
  accountDeleted: [CHANGE],
};

describe.skipIf(chromiumIsMissing()).each(LANGUAGES)("every email message, in %s", (language) => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    context = await (await startHeadlessShell()).newContext();
    page = await context.newPage();
    await prepareAxe(page);
  });
  afterAll(() => context.close());

  test.each(Object.keys(DETAILS) as Name[])("%s is valid, accessible and fits, in both color schemes", async (name) => {
    const mail = writeMail(language, EMAIL, name, ...DETAILS[name]);
    expect(await mistakesIn(mail.html)).toEqual([]);
    await page.goto("about:blank");
    await page.setContent(mail.html);
    await loadAxe(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 640 });
      expect(await overflowOf(page)).toBe(0);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        expect(await violationsOf(page, width === 320 ? undefined : ["color-contrast"])).toEqual([]);
        if (!TAKES_PICTURES) continue;
        await page.screenshot({
          path: `${SCREENSHOTS}${language}-${name}-${width}-${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
  });

  test.each(Object.keys(DETAILS) as Name[])("%s says the same as plain text", async (name) => {
    const mail = writeMail(language, EMAIL, name, ...DETAILS[name]);
    await page.goto("about:blank");
    await page.setContent(mail.html);
    const shown = (await page.locator("body").innerText()).replace(/\s+/g, " ");
    // The HTML shows each fact in two cells, and the address of a link apart from its label.
    const said = mail.text.split(/\n+/).map((line) => line.replace(/:$/, "").replace(/^(\S+): /, "$1 "));
    const lines = said.filter((line) => line !== "-- " && line !== "" && !line.startsWith("https:"));
    expect(lines.filter((line) => !shown.includes(line.replace(/\s+/g, " ")))).toEqual([]);
  });
});
