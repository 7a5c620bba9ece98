import type { Page } from "playwright-core";
import type { Gatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";

/** A page as somebody may see it, and how one comes to see it. */
export interface PageState {
  /** Of the screenshots too. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly reach: (page: Page, gatehouse: Gatehouse) => Promise<void>;
}

export const open = (path: string) => async (page: Page) => {
  await page.goto(path);
};

/** As a page that is reached by a redirect that has something to say. */
export const openWithNotice = (notice: string, path: string) => async (page: Page, gatehouse: Gatehouse) => {
  await page.context().addCookies([{ name: "gatehouse-notice", value: notice, url: gatehouse.origin, httpOnly: true }]);
  await page.goto(path);
};

/** Signs Ada up, or somebody with `email`, and gives the browser her cookies. The forms for that have tests of their own. */
export async function beMember(page: Page, gatehouse: Gatehouse, email: string = ADA.email): Promise<void> {
  const browser = gatehouse.browser();
  browser.userAgent = await page.evaluate(() => navigator.userAgent);
  await browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }));
  const cookies = [...browser.cookies].map(([name, value]) => ({ name, value, url: gatehouse.origin, httpOnly: true }));
  await page.context().addCookies(cookies);
}

/** By the fields' ids: the same in every language. */
export async function fillInSignup(page: Page): Promise<void> {
  await page.locator("#email").fill(ADA.email);
  await page.locator("#password").fill(ADA.password);
  await page.locator("#passwordConfirmation").fill(ADA.password);
}

export async function fillInSignin(page: Page): Promise<void> {
  await page.locator("#email").fill(ADA.email);
  await page.locator("#password").fill(ADA.password);
}

/** Presses the button of the only form, that which signs out apart. */
export async function send(page: Page): Promise<void> {
  await page.locator("main button[type=submit]").click();
  await page.waitForLoadState();
}

/** The address is somebody else's already. */
export async function takeAddress(gatehouse: Gatehouse, email: string = ADA.email): Promise<void> {
  const password = "a password of another person";
  const form = new URLSearchParams({ email, password, passwordConfirmation: password });
  const answer = await gatehouse.browser().post("/auth/signup", form);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
}
