import { copyFile, mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFailed, test } from "vitest";
import { brand } from "../../src/brand.ts";
import { LANGUAGES, type Language, TRAITS } from "../../src/i18n/language.ts";
import { brotliBytes } from "../support/brotli.ts";
import { chromiumIsMissing, openSharedWindow, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { type PageState, show } from "./page-state.ts";

/** The largest sizes of pages over the network: signed out, and of an account, with its navigation and lists. */
const PAGE_MAX_BROTLI_BYTES = 2_000;
const ACCOUNT_MAX_BROTLI_BYTES = 6_000;

/**
 * A single character beyond Latin-1 makes V8 store and encode the whole page with two bytes per character. From the
 * first character beyond ASCII on, a page is encoded character by character. See docs/decisions/0011-cost-of-a-page.md.
 */
const ASCII_END = 0x7f;
const LATIN_1_END = 0xff;

const FILES = ["/assets/styles.css", "/assets/enhance.js"];
const SCREENSHOTS = fileURLToPath(new URL("screenshots/", import.meta.url));

/** `npm run screenshots` takes a screenshot of every page for people to look at. No test compares them. */
const TAKES_PICTURES = process.env["GATEHOUSE_PICTURES"] === "1";

/** The screenshots in the README, and their file names there. */
const README_FOLDER = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const README_PICTURES = new Map([
  ["en/signin-laptop-light", "sign-in.png"],
  ["en/devices-phone-dark", "devices.png"],
  ["de/signup-errors-phone-light", "sign-up-errors-german.png"],
]);

/**
 * A small phone held upright, and a laptop. The smallest width that WCAG requires, 320 px, is measured without a
 * screenshot.
 */
const PHONE = { device: "phone", width: 375, height: 667 } as const;
const LAPTOP = { device: "laptop", width: 1280, height: 800 } as const;
/** Screenshots in another language show whether its texts fit, for which one color scheme per device is enough. */
const OTHER_LANGUAGE = { phone: ["light"], laptop: ["dark"] } as const;
const NARROWEST = { width: 320, height: 640 };
export const SCHEMES = ["light", "dark"] as const;

/** Resolves the configuration once. For each page again, that would take ten times as long as checking it. */
class SharedConfigLoader extends StaticConfigLoader {
  #config: ReturnType<StaticConfigLoader["getConfigFor"]> | null = null;

  override getConfigFor(path: string) {
    this.#config ??= super.getConfigFor(path);
    return this.#config;
  }
}

const htmlValidate = new HtmlValidate(
  new SharedConfigLoader({ extends: ["html-validate:standard", "html-validate:a11y"] }),
);

/** Examines every page of `states` in every language and both color schemes. `vars` are variables of the Worker. */
export function examinePages(states: readonly PageState[], vars: Readonly<Record<string, string>> = {}): void {
  const inEnglishOnly = Object.keys(vars).length > 0;
  const languages = inEnglishOnly ? (["en"] as const) : LANGUAGES;

  describe.skipIf(chromiumIsMissing()).each(languages)("in %s,", (language) => {
    let gatehouse: Gatehouse;
    let page: Page;
    beforeAll(async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      gatehouse = await startGatehouse(vars);
      page = await openSharedWindow(await startHeadlessShell(), gatehouse, { locale: TRAITS[language].locale });
      await prepareAxe(page);
    });
    // The window stays open, because Chromium would compile axe-core again in a new one. It gets no cookies.
    beforeEach(async () => {
      await gatehouse.reset();
      await page.evaluate(() => sessionStorage.clear()).catch(() => {});
      await page.setViewportSize(NARROWEST);
      await page.emulateMedia({ colorScheme: "light" });
    });
    afterEach(() => void page.removeAllListeners());
    afterAll(async () => {
      await page.context().close();
      await gatehouse.close();
    });

    test.each(states)(
      "$name is valid, accessible, small, at most 320 px wide and without console messages",
      async (state) => {
        const messages = listen(page);
        onTestFailed(async () => console.error(page.url(), await page.locator("body").innerText()));
        const { answer, response } = await show(page, state, gatehouse, language);
        await checkTitle(page, state, language);

        expect([answer.status, response?.status()]).toEqual([state.status, state.status]);
        const html = answer.body;
        const isAccount = new URL(page.url()).pathname.startsWith("/app/account");
        // A page of a service that is not configured has its styles in it.
        const maxBytes = isAccount || inEnglishOnly ? ACCOUNT_MAX_BROTLI_BYTES : PAGE_MAX_BROTLI_BYTES;
        expect(brotliBytes(html)).toBeLessThanOrEqual(maxBytes);
        expect(charactersBeyond(language === "en" ? ASCII_END : LATIN_1_END, html)).toEqual([]);
        expect(await mistakesIn(html)).toEqual([]);

        await takePictures(page, language, state.name);
        await page.setViewportSize(NARROWEST);
        expect(await overflowOf(page)).toBe(0);
        await loadAxe(page);
        // The schemes differ only in their colors.
        const [scheme, otherScheme] = language === "en" ? SCHEMES : SCHEMES.toReversed();
        await page.emulateMedia({ colorScheme: scheme ?? null });
        expect(await violationsOf(page)).toEqual([]);
        await page.emulateMedia({ colorScheme: otherScheme ?? null });
        expect(await violationsOf(page, ["color-contrast"])).toEqual([]);
        expect(await filesOf(page)).toEqual(inEnglishOnly ? [] : FILES);
        expect(messages.filter((text) => !isStatusLine(text, state))).toEqual([]);
      },
    );
  });
}

/** The characters of `text` above the code point `end`. */
function charactersBeyond(end: number, text: string): string[] {
  return [...text].filter((character) => (character.codePointAt(0) ?? 0) > end);
}

async function checkTitle(page: Page, { title }: PageState, language: string): Promise<void> {
  const shown = await page.title();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
  if (language === "en") return expect(shown).toBe(`${title} · ${brand.name}`);
  // A further language may still be incomplete.
  if (language !== "de") return;
  expect(shown).toMatch(title.startsWith("Error: ") ? /^Fehler: .+ · / : /^(?!Fehler: ).+ · /);
  expect(shown).not.toBe(`${title} · ${brand.name}`);
}

/** Collects the messages of a page. Violations of the CSP are console messages. */
function listen(page: Page): readonly string[] {
  const messages: string[] = [];
  page.on("requestfailed", (request) => messages.push(`failed: ${request.url()}`));
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(`${error}`));
  return messages;
}

/** Chromium logs this message for every page with an error status. */
function isStatusLine(text: string, { status }: PageState): boolean {
  return text.startsWith(`Failed to load resource: the server responded with a status of ${status} `);
}

/** The paths that a page has loaded besides its document, also from the cache. */
async function filesOf(page: Page): Promise<string[]> {
  const urls = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  return urls.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).pathname);
}

export async function mistakesIn(html: string): Promise<string[]> {
  const { results } = await htmlValidate.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
  );
}

/**
 * Gives every later page of this window a function that loads axe-core. Sending its 570 kB to each page would take
 * longer than running it.
 */
export async function prepareAxe(page: Page): Promise<void> {
  const source = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  await page.addInitScript({ content: `globalThis.loadAxe = () => {${source}};` });
}

/** Once for a page, before `violationsOf`. The window needs `prepareAxe`. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate("loadAxe()");
}

/** The number of pixels that the page can be scrolled sideways. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * The violations that axe-core finds, with their elements. By default it checks WCAG 2.2 AA and its best practices,
 * otherwise `rules`.
 */
export function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
  return page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const runOnly = only ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const options: import("axe-core").RunOptions = { runOnly, resultTypes: ["violations"] };
    const { violations } = await axe.run(document, options);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  }, rules);
}

async function takePictures(page: Page, language: Language, name: string): Promise<void> {
  if (!TAKES_PICTURES) return;
  for (const { device, ...size } of [PHONE, LAPTOP]) {
    await page.setViewportSize(size);
    for (const colorScheme of language === "en" ? SCHEMES : OTHER_LANGUAGE[device]) {
      await page.emulateMedia({ colorScheme });
      await takePicture(page, `${language}/${name}-${device}-${colorScheme}`);
    }
  }
}

/**
 * Writes a screenshot to test/browser/screenshots, and to docs/images if the README shows it. Only in `npm run
 * screenshots`.
 */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (!TAKES_PICTURES) return;
  const path = `${SCREENSHOTS}${name}.png`;
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  const picture = README_PICTURES.get(name);
  if (picture) await copyFile(path, `${README_FOLDER}${picture}`);
}
