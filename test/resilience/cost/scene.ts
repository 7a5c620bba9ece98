import { createHash } from "node:crypto";
import { turnOnSecondStep } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import { ACCOUNT, CONFIRM, codeOf, FORGOT, linkOf, RESET, UNDO, VERIFY } from "../faults/operation.ts";
import type { Service } from "./service.ts";

export const NEW_EMAIL = "lovelace@example.com";
export const SESSION_COOKIE = "__Host-gatehouse";
const BOB = { ...ADA.signup, email: "bob@example.com" };
/** Has two steps, and shares Ada's browser, which remembers him and in which he stands at the second step. */
export const CARL = { email: "carl@example.com", password: ADA.password };
const DORA = "dora@example.com";

/** One of them has signed up with a passkey and given it up, so that only a mailed code can confirm her. */
export const VISITORS = ["signed in", "signed out", "session ended", "without a factor"] as const;
export type Visitor = (typeof VISITORS)[number];

/** The cookies of the second step, of the devices that may skip it, and of a mailed code that confirms the owner. */
export const FACTOR_COOKIES = ["-second-step", "-trusted", "-confirm"] as const;

/** People in the middle of every flow, with their cookies, codes and links. */
export interface Scene {
  /**
   * Ada's browser in each state. All have the cookies of her flows and of Carl's and Dora's. One has the cookie of a
   * session that no longer exists, and one that of Dora's.
   */
  readonly browsers: Readonly<Record<Visitor, Browser>>;
  readonly code: string;
  /** The mailed code that confirms Dora. */
  readonly confirmationCode: string;
  /** A recovery code of Carl. */
  readonly recoveryCode: string;
  /** For each cookie a value that was made for somebody or something else. */
  readonly foreign: Readonly<Record<(typeof FACTOR_COOKIES)[number], string>>;
  /** The handle of Ada's session on another device, as on the page of sessions. */
  readonly otherSession: string;
  /** The paths of valid links, by their route. */
  readonly links: Readonly<Record<string, string>>;
}

/** Prepares the scene through the forms of the Worker. The stores must be empty. */
export async function prepareScene(service: Service, settle: () => Promise<void>): Promise<Scene> {
  const submit = async (browser: Browser, action: string, typed: Readonly<Record<string, string>>) => {
    const page = await browser.open(action);
    const asked = page.hasField("currentPassword") ? { currentPassword: ADA.password } : {};
    const answer = await browser.submit(page, action, { ...typed, ...asked });
    if (answer.status !== 303) throw new Error(`POST ${action} answered ${answer.status}: ${answer.text}`);
    await settle();
  };
  const readMail = (email: string, route: string) => {
    const mail = service.mails.findLast(({ to, text }) => to === email && text.includes(`${route}/`));
    if (mail === undefined) throw new Error(`No email for ${email} with a link to ${route}`);
    return { code: codeOf(mail.text), link: linkOf(mail.text, `${route}/`) };
  };

  const bob = service.browser();
  await submit(bob, "/auth/signup", BOB);
  await submit(bob, VERIFY, { code: readMail(BOB.email, VERIFY).code });
  await submit(bob, `${ACCOUNT}/email`, { email: "robert@example.com" });
  await submit(bob, readMail("robert@example.com", CONFIRM).link, {});

  const ada = service.browser();
  await submit(ada, "/auth/signup", ADA.signup);
  const phone = service.browser();
  await submit(phone, "/auth/signin", ADA.signin);
  await submit(ada, `${ACCOUNT}/email`, { email: NEW_EMAIL });
  await submit(service.browser(), FORGOT, { email: ADA.email });
  const reset = readMail(ADA.email, RESET).link;
  await ada.open(reset);
  const verification = readMail(ADA.email, VERIFY);

  const carl = service.browser();
  await submit(carl, "/auth/signup", { ...ADA.signup, email: CARL.email });
  await submit(carl, VERIFY, { code: readMail(CARL.email, VERIFY).code });
  const app = await turnOnSecondStep({ settle }, carl);
  const [remembered, halfway] = [service.browser(), service.browser()];
  await submit(remembered, "/auth/signin", CARL);
  await submit(remembered, "/auth/second-step", { code: app.code(), remember: "yes" });
  await submit(halfway, "/auth/signin", CARL);
  const sealed = (await carl.open(`${ACCOUNT}/recovery-codes`)).field("sealed").getAttribute("value") ?? "";

  const dora = service.browser();
  await dora.post("/auth/signup", new URLSearchParams({ email: DORA, with: "passkey" }));
  await settle();
  const asked = await dora.post(`${ACCOUNT}/confirm/code`, new URLSearchParams({ from: ACCOUNT }));
  await settle();
  const confirmation = service.mails.findLast(({ to }) => to === DORA);
  if (asked.status !== 303 || confirmation === undefined) throw new Error(`No code for ${DORA}: ${asked.status}`);

  const ends: readonly [Browser, string][] = [
    [halfway, "-second-step"],
    [remembered, "-trusted"],
    [dora, "-confirm"],
  ];
  for (const [browser, end] of ends) ada.cookies.set(SESSION_COOKIE + end, cookieOf(browser, end));
  const [guest, late] = [service.browser(), service.browser()];
  for (const [name, value] of ada.cookies) {
    if (name !== SESSION_COOKIE) guest.cookies.set(name, value);
    if (name !== SESSION_COOKIE) dora.cookies.set(name, value);
    late.cookies.set(name, name === SESSION_COOKIE ? value.replace(/\..*/, `.${"0".repeat(40)}`) : value);
  }
  return {
    browsers: { "signed in": ada, "signed out": guest, "session ended": late, "without a factor": dora },
    code: verification.code,
    confirmationCode: codeOf(confirmation.text),
    recoveryCode: app.recoveryCodes[0] ?? "",
    foreign: {
      "-second-step": sealed,
      "-trusted": pairFor(cookieOf(carl, "").split(".")[0] ?? ""),
      "-confirm": cookieOf(ada, "-verify"),
    },
    otherSession: createHash("sha256")
      .update(phone.cookies.get(SESSION_COOKIE) ?? "")
      .digest("hex"),
    links: {
      [`${VERIFY}/:token`]: verification.link,
      [`${RESET}/:token`]: reset,
      [`${CONFIRM}/:token`]: readMail(NEW_EMAIL, CONFIRM).link,
      [`${UNDO}/:token`]: readMail(BOB.email, UNDO).link,
    },
  };
}

function cookieOf(browser: Browser, end: string): string {
  const value = browser.cookies.get(SESSION_COOKIE + end);
  if (value === undefined) throw new Error(`There is no cookie ${SESSION_COOKIE}${end}`);
  return value;
}

/** A pair of a device cookie that is looked up for the account, and that the account does not have. */
function pairFor(userId: string): string {
  const secret = "0".repeat(40);
  return createHash("sha256").update(`tag:${secret}:${userId}`).digest("hex").slice(0, 4) + secret;
}
