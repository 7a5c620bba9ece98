import type { Page } from "playwright-core";
import type { Gatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";

/** A page in one of its states, and how to get there. */
export interface PageState {
  /** Also the name of its screenshots. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly reach: (page: Page, gatehouse: Gatehouse) => Promise<void>;
}

export const open = (path: string) => async (page: Page) => {
  await page.goto(path);
};

/** Opens a page with a notice, as after a redirect. */
export const openWithNotice = (notice: string, path: string) => async (page: Page, gatehouse: Gatehouse) => {
  await page.context().addCookies([{ name: "gatehouse-notice", value: notice, url: gatehouse.origin, httpOnly: true }]);
  await page.goto(path);
};

/**
 * Signs a person up, by default Ada, and copies the cookies into the page. The forms for that have tests of their own.
 */
export async function beMember(page: Page, gatehouse: Gatehouse, email: string = ADA.email): Promise<void> {
  const browser = gatehouse.browser();
  browser.userAgent = await page.evaluate(() => navigator.userAgent);
  await browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }));
  const cookies = [...browser.cookies].map(([name, value]) => ({ name, value, url: gatehouse.origin, httpOnly: true }));
  await page.context().addCookies(cookies);
}

/** Finds fields by their ids, which are the same in every language. */
export async function fillInSignup(page: Page): Promise<void> {
  await page.locator("#email").fill(ADA.email);
  await page.locator("#password").fill(ADA.password);
  await page.locator("#passwordConfirmation").fill(ADA.password);
}

export async function fillInSignin(page: Page): Promise<void> {
  await page.locator("#email").fill(ADA.email);
  await page.locator("#password").fill(ADA.password);
}

/** Submits the only form of the main part of the page, which does not contain the sign-out form. */
export async function send(page: Page): Promise<void> {
  await page.locator("main button[type=submit]").first().click();
  await page.waitForLoadState();
}

/** Creates the account of someone else with this email. */
export async function takeAddress(gatehouse: Gatehouse, email: string = ADA.email): Promise<void> {
  const password = "a password of another person";
  const form = new URLSearchParams({ email, password, passwordConfirmation: password });
  const answer = await gatehouse.browser().post("/auth/signup", form);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
}
