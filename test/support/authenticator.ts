import { setTimeout as sleep } from "node:timers/promises";
import { TOTP } from "otpauth";
import type { Browser, Page } from "./browser.ts";
import type { Gatehouse } from "./gatehouse.ts";
import { codeIn } from "./inbox.ts";
import { ADA, signUp } from "./people.ts";

/** An authenticator app, and the recovery codes of the account. */
export interface App {
  /** Ten codes, as shown. */
  readonly recoveryCodes: readonly string[];
  readonly secret: string;
  /** The code now, or that many time steps later. */
  code(steps?: number): string;
}

const STEP_MILLISECONDS = 30_000;
const SENDING_MAX_MILLISECONDS = 2_000;

/** An app with a secret in base32. Its codes come from a package, not from the code under test. */
export function createApp(secret: string): Omit<App, "recoveryCodes"> {
  const totp = new TOTP({ secret });
  return { secret, code: (steps = 0) => totp.generate({ timestamp: Date.now() + steps * STEP_MILLISECONDS }) };
}

/** Signs Ada up and verifies her email. */
export async function signUpVerified(gatehouse: Gatehouse): Promise<Browser> {
  const browser = await signUp(gatehouse);
  const code = codeIn(await gatehouse.inbox.newest(ADA.email));
  await browser.submit(await browser.open("/auth/verify-email"), "/auth/verify-email", { code });
  await gatehouse.settle();
  return browser;
}

/** Sets up recovery codes and an authenticator app, which turns the second step on. Uses the code of the step before. */
export async function turnOnSecondStep(gatehouse: Pick<Gatehouse, "settle">, browser: Browser): Promise<App> {
  const codesPage = await browser.open("/app/account/recovery-codes");
  const recoveryCodes = codesPage.texts(".codes code");
  const saved = await browser.submit(codesPage, "/app/account/recovery-codes", { saved: "yes" });
  const page = await browser.follow(saved);
  // The code of the step before is wrong if the next step begins while it is sent.
  const left = STEP_MILLISECONDS - (Date.now() % STEP_MILLISECONDS);
  if (left < SENDING_MAX_MILLISECONDS) await sleep(left);
  const app = createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
  const answer = await browser.submit(page, "/app/account/authenticator", { code: app.code(-1) });
  if (answer.status !== 303) throw new Error(`The set-up answered ${answer.status}: ${answer.text}`);
  await gatehouse.settle();
  return { recoveryCodes, ...app };
}

/** Turns the second step on for an account with a passkey, after it has saved recovery codes. */
export async function turnOnWithPasskey(browser: Browser): Promise<Page> {
  const refused = await browser.press(await browser.open("/app/account/sign-in"), "Turn on");
  const codesPage = await browser.open(refused.location ?? "");
  const saved = await browser.submit(codesPage, "/app/account/recovery-codes", { saved: "yes" });
  return browser.press(await browser.open(saved.location ?? ""), "Turn on");
}

/** Lets all codes of the app be used again, as if time had passed. */
export async function forgetUsedCodes(gatehouse: Gatehouse): Promise<void> {
  await gatehouse.database.execute("update authenticators set last_step = 0");
}
