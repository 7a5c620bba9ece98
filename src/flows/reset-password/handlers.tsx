import { isRecorded } from "../../auth/account-events.ts";
import { peekToken } from "../../auth/one-time-tokens.ts";
import { resetPassword } from "../../auth/recovery.ts";
import { isSecret } from "../../auth/secrets.ts";
import { generateUserId } from "../../auth/verified-account.ts";
import { isRefusedAsBreached } from "../../breach-check.ts";
import type { Context } from "../../context.ts";
import { type NewPasswordErrors, readNewPassword } from "../../forms/new-password.tsx";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { knowOnlyThisDevice } from "../../limits.ts";
import { writeMail } from "../../mail/messages.ts";
import { RESET_COOKIE, RESET_COOKIE_SECONDS } from "../../reset-cookie.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { DeadLinkPage } from "../../views/dead-link-page.tsx";
import { renderDocument } from "../../views/document.tsx";
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
  const row = await findLink(context);
  return row === null
    ? deadLink(context)
    : html(renderDocument(<ResetPasswordPage view={context.view} email={row.email} returnPath={context.returnPath} />));
}

export async function submitResetPassword(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const row = await findLink(context);
  if (row === null) return deadLink(context);
  const again = (errors: NewPasswordErrors) =>
    html(
      renderDocument(
        <ResetPasswordPage view={context.view} email={row.email} errors={errors} returnPath={returnPath} />,
      ),
      422,
    );
  const form = readNewPassword(fields, row.email);
  if (!form.ok) return again(form.errors);
  if (await isRefusedAsBreached(context, form.password)) return again({ password: "password-breached" });

  const recoveryHref = `${context.config.publicOrigin}/auth/forgot-password`;
  const mail = writeMail(context.view.language, row.email, "passwordChanged", recoveryHref);
  const { database, users, now } = context;
  const { user_id: userId } = row;
  const newUserId = generateUserId();
  // Asked for before it is made: its answer may be lost, and the owner must hear of it all the same.
  context.defer(async () => {
    if (userId === null) return;
    const isChanged =
      (await isRecorded(database, userId, "password-reset", now)) ||
      (await isRecorded(database, newUserId, "signed-up", now));
    if (isChanged) await context.mailer.send(mail);
  });
  const recovery = await resetPassword(database, users, row, form.password, newUserId, context.client, now);
  if (recovery.outcome === "gone") return deadLink(context);
  const { replacedUserId } = recovery;
  if (replacedUserId !== null) context.log("account-deleted", { userId: replacedUserId });
  context.log("password-reset", { userId: recovery.userId });
  context.cookie(RESET_COOKIE).clear();
  knowOnlyThisDevice(context, row.email);
  const { sessions } = context;
  // They are dead already, by the epoch or because their user is gone; this takes them off the list.
  context.defer(() => sessions.endOthers(replacedUserId ?? recovery.userId, null));
  return seeOther(withReturnPath("/auth/signin?notice=password-reset", returnPath));
}

/** The live link of this browser, if it has been made good for an account, or for creating one. */
async function findLink(context: Context): Promise<OneTimeTokenRow | null> {
  const { secret } = context.cookie(RESET_COOKIE);
  if (secret === null) return null;
  const row = await peekToken(context.database, PURPOSE, secret, context.now);
  const createsAccount = context.config.emailVerification === "required";
  return row !== null && (row.user_id !== null || createsAccount) ? row : null;
}

function deadLink({ view }: Context): Response {
  const words = WORDS[view.language];
  const ways = [
    { href: "/auth/forgot-password", label: words.askAgain },
    { href: "/auth/signin", label: words.signin },
  ];
  const page = <DeadLinkPage view={view} title={words.deadTitle} message={words.dead} ways={ways} />;
  return html(renderDocument(page), 410);
}
