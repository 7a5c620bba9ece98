import { isRecorded } from "../../../auth/events/account-events.ts";
import { generateUserId } from "../../../auth/operations/create-verified-account.ts";
import { resetPassword } from "../../../auth/operations/reset-password.ts";
import { type NewPasswordErrors, readNewPassword } from "../../../forms/new-password.tsx";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { writeMail } from "../../../mail/messages.ts";
import { isRefusedAsBreached } from "../../../request/breach-check.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE } from "../../../request/flow-cookies.ts";
import type { ShownLink, UsableLink } from "../../../request/mailed-link.tsx";
import { renderDocument } from "../../../views/document.tsx";
import { ResetPasswordPage } from "./page.tsx";

export function showResetPassword({ view, returnPath }: Context, { email, madeFor }: ShownLink): Response {
  return html(renderDocument(<ResetPasswordPage {...{ view, email, madeFor, returnPath }} />));
}

export async function submitResetPassword(context: Context, link: UsableLink): Promise<Response | null> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { row, email, madeFor } = link;
  const { view } = context;
  const again = (errors: NewPasswordErrors) =>
    html(renderDocument(<ResetPasswordPage {...{ view, email, madeFor, errors, returnPath }} />), 422);
  const form = readNewPassword(fields, email);
  if (!form.ok) return again(form.errors);
  if (await isRefusedAsBreached(context, form.password)) return again({ password: "password-breached" });

  const recoveryHref = `${context.config.publicOrigin}/auth/forgot-password`;
  const mail = writeMail(view.language, email, "passwordChanged", recoveryHref);
  const { now } = context;
  const { database, users } = context.services;
  const { user_id: userId } = row;
  const newUserId = generateUserId();
  // Asked for before it is made: its answer may be lost, and the owner must hear of it all the same.
  context.defer(async () => {
    if (userId === null) return;
    const isChanged =
      (await isRecorded(database, userId, "password-reset", now)) ||
      (await isRecorded(database, newUserId, "signed-up", now));
    if (isChanged) await context.services.mailer.send(mail);
  });
  const recovery = await resetPassword(database, users, row, form.password, newUserId, context.client, now);
  if (recovery.outcome === "gone") return null;
  const { replacedUserId } = recovery;
  if (replacedUserId !== null) context.log("account-deleted", { userId: replacedUserId });
  context.log("password-reset", { userId: recovery.userId });
  context.cookies.get(RESET_COOKIE).clear();
  context.devices.trustOnlyThisDevice(email, null);
  // They are dead already, by the epoch; this takes them off the list.
  if (replacedUserId === null) context.defer(() => context.services.sessions.endOthers(recovery.userId, null));
  context.cookies.notify(userId === null ? "account-created" : "password-reset");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}
