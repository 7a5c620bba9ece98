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
import type { PageState } from "./page-state.ts";
import { PAGE_STATES } from "./page-states.ts";

/** A form with mistakes, facts and ways on, lists, what cannot be undone: all that pages are made of. */
const NAMES = ["signin-errors", "account", "devices", "activity", "delete-errors", "verify-email"];
const STATES = [...PAGE_STATES, ...ACCOUNT_STATES].filter(({ name }) => NAMES.includes(name));

/** 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10). */
const ZOOMED = { width: 320, height: 256 };

describe.skipIf(chromiumIsMissing())("pages reach people", () => {
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
    await state.reach(page, gatehouse);
    await loadAxe(page);
    return page;
  };

  test("all the states there are to look at", () => {
    expect(STATES.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted());
  });

  test.each(STATES)("$name holds in forced colours, in more contrast, at 400 % and without styles", async (state) => {
    const page = await reach(state);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ forcedColors: "active", colorScheme });
      await takePicture(page, `en/${state.name}-forced-colours-${colorScheme}`);
      // The colours are the system's; axe-core reckons with those that the sheet names.
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
      for (const style of document.querySelectorAll("style")) style.remove();
    });
    await takePicture(page, `en/${state.name}-unstyled`);
    // How large a target is, is for styles to say.
    expect((await violationsOf(page)).filter((found) => !found.startsWith("target-size: "))).toEqual([]);
  });

  test.each([
    "Stadtwerke Musterhausen",
    "Meier & Söhne GmbH",
    "A name of sixty characters that nobody would give to a service",
  ])("the name %j leaves the head of a page whole at 320 pixels", async (name) => {
    const page = await openWindow(chromium, gatehouse, { locale: "de-DE", viewport: { width: 320, height: 640 } });
    await STATES.find((state) => state.name === "account")?.reach(page, gatehouse);
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

  test("nothing moves for those who asked for that", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signin");
    const button = page.locator("button[data-busy]");
    // As the script marks it while a form is on its way.
    await button.evaluate((element) => element.setAttribute("aria-busy", "true"));
    const movement = () => button.evaluate((element) => getComputedStyle(element).animationName);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await movement()).toBe("busy");
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await movement()).toBe("none");
  });

  test.skipIf(lighthouse() === null)(
    "Lighthouse gives 100 for accessibility and best practices",
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

/** Fields and buttons that would not stand out from the page: no edge and no ground of their own. */
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

/** Texts that do not fit into what holds them. */
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
