import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, lighthouse, openWindow, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ACCOUNT_STATES } from "./account-states.ts";
import { loadAxe, overflowOf, prepareAxe, SCHEMES, takePicture, violationsOf } from "./examine-pages.ts";
import { type PageState, show } from "./page-state.ts";
import { PAGE_STATES } from "./page-states.ts";

/** These pages contain all elements that pages are made of: forms with errors, lists, links, and dangerous actions. */
const NAMES = ["signin-errors", "account", "devices", "activity", "delete-errors", "verify-email"];
const STATES = [...PAGE_STATES, ...ACCOUNT_STATES].filter(({ name }) => NAMES.includes(name));

/** 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10). */
const ZOOMED = { width: 320, height: 256 };

describe.skipIf(chromiumIsMissing())("the selected pages", () => {
  let gatehouse: Gatehouse;
  let chromium: Browser;
  beforeAll(async () => {
    chromium = await startHeadlessShell();
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
  });

  const reach = async (state: PageState): Promise<Page> => {
    const page = await openWindow(chromium, gatehouse);
    await prepareAxe(page);
    await show(page, state, gatehouse);
    await loadAxe(page);
    return page;
  };

  test("all exist", () => {
    expect(STATES.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted());
  });

  test.each(STATES)(
    "$name is usable in forced colors, with more contrast, at 400 % and without styles",
    async (state) => {
      const page = await reach(state);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ forcedColors: "active", colorScheme });
        await takePicture(page, `en/${state.name}-forced-colours-${colorScheme}`);
        // In this mode the system sets the colors, but axe-core checks those of the style sheet.
        expect((await violationsOf(page)).filter((found) => !found.startsWith("color-contrast: "))).toEqual([]);
        expect(await edgelessControls(page)).toEqual([]);
      }
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ forcedColors: "none", contrast: "more", colorScheme });
        await takePicture(page, `en/${state.name}-more-contrast-${colorScheme}`);
        expect(await violationsOf(page, ["color-contrast-enhanced"])).toEqual([]);
      }
      await page.setViewportSize(ZOOMED);
      await takePicture(page, `en/${state.name}-zoomed`);
      expect(await overflowOf(page)).toBe(0);
      expect(await cutOff(page)).toEqual([]);

      await page.evaluate(() => {
        document.querySelector("link[rel=stylesheet]")?.remove();
      });
      await takePicture(page, `en/${state.name}-unstyled`);
      // The size of a target depends on styles, which are removed here.
      expect((await violationsOf(page)).filter((found) => !found.startsWith("target-size: "))).toEqual([]);
    },
  );

  test.each([
    "Stadtwerke Musterhausen",
    "Meier & Söhne GmbH",
    "A name of sixty characters that nobody would give to a service",
  ])("with the service name %j keep their header intact at 320 pixels", async (name) => {
    const page = await openWindow(chromium, gatehouse, { locale: "de-DE", viewport: { width: 320, height: 640 } });
    const [account] = STATES.filter((state) => state.name === "account");
    if (account) await show(page, account, gatehouse, "de");
    await page.evaluate((text) => document.querySelector("header a")?.lastChild?.replaceWith(text), name);
    const sizes = await page.evaluate(() => {
      const [mark, button] = [document.querySelector("header svg"), document.querySelector("header button")];
      const label = document.createRange();
      if (button) label.selectNodeContents(button);
      return [mark?.getBoundingClientRect().width, label.getClientRects().length];
    });
    expect(sizes).toEqual([32, 1]);
    expect(await overflowOf(page)).toBe(0);
  });

  test("have no animation if the visitor prefers reduced motion", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signin");
    const button = page.locator("button[data-busy]").first();
    // The script sets this attribute while a form is being sent.
    await button.evaluate((element) => element.setAttribute("aria-busy", "true"));
    const movement = () => button.evaluate((element) => getComputedStyle(element).animationName);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await movement()).toBe("busy");
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await movement()).toBe("none");
  });

  test.skipIf(lighthouse() === null)(
    "get 100 for accessibility and best practices from Lighthouse",
    async () => {
      const directory = mkdtempSync(join(tmpdir(), "gatehouse-lighthouse-"));
      try {
        for (const path of ["/", "/auth/signin", "/auth/signup?lang=de", "/auth/forgot-password"]) {
          expect({ path, ...(await gradesOf(gatehouse.origin + path, directory)) }).toEqual({
            path,
            accessibility: 1,
            "best-practices": 1,
          });
        }
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    240_000,
  );
});

/** Fields and buttons without a border, which forced colors would make invisible. */
function edgelessControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("input:not([type=hidden]), button, .button")]
      .filter((control) => {
        const { borderTopWidth, borderTopStyle } = getComputedStyle(control);
        return control.getAttribute("type") !== "checkbox" && (borderTopStyle === "none" || borderTopWidth === "0px");
      })
      .map(({ outerHTML }) => outerHTML),
  );
}

/** Elements whose text does not fit. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("main *")]
      .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
      .filter(({ tagName }) => tagName !== "INPUT")
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
  );
}

async function gradesOf(url: string, directory: string): Promise<Record<string, number>> {
  const report = join(directory, "report.json");
  await promisify(execFile)(
    lighthouse() ?? "",
    [
      url,
      "--quiet",
      "--only-categories=accessibility,best-practices",
      "--output=json",
      `--output-path=${report}`,
      "--chrome-flags=--headless --no-sandbox --disable-gpu",
    ],
    { env: { ...process.env, CHROME_PATH: process.env["CHROME_PATH"] ?? "/usr/bin/chromium" } },
  );
  const { categories } = JSON.parse(readFileSync(report, "utf8")) as {
    categories: Record<string, { score: number }>;
  };
  return Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, score]));
}
