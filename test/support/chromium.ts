import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject, onTestFinished } from "vitest";
import type { Gatehouse } from "./gatehouse.ts";

/** The timeout for one action or navigation, long enough for a slow machine under load. */
const TIMEOUT_MILLISECONDS = 15_000;

/** Every flow works with scripts and without. */
export const SCRIPTS = [
  { scripts: "with scripts", javaScriptEnabled: true },
  { scripts: "without scripts", javaScriptEnabled: false },
] as const;

/** Whether Chromium is not installed. The global setup has then printed a warning. */
export function chromiumIsMissing(): boolean {
  return inject("chromium") === null;
}

/** The path of Lighthouse. Null if it is not installed; the global setup has then printed a warning. */
export function lighthouse(): string | null {
  return inject("lighthouse");
}

/** The complete Chromium, for tests of the history. Test files of one process share it. It ends with the process. */
export function startChromium(): Promise<Browser> {
  return start(inject("chromium"));
}

/**
 * The headless shell, for the layout of pages and the targets of forms. It keeps no page for Back. Test files of one
 * process share it. It ends with the process.
 */
export function startHeadlessShell(args: readonly string[] = []): Promise<Browser> {
  return start(inject("headlessShell"), args);
}

const started = new Map<string, Promise<Browser>>();

async function start(executablePath: string | null, args: readonly string[] = []): Promise<Browser> {
  if (executablePath === null) throw new Error("Chromium is not installed");
  const key = [executablePath, ...args].join(" ");
  const browser = await started.get(key);
  if (browser?.isConnected()) return browser;
  const launched = launch(executablePath, args);
  started.set(key, launched);
  return launched;
}

/** Without requests of its own to the network. */
function launch(executablePath: string, args: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Starting processes took a seventh of the processor time.
      "--disable-features=SpareRendererForSitePerProcess",
      "--process-per-site",
      ...args,
    ],
    // Keep the back/forward cache on, as in a real browser: going back shows the page as it was left, if the page
    // allows it.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}

/** Opens a window without cookies. It is closed when the test ends. */
export async function openWindow(
  chromium: Browser,
  gatehouse: Gatehouse,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await openSharedWindow(chromium, gatehouse, options);
  onTestFinished(() => page.context().close());
  return page;
}

/** A window for several tests, which close its context. */
export async function openSharedWindow(
  chromium: Browser,
  gatehouse: Gatehouse,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await chromium.newContext({ baseURL: gatehouse.origin, locale: "en-GB", ...options });
  context.setDefaultTimeout(TIMEOUT_MILLISECONDS);
  return context.newPage();
}

/**
 * Goes back as the browser's button does. A page from the back/forward cache fires no load event, so none is awaited.
 */
export async function goBack(page: Page): Promise<void> {
  await page.goBack({ waitUntil: "commit" });
}

export function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
