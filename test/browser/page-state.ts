import type { Page as ChromiumPage, Response } from "playwright-core";
import type { Language } from "../../src/i18n/language.ts";
import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";

/** A page in one of its states, and how to get there. */
export interface PageState {
  /** Also the name of its screenshots. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  /** Resolves to the answer with the page. */
  readonly reach: (browser: Browser, gatehouse: Gatehouse) => Promise<Page>;
  /** The steps in Chromium that lead from this page to the state, if only a script reaches it. */
  readonly use?: (page: ChromiumPage) => Promise<void>;
}

/**
 * Requests the page of a state with the rendered forms, and shows the answer in Chromium as the Worker sent it. Reaching
 * each state in Chromium would take half of the time, and the journeys do that. The answer has the page's text.
 */
export async function show(
  page: ChromiumPage,
  state: PageState,
  gatehouse: Gatehouse,
  language: Language = "en",
): Promise<{ readonly answer: Page; readonly response: Response | null }> {
  const browser = gatehouse.browser();
  browser.userAgent = await page.evaluate(() => navigator.userAgent);
  browser.language = language;
  const answer = await state.reach(browser, gatehouse);
  const { status, body } = answer;
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "set-cookie"));
  const isAnswer = ({ href }: URL) => href === answer.url;
  await page.route(isAnswer, (route) => route.fulfill({ status, headers, body }), { times: 1 });
  const response = await page.goto(answer.url);
  await state.use?.(page);
  return { answer, response };
}

/** Opens a page as a link does, and follows redirects. */
export async function visit(browser: Browser, path: string): Promise<Page> {
  return arrive(browser, await browser.open(path));
}

/** Submits the first form of the main part of `page`, which does not contain the sign-out form. Follows redirects. */
export async function send(browser: Browser, page: Page, typed: Readonly<Record<string, string>> = {}): Promise<Page> {
  const action = page.find("main form")?.getAttribute("action") ?? "";
  return arrive(browser, await browser.submit(page, action, typed));
}

async function arrive(browser: Browser, page: Page): Promise<Page> {
  return page.location === null ? page : arrive(browser, await browser.follow(page));
}

export const open = (path: string) => (browser: Browser) => visit(browser, path);

/** Opens a page with a notice, as after a redirect. */
export const openWithNotice = (notice: string, path: string) => (browser: Browser) => {
  browser.cookies.set("gatehouse-notice", notice);
  return visit(browser, path);
};

/** Signs a person up, by default Ada. The forms for that have tests of their own. */
export async function beMember(browser: Browser, email: string = ADA.email): Promise<void> {
  const answer = await browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }));
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
}

/** Creates the account of someone else with this email. */
export async function takeAddress(gatehouse: Gatehouse, email: string = ADA.email): Promise<void> {
  const password = "a password of another person";
  const form = new URLSearchParams({ email, password, passwordConfirmation: password });
  const answer = await gatehouse.browser().post("/auth/signup", form);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
}
