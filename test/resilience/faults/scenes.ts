import type { Browser } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import { changeSession, cookieOf, forgetPassword, handleOf } from "../../support/stored.ts";
import type { Lane } from "./lane.ts";
import {
  ACCOUNT,
  CONFIRM,
  CURRENT,
  codeOf,
  FORGOT,
  linkOf,
  NEW_EMAIL,
  RESET,
  type Scene,
  UNDO,
  VERIFY,
} from "./operation.ts";

/** How people come to be where an operation begins: through the front door. */

export async function stranger({ gatehouse }: Lane): Promise<Scene> {
  return { browser: gatehouse.browser(), facts: {} };
}

/** Has signed up here; in the mail are a link and a code. Where verification is required there is no account yet. */
export async function newcomer(lane: Lane): Promise<Scene> {
  const browser = lane.gatehouse.browser();
  const { status } = await lane.post(browser, "/auth/signup", ADA.signup);
  if (status !== 303) throw new Error(`Sign-up answered ${status}`);
  const { text } = await mailed(lane, ADA.email, VERIFY);
  return { browser, facts: { link: linkOf(text, `${VERIFY}/`), code: codeOf(text) } };
}

/** Signed in, the address verified, and the password given just now. */
export async function member(lane: Lane): Promise<Scene> {
  const { browser, facts } = await newcomer(lane);
  const { status } = await lane.post(browser, VERIFY, { code: facts["code"] ?? "" });
  if (status !== 303) throw new Error(`Verification answered ${status}`);
  await lane.quiet();
  await changeSession(lane.gatehouse, browser, { evidence: [{ method: "password", at: Date.now() }] });
  return { browser, facts: {} };
}

/** The same person where nobody knows them. */
export const guest =
  (scene: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => {
    const { facts } = await scene(lane);
    return { browser: lane.gatehouse.browser(), facts };
  };

/** Signed in on two devices. */
export async function withTwoDevices(lane: Lane): Promise<Scene> {
  const { browser } = await member(lane);
  const other = lane.gatehouse.browser();
  await lane.post(other, "/auth/signin", ADA.signin);
  await lane.gatehouse.settle();
  return { browser, facts: { other: cookieOf(other), handle: handleOf(other), own: cookieOf(browser) } };
}

/** The password was given longer ago than counts. */
export const forgetful =
  (scene: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => {
    const { browser, facts } = await scene(lane);
    await forgetPassword(lane.gatehouse, browser);
    return { browser, facts };
  };

/** Has asked for a new password, and opened the link. */
export async function recovering(lane: Lane): Promise<Scene> {
  await member(lane);
  const browser = lane.gatehouse.browser();
  const link = await askForReset(lane, browser, ADA.email);
  await browser.open(link);
  return { browser, facts: { link } };
}

/** Wants another address, and holds the mail that was sent there. */
export async function moving(lane: Lane): Promise<Scene> {
  const { browser } = await member(lane);
  await lane.post(browser, `${ACCOUNT}/email`, { email: NEW_EMAIL, ...CURRENT });
  const { text } = await mailed(lane, NEW_EMAIL, CONFIRM);
  return { browser, facts: { link: linkOf(text, `${CONFIRM}/`), own: cookieOf(browser) } };
}

/** Has moved, and somebody reads the mail to the old address. */
export async function moved(lane: Lane): Promise<Scene> {
  const { browser, facts } = await moving(lane);
  await lane.post(browser, facts["link"] ?? "");
  const { text } = await mailed(lane, ADA.email, UNDO);
  return { browser, facts: { link: linkOf(text, `${UNDO}/`), own: cookieOf(browser) } };
}

/** Asks for a new password, and returns the link in the mail. */
export async function askForReset(lane: Lane, browser: Browser, email: string): Promise<string> {
  lane.forgetMails();
  await lane.post(browser, FORGOT, { email });
  const { text } = await mailed(lane, email, RESET);
  return linkOf(text, `${RESET}/`);
}

async function mailed(lane: Lane, to: string, prefix: string) {
  const mail = await lane.mailAfter(async () => true, to, `${prefix}/`);
  if (mail === undefined) throw new Error(`No mail to ${to} with a link to ${prefix}`);
  return mail;
}
