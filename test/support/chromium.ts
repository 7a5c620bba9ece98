import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { inject, onTestFinished } from "vitest";
import type { Gatehouse } from "./gatehouse.ts";

/** How long a page may take over one thing, on a slow machine that does others too. */
const PATIENCE_MILLISECONDS = 15_000;

/** With scripts, and without: every flow works both ways. */
export const SCRIPTS = [
  { scripts: "with scripts", javaScriptEnabled: true },
  { scripts: "without scripts", javaScriptEnabled: false },
] as const;

/** Whether there is no Chromium on this machine; then the run has said so. */
export function chromiumIsMissing(): boolean {
  return inject("chromium") === null;
}

/** The path of Lighthouse; null where it is not installed, and then the run has said so. */
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
    // As people have it: going back shows what was left, where a page allows it.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}

/** The window of a new person, who has no cookies. It is closed when the test ends. */
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
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  return context.newPage();
}

/** Back, as by the browser's button. A page that was kept does not load again, so that is not waited for. */
export async function goBack(page: Page): Promise<void> {
  await page.goBack({ waitUntil: "commit" });
}

export function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
