import { undoEmailChange } from "../../../auth/operations/change-email.ts";
import { peekToken } from "../../../auth/tokens/one-time-tokens.ts";
import { isSecret } from "../../../auth/tokens/secrets.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { countReading } from "../../../request/access.ts";
import { causeOf } from "../../../request/cause.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE, RESET_COOKIE_SECONDS } from "../../../request/flow-cookies.ts";
import { forgetDevices } from "../../../request/known-devices.ts";
import { sendLater } from "../../../request/notices.ts";
import type { OneTimeTokenRow } from "../../../store/schema.ts";
import { DeadLinkPage } from "../../../views/dead-link-page.tsx";
import { renderDocument } from "../../../views/document.tsx";
import { UndoEmailPage } from "./page.tsx";
import { WORDS } from "./words.ts";

const PURPOSE = "undo-email";

/** Shows a form and changes nothing: mail scanners open every link, some more than once. */
export async function showUndoEmail(context: Context): Promise<Response> {
  const row = await findLink(context);
  if (row === null) return deadLink(context);
  return html(renderDocument(<UndoEmailPage view={context.view} action={context.url.pathname} email={row.email} />));
}

/**
 * Whoever reads the mail of the former address takes the account back, and nothing else is asked: the password is known to
 * whoever changed the address. So the next thing is to choose a new one.
 */
export async function submitUndoEmail(context: Context): Promise<Response> {
  await context.form();
  const row = await findLink(context);
  if (row?.user_id == null) return deadLink(context);
  const { user_id: userId, email } = row;
  const undone = await undoEmailChange(context.users, row, causeOf(context));
  if (undone.outcome === "gone") return deadLink(context);

  context.log("email-change-undone", { userId });
  const { sessions } = context;
  sendLater(context, undone.notices);
  context.defer(() => sessions.endOthers(userId, null));
  forgetDevices(context, undone.formerEmail);
  forgetDevices(context, email);
  context.cookie(RESET_COOKIE).set(undone.resetToken, RESET_COOKIE_SECONDS);
  return seeOther("/auth/reset-password");
}

async function findLink(context: Context): Promise<OneTimeTokenRow | null> {
  const { params, database, now } = context;
  const token = params["token"] ?? "";
  if (!isSecret(token)) return null;
  await countReading(context);
  return peekToken(database, PURPOSE, token, now);
}

function deadLink({ view }: Context): Response {
  const words = WORDS[view.language];
  const ways = [{ href: "/auth/forgot-password", label: words.newPassword }];
  const page = <DeadLinkPage view={view} title={words.deadTitle} message={words.dead} ways={ways} />;
  return html(renderDocument(page), 410);
}
