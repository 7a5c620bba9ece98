import { prove } from "../../../src/auth/sessions/evidence.ts";
import type { Browser } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import { agePassword, changeSession, cookieOf, handleOf } from "../../support/stored.ts";
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

/** Each function brings a person into an initial state, through the forms of the Worker. */

export async function stranger({ gatehouse }: Lane): Promise<Scene> {
  return { browser: gatehouse.browser(), facts: {} };
}

/** Signs up, and knows the link and the code in the message. If verification is required, there is no account yet. */
export async function newcomer(lane: Lane): Promise<Scene> {
  const browser = lane.gatehouse.browser();
  const { status } = await lane.post(browser, "/auth/signup", ADA.signup);
  if (status !== 303) throw new Error(`Sign-up answered ${status}`);
  const { text } = await mailed(lane, ADA.email, VERIFY);
  return { browser, facts: { link: linkOf(text, `${VERIFY}/`), code: codeOf(text) } };
}

/** Is signed in, has verified the email, and has just entered the password. */
export async function member(lane: Lane): Promise<Scene> {
  const { browser, facts } = await newcomer(lane);
  const { status } = await lane.post(browser, VERIFY, { code: facts["code"] ?? "" });
  if (status !== 303) throw new Error(`Verification answered ${status}`);
  await lane.quiet();
  await changeSession(lane.gatehouse, browser, { evidence: [prove("password", Date.now())] });
  return { browser, facts: {} };
}

/** The same person in a new browser, without cookies. */
export const guest =
  (scene: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => {
    const { facts } = await scene(lane);
    return { browser: lane.gatehouse.browser(), facts };
  };

/** Is signed in on two devices. */
export async function withTwoDevices(lane: Lane): Promise<Scene> {
  const { browser } = await member(lane);
  const other = lane.gatehouse.browser();
  await lane.post(other, "/auth/signin", ADA.signin);
  await lane.gatehouse.settle();
  return { browser, facts: { other: cookieOf(other), handle: handleOf(other), own: cookieOf(browser) } };
}

/** Entered the password too long ago for it to count as recent. */
export const forgetful =
  (scene: (lane: Lane) => Promise<Scene>) =>
  async (lane: Lane): Promise<Scene> => {
    const { browser, facts } = await scene(lane);
    await agePassword(lane.gatehouse, browser);
    return { browser, facts };
  };

/** Has requested a password reset, and opened the link. */
export async function recovering(lane: Lane): Promise<Scene> {
  await member(lane);
  const browser = lane.gatehouse.browser();
  const link = await askForReset(lane, browser, ADA.email);
  await browser.open(link);
  return { browser, facts: { link } };
}

/** Has requested a change of the email, and has the message that was sent to the new one. */
export async function moving(lane: Lane): Promise<Scene> {
  const { browser } = await member(lane);
  await lane.post(browser, `${ACCOUNT}/email`, { email: NEW_EMAIL, ...CURRENT });
  const { text } = await mailed(lane, NEW_EMAIL, CONFIRM);
  return { browser, facts: { link: linkOf(text, `${CONFIRM}/`), own: cookieOf(browser) } };
}

/** Has changed the email, and has the message that was sent to the old one. */
export async function moved(lane: Lane): Promise<Scene> {
  const { browser, facts } = await moving(lane);
  await lane.post(browser, facts["link"] ?? "");
  const { text } = await mailed(lane, ADA.email, UNDO);
  return { browser, facts: { link: linkOf(text, `${UNDO}/`), own: cookieOf(browser) } };
}

/** Requests a password reset, and resolves to the link in the message. */
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
