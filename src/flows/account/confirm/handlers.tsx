import type { Session } from "../../../auth/sessions/session.ts";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { safeReturnPath } from "../../../http/return-path.ts";
import { confirmOwner, type OwnerFactors, readOwnerFactors } from "../../../request/confirm-owner.ts";
import { CONFIRM_PATH, confirmPath, isOwnerConfirmed } from "../../../request/confirmation.ts";
import { sendConfirmationCode } from "../../../request/confirmation-code.ts";
import type { Context } from "../../../request/context.ts";
import { confirmSession } from "../../../request/sign-in.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import { ConfirmPage } from "./page.tsx";

const DEFAULT_PATH = "/app/account/security";

export function loadFactors(context: Context, session: Session): Promise<OwnerFactors> {
  return readOwnerFactors(context, session);
}

/** Asks for the factors of the account, unless the owner was confirmed recently. */
export function showConfirm(context: Context, session: Session, factors: OwnerFactors): Response {
  const { locale, returnPath } = context;
  if (isOwnerConfirmed(context, session)) return seeOther(returnPath ?? DEFAULT_PATH);
  return html(renderDocument(<ConfirmPage {...{ locale, factors, returnPath }} account={session.account} />));
}

/** Shows the form again after a refusal. Null if the session cannot be read. */
export async function showConfirmAgain(
  context: Context,
  { returnPath }: FormFields,
  refusal: Refusal,
): Promise<Markup | null> {
  const session = await context.session.read();
  if (session === null) return null;
  const { account } = session;
  const factors = await readOwnerFactors(context, session);
  return <ConfirmPage {...{ account, factors, refusal, returnPath }} locale={context.locale} />;
}

/** Confirms the owner, with a new session secret. */
export async function submitConfirm(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const fields = await context.form();
  const { returnPath } = fields;
  const owner = await confirmOwner(context, session, fields);
  switch (owner.outcome) {
    case "gone":
      return seeOther("/auth/signin");
    case "refused": {
      const { errors, status } = owner;
      const factors = await readOwnerFactors(context, session);
      const page = <ConfirmPage {...{ account, factors, errors, returnPath }} locale={context.locale} />;
      return html(renderDocument(page), status);
    }
    case "confirmed":
      context.cookies.notify("confirmed");
      return confirmSession(context, session, owner.evidence, returnPath ?? DEFAULT_PATH);
  }
}

/** Mails a code if the account has no factor, and redirects back to the page that asks for it. */
export async function submitSendCode(context: Context, session: Session): Promise<Response> {
  const [fields, { mailedCode }] = await Promise.all([context.form(), readOwnerFactors(context, session)]);
  if (mailedCode !== null) await sendConfirmationCode(context, session);
  const page = safeReturnPath([fields.text("from")]) ?? CONFIRM_PATH;
  return seeOther(page === CONFIRM_PATH ? confirmPath(fields.returnPath ?? DEFAULT_PATH) : page);
}

/** A GET of the form that mails a code leads to the page. */
export function redirectToConfirmPage(): Response {
  return seeOther(CONFIRM_PATH);
}
