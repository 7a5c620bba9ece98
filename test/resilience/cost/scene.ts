import { createHash } from "node:crypto";
import type { Browser } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import { ACCOUNT, CONFIRM, codeOf, FORGOT, linkOf, RESET, UNDO, VERIFY } from "../faults/operation.ts";
import type { Service } from "./service.ts";

export const NEW_EMAIL = "lovelace@example.com";
export const SESSION_COOKIE = "__Host-gatehouse";
const BOB = { ...ADA.signup, email: "bob@example.com" };

export const VISITORS = ["signed in", "signed out", "session ended"] as const;
export type Visitor = (typeof VISITORS)[number];

/** People in the middle of every flow, with their cookies, codes and links. */
export interface Scene {
  /**
   * Ada's browser in each state. All have the cookies of her flows. One has the cookie of a session that no longer
   * exists.
   */
  readonly browsers: Readonly<Record<Visitor, Browser>>;
  readonly code: string;
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

  const [guest, late] = [service.browser(), service.browser()];
  for (const [name, value] of ada.cookies) {
    if (name !== SESSION_COOKIE) guest.cookies.set(name, value);
    late.cookies.set(name, name === SESSION_COOKIE ? value.replace(/\..*/, `.${"0".repeat(40)}`) : value);
  }
  return {
    browsers: { "signed in": ada, "signed out": guest, "session ended": late },
    code: verification.code,
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
