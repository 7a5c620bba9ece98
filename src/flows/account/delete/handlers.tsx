import { deleteAccount } from "../../../auth/operations/delete-account.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmOwner, readFactorsToAsk } from "../../../request/confirm-owner.ts";
import type { Context } from "../../../request/context.ts";
import { announce } from "../../../request/send-notices.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import type { DeleteErrors } from "./page.tsx";
import { DeletePage } from "./page.tsx";

export async function showDelete(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const factors = await readFactorsToAsk(context, session);
  return html(renderDocument(<DeletePage {...{ account, factors }} locale={context.locale} />));
}

/** Shows the form again after a refusal. Null if the session cannot be read. */
export async function showDeleteAgain(context: Context, _fields: FormFields, refusal: Refusal): Promise<Markup | null> {
  const session = await context.session.read();
  if (session === null) return null;
  const factors = await readFactorsToAsk(context, session);
  return <DeletePage {...{ factors, refusal }} account={session.account} locale={context.locale} />;
}

/** Asks for the factors even if they were given recently, because a deletion cannot be undone. */
export async function submitDelete(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const { email } = account;
  const fields = await context.form();
  const again = async (errors: DeleteErrors, status: 401 | 422) => {
    const factors = await readFactorsToAsk(context, session);
    return html(renderDocument(<DeletePage {...{ account, factors, errors }} locale={context.locale} />), status);
  };

  if (fields.text("confirmation") !== "yes") {
    // A passkey takes the place of the password.
    const asksPassword = fields.has("currentPassword") && fields.text("credential") === "";
    const isMissing = asksPassword && fields.text("currentPassword") === "";
    const currentPassword = isMissing ? "current-password-missing" : undefined;
    return again({ currentPassword, confirmation: "confirmation-missing" }, 422);
  }
  const owner = await confirmOwner(context, session, fields, { callerRefunds: true });
  if (owner.outcome === "gone") {
    // Either the account is deleted already, because the form was sent twice, or its email has just changed.
    const isDeleted = (await context.services.users.get(account.id)) === null;
    return isDeleted ? showDeleted(context) : showChangedMeanwhile(context);
  }
  if (owner.outcome === "refused") return again(owner.errors, owner.status);
  const deletion = await deleteAccount(context.services.users, account, causeOf(context));
  if (deletion.outcome === "stale") return showChangedMeanwhile(context);

  context.session.forget();
  context.devices.forgetKnownDevices(email);
  announce(context, deletion.event);
  return showDeleted(context);
}

function showDeleted(context: Context): Response {
  context.cookies.notify("account-deleted");
  return seeOther("/");
}

function showChangedMeanwhile(context: Context): Response {
  context.cookies.notify("stale");
  return seeOther("/auth/signin");
}
