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

/** Debian's Chromium with all that people have: where the history counts. One for a file, which closes it. */
export function startChromium(): Promise<Browser> {
  return start(inject("chromium"));
}

/** For what only the engine decides: how pages look, and where their forms lead. It keeps no page for Back. */
export function startHeadlessShell(args: readonly string[] = []): Promise<Browser> {
  return start(inject("headlessShell"), args);
}

/** By itself: it asks nobody for anything. */
async function start(executablePath: string | null, args: readonly string[] = []): Promise<Browser> {
  if (executablePath === null) throw new Error("Chromium is not installed");
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

/** A window for all tests of a file. It is closed with the browser. */
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
