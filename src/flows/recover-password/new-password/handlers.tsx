import { isPasswordOf, resetPassword } from "../../../auth/operations/reset-password.ts";
import { type NewPasswordErrors, readNewPassword } from "../../../forms/new-password.tsx";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { isRefusedAsBreached } from "../../../request/breach-check.ts";
import { causeOf } from "../../../request/cause.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE } from "../../../request/flow-cookies.ts";
import type { ShownLink, UsableLink } from "../../../request/mailed-link.tsx";
import { announce } from "../../../request/send-notices.ts";
import { listPasskeys } from "../../../store/passkeys.ts";
import { findUser } from "../../../store/users.ts";
import { renderDocument } from "../../../views/document.tsx";
import { ResetPasswordPage } from "./page.tsx";

export async function showResetPassword(context: Context, { email, userId, madeFor }: ShownLink): Promise<Response> {
  const { locale, cookies, returnPath } = context;
  const passkeys = await countRemovablePasskeys(context, userId);
  const isAfterUndo = cookies.takeNotice(isUndone) !== undefined;
  const props = { locale, email, madeFor, passkeys, isAfterUndo, returnPath };
  return html(renderDocument(<ResetPasswordPage {...props} />));
}

/** The number of passkeys that a reset may remove. With the second step it removes none, so they are not offered. */
async function countRemovablePasskeys({ services }: Context, userId: string | null): Promise<number> {
  if (userId === null) return 0;
  const { database } = services;
  const [user, passkeys] = await Promise.all([findUser(database, userId), listPasskeys(database, userId)]);
  return user === null || user.two_step_at !== null ? 0 : passkeys.length;
}

function isUndone(notice: string | null): notice is "email-change-undone" {
  return notice === "email-change-undone";
}

export async function submitResetPassword(context: Context, link: UsableLink): Promise<Response | null> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { row, email, madeFor } = link;
  const { locale } = context;
  const again = async (errors: NewPasswordErrors) => {
    const passkeys = await countRemovablePasskeys(context, row.user_id);
    const props = { locale, email, madeFor, passkeys, errors, returnPath };
    return html(renderDocument(<ResetPasswordPage {...props} />), 422);
  };
  const form = readNewPassword(fields, email);
  if (!form.ok) return again(form.errors);
  const { auth, database, users, sessions } = context.services;
  const { user_id: userId } = row;
  const [isBreached, key] = await Promise.all([
    isRefusedAsBreached(context, form.password),
    userId === null ? null : auth.findKey(row.email),
  ]);
  if (isBreached) return again({ password: "password-breached" });
  if (await isPasswordOf(key, row, form.password)) return again({ password: "password-unchanged" });

  const removesPasskeys = fields.text("removePasskeys") === "yes";
  const recovery = await resetPassword(database, users, row, form.password, { removesPasskeys }, causeOf(context));
  if (recovery.outcome === "gone") return null;
  const { replacedUserId } = recovery;
  if (replacedUserId !== null) context.log("account-deleted", { userId: replacedUserId });
  announce(context, recovery.event);
  context.cookies.get(RESET_COOKIE).clear();
  // With the second step, a known device has a limit of its own for codes, which access to the mailbox must not give.
  if (key !== null && key.account.twoStepAt !== null) context.devices.forgetKnownDevices(email);
  else context.devices.trustOnlyThisDevice(email, null);
  // The new epoch has already revoked all sessions. This call removes them from the list of devices.
  if (replacedUserId === null) context.defer(() => sessions.endOthers(recovery.userId, null));
  context.cookies.notify(userId === null ? "account-created" : "password-reset");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}
