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

/** Presses the button of the only form. */
export async function send(page: Page): Promise<void> {
  await page.locator("button[type=submit]").click();
  await page.waitForLoadState();
}

/** The address is somebody else's already. */
export async function takeAddress(gatehouse: Gatehouse, email: string = ADA.email): Promise<void> {
  const password = "a password of another person";
  const form = new URLSearchParams({ email, password, passwordConfirmation: password });
  const answer = await gatehouse.browser().post("/auth/signup", form);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
}
