import { undoEmailChange } from "../../../auth/operations/change-email.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { causeOf } from "../../../request/cause.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE, RESET_COOKIE_SECONDS } from "../../../request/flow-cookies.ts";
import type { ShownLink, UsableLink } from "../../../request/mailed-link.tsx";
import { announce } from "../../../request/send-notices.ts";
import { renderDocument } from "../../../views/document.tsx";
import { UndoEmailPage } from "./page.tsx";

export function showUndoEmail({ locale, url }: Context, { email }: ShownLink): Response {
  return html(renderDocument(<UndoEmailPage locale={locale} action={url.pathname} email={email} />));
}

/**
 * Access to the former mailbox is enough to undo the change. The form does not ask for the password, because an
 * attacker who changed the email knows it. Redirects to the form for a new password.
 */
export async function submitUndoEmail(context: Context, { row }: UsableLink): Promise<Response | null> {
  const { user_id: userId, email } = row;
  if (userId === null) return null;
  const undone = await undoEmailChange(context.services.users, row, causeOf(context));
  if (undone.outcome === "gone") return null;

  for (const event of undone.events) announce(context, event);
  const { devices, services } = context;
  context.defer(() => services.sessions.endOthers(userId, null));
  devices.forgetKnownDevices(undone.formerEmail);
  devices.forgetKnownDevices(email);
  context.cookies.get(RESET_COOKIE).set(undone.resetToken, RESET_COOKIE_SECONDS);
  context.cookies.notify("email-change-undone");
  return seeOther("/auth/reset-password");
}
