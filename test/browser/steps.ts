import type { Page } from "playwright-core";
import { ADA } from "../support/people.ts";

/** The steps that people take on the pages, by the English texts there. */

export async function signUp(page: Page, email: string = ADA.email): Promise<void> {
  await page.goto("/auth/signup");
  await fillInSignup(page, email);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("/app");
}

export async function fillInSignup(page: Page, email: string = ADA.email): Promise<void> {
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(ADA.password);
  await page.getByLabel("Confirm password", { exact: true }).fill(ADA.password);
}

export async function fillInSignin(page: Page, password: string = ADA.password): Promise<void> {
  await page.getByLabel("Email", { exact: true }).fill(ADA.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("/auth/signin");
}
