import { resetPassword } from "../../../auth/operations/reset-password.ts";
import { peekToken } from "../../../auth/tokens/one-time-tokens.ts";
import { isSecret } from "../../../auth/tokens/secrets.ts";
import { madeForLink } from "../../../forms/made-for.ts";
import { type NewPasswordErrors, readNewPassword } from "../../../forms/new-password.tsx";
import { HttpError } from "../../../http/errors.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { countReading } from "../../../request/access.ts";
import { isRefusedAsBreached } from "../../../request/breach-check.ts";
import { causeOf } from "../../../request/cause.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE, RESET_COOKIE_SECONDS } from "../../../request/flow-cookies.ts";
import { knowOnlyThisDevice } from "../../../request/limits.ts";
import { sendLater } from "../../../request/notices.ts";
import type { OneTimeTokenRow } from "../../../store/schema.ts";
import { DeadLinkPage } from "../../../views/dead-link-page.tsx";
import { renderDocument } from "../../../views/document.tsx";
import { ResetPasswordPage } from "./page.tsx";
import { WORDS } from "./words.ts";

const PURPOSE = "reset-password";
const PATH = "/auth/reset-password";

/** Consumes nothing: mail scanners open every link, some more than once. */
export function moveTokenIntoCookie(context: Context): Response {
  const token = context.params["token"] ?? "";
  if (!isSecret(token)) return deadLink(context);
  context.cookie(RESET_COOKIE).set(token, RESET_COOKIE_SECONDS);
  return seeOther(withReturnPath(PATH, context.returnPath));
}

export async function showResetPassword(context: Context): Promise<Response> {
  const { secret } = context.cookie(RESET_COOKIE);
  if (secret === null) return noLink(context);
  await countReading(context);
  const row = await findLink(context, secret);
  if (row === null) return deadLink(context);
  const { view, returnPath } = context;
  const madeFor = await madeForLink(secret);
  return html(renderDocument(<ResetPasswordPage {...{ view, email: row.email, madeFor, returnPath }} />));
}

export async function submitResetPassword(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath, madeFor } = fields;
  const { secret } = context.cookie(RESET_COOKIE);
  if (secret === null) return noLink(context);
  const link = await madeForLink(secret);
  // Two links in two tabs share the cookie: the form of one must not change the password of the other's account.
  if (madeFor !== null && madeFor !== link) throw new HttpError("form-for-other-link");
  const row = await findLink(context, secret);
  if (row === null) return deadLink(context);
  const { view } = context;
  const again = (errors: NewPasswordErrors) =>
    html(renderDocument(<ResetPasswordPage {...{ view, email: row.email, madeFor: link, errors, returnPath }} />), 422);
  const form = readNewPassword(fields, row.email);
  if (!form.ok) return again(form.errors);
  if (await isRefusedAsBreached(context, form.password)) return again({ password: "password-breached" });

  const { database, users } = context;
  const { user_id: userId } = row;
  const recovery = await resetPassword(database, users, row, form.password, causeOf(context));
  if (recovery.outcome === "gone") return deadLink(context);
  const { replacedUserId } = recovery;
  if (replacedUserId !== null) context.log("account-deleted", { userId: replacedUserId });
  context.log("password-reset", { userId: recovery.userId });
  sendLater(context, recovery.notices);
  context.cookie(RESET_COOKIE).clear();
  knowOnlyThisDevice(context, row.email);
  // They are dead already, by the epoch; this takes them off the list.
  if (replacedUserId === null) context.defer(() => context.sessions.endOthers(recovery.userId, null));
  context.notify(userId === null ? "account-created" : "password-reset");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}

/** The live link of this browser, if it has been made good for an account, or for creating one. */
async function findLink(context: Context, secret: string): Promise<OneTimeTokenRow | null> {
  const row = await peekToken(context.database, PURPOSE, secret, context.now);
  const createsAccount = context.config.emailVerification === "required";
  return row !== null && (row.user_id !== null || createsAccount) ? row : null;
}

/** The link is dead, so the cookie that holds it goes. */
function deadLink(context: Context): Response {
  const words = WORDS[context.view.language];
  context.cookie(RESET_COOKIE).clear();
  return deadEnd(context, words.deadTitle, words.dead);
}

/** The form was carried here without its link: to another browser, or after the flow had ended. */
function noLink(context: Context): Response {
  const words = WORDS[context.view.language];
  return deadEnd(context, words.noLinkTitle, words.noLink);
}

function deadEnd({ view, returnPath }: Context, title: string, message: string): Response {
  const words = WORDS[view.language];
  const ways = [
    { href: withReturnPath("/auth/forgot-password", returnPath), label: words.askAgain },
    { href: withReturnPath("/auth/signin", returnPath), label: words.signin },
  ];
  return html(renderDocument(<DeadLinkPage {...{ view, title, message, ways }} />), 410);
}
