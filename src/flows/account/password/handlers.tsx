import { isSamePassword } from "../../../auth/credentials/password/hash.ts";
import { changePassword } from "../../../auth/operations/change-password.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { currentPasswordStatus } from "../../../forms/current-password.tsx";
import { readNewPassword } from "../../../forms/new-password.tsx";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { isRefusedAsBreached } from "../../../request/breach-check.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmPath, formsAskForPassword, redirectToConfirm } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { reauthenticate } from "../../../request/password-check.ts";
import { announce } from "../../../request/send-notices.ts";
import { renewSession } from "../../../request/sign-in.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import type { PasswordErrors } from "./page.tsx";
import { PasswordPage } from "./page.tsx";

export function showPassword(context: Context, session: Session): Response {
  const asksPassword = formsAskForPassword(session);
  const page = <PasswordPage locale={context.locale} account={session.account} asksPassword={asksPassword} />;
  return redirectToConfirm(context, session) ?? html(renderDocument(page));
}

/** Shows the form again after a refusal. Null if the session cannot be read. */
export async function showPasswordAgain(
  { locale, session }: Context,
  _fields: FormFields,
  refusal: Refusal,
): Promise<Markup | null> {
  const current = await session.read();
  const asksPassword = current !== null && formsAskForPassword(current);
  return current && <PasswordPage {...{ locale, refusal, asksPassword }} account={current.account} />;
}

/**
 * Always asks for the current password (OWASP ASVS 5.0.0, 6.2.3), or for a recent confirmation by an account with other
 * factors.
 */
export async function submitPassword(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const fields = await context.form();
  const { locale } = context;
  const asksPassword = formsAskForPassword(session);
  const again = (errors: PasswordErrors, status: 401 | 422) =>
    html(renderDocument(<PasswordPage {...{ locale, account, asksPassword, errors }} />), status);

  const form = readNewPassword(fields, account.email);
  if (!form.ok) {
    const currentPassword =
      asksPassword && fields.text("currentPassword") === "" ? "current-password-missing" : undefined;
    return again({ currentPassword, ...form.errors }, 422);
  }
  if (await isRefusedAsBreached(context, form.password)) return again({ password: "password-breached" }, 422);
  const owner = await reauthenticate(context, session, fields, { always: true, callerRefunds: true });
  if (owner.outcome === "gone") return seeOther("/auth/signin");
  if (owner.outcome === "unconfirmed") return seeOther(confirmPath("/app/account/password"));
  if (owner.outcome === "refused") {
    return again({ currentPassword: owner.problem }, currentPasswordStatus(owner.problem));
  }
  if (isSamePassword(form.password, fields.text("currentPassword"))) {
    context.devices.trustThisDevice(account.email, owner.attempt);
    return again({ password: "password-unchanged" }, 422);
  }
  const change = await changePassword(context.services.users, account, form.password, causeOf(context));
  if (change.outcome === "stale") {
    context.cookies.notify("stale");
    return seeOther("/auth/signin");
  }

  announce(context, change.event);
  context.devices.trustOnlyThisDevice(account.email, owner.attempt);
  context.cookies.notify("password-changed");
  const renewed = await renewSession(context, change.account, owner.evidence, "/app/account");
  return renewed ?? seeOther("/auth/signin");
}
