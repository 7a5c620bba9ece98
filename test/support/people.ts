import type { Browser } from "./browser.ts";
import type { Gatehouse } from "./gatehouse.ts";

const email = "ada@example.com";
const password = "analytical engine 1843";

/** A person with an email and a password, and the values that they type into the forms. */
export const ADA = {
  email,
  password,
  signup: { email, password, passwordConfirmation: password },
  signin: { email, password },
} as const;

/** Signs Ada up. Resolves to her browser after the message has arrived and the work after the response is done. */
export async function signUp(
  gatehouse: Gatehouse,
  typed: Readonly<Record<string, string>> = ADA.signup,
): Promise<Browser> {
  const browser = gatehouse.browser();
  const answer = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", typed);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}: ${answer.text}`);
  await gatehouse.inbox.newest((typed["email"] ?? "").trim().toLowerCase());
  await gatehouse.settle();
  return browser;
}

/** Signs Ada in with a new browser. */
export async function signIn(
  gatehouse: Gatehouse,
  typed: Readonly<Record<string, string>> = ADA.signin,
): Promise<Browser> {
  const browser = gatehouse.browser();
  const answer = await browser.submit(await browser.open("/auth/signin"), "/auth/signin", typed);
  if (answer.status !== 303) throw new Error(`Sign-in answered ${answer.status}: ${answer.text}`);
  return browser;
}
