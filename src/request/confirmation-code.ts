import type { Session } from "../auth/sessions/session.ts";
import {
  checkCode,
  consumeToken,
  generateTokenSecrets,
  issueToken,
  StaleState,
} from "../auth/tokens/one-time-tokens.ts";
import type { CodeProblem } from "../forms/mailed-code.ts";
import { writeMail } from "../mail/write-mail.ts";
import type { Context } from "./context.ts";
import { CONFIRM_COOKIE, CONFIRM_COOKIE_SECONDS } from "./flow-cookies.ts";
import { limitMails } from "./limits/mailbox.ts";

const PURPOSE = "confirm-owner";

/**
 * Mails a code with which the owner of an account without any factor confirms an action in this browser. Throws
 * HttpError 429 if the limit on messages is reached.
 */
export async function sendConfirmationCode(context: Context, { account }: Session): Promise<void> {
  const { id: userId, email } = account;
  const { services, devices, cookies, locale, now } = context;
  await limitMails(context, PURPOSE, email);
  const secrets = generateTokenSecrets();
  const requester = await devices.findRequester(email);
  await issueToken(services.database, { purpose: PURPOSE, email, userId, requester }, secrets, now);
  cookies.get(CONFIRM_COOKIE).set(secrets.browserSecret, CONFIRM_COOKIE_SECONDS);
  context.defer(() => services.mailer.send(writeMail(locale.language, email, "confirmationCode", secrets.code)));
}

/** Checks such a code and consumes it. Returns null if it is right. */
export async function checkConfirmationCode(
  context: Context,
  { account }: Session,
  code: string,
): Promise<Exclude<CodeProblem, "missing" | "malformed"> | null> {
  const { services, cookies, now } = context;
  const cookie = cookies.get(CONFIRM_COOKIE);
  if (cookie.secret === null) return "gone";
  const { database } = services;
  const check = await checkCode(database, PURPOSE, cookie.secret, code, now);
  if (check.outcome === "right" && check.row.user_id !== account.id) return "gone";
  if (check.outcome !== "right") {
    context.log("code-refused", { reason: check.outcome, userId: account.id });
    return check.outcome;
  }
  try {
    await database.transaction((transaction) => consumeToken(transaction, check.row, now));
  } catch (error) {
    if (error instanceof StaleState) return "gone";
    throw error;
  }
  cookie.clear();
  return null;
}
