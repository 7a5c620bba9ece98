import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { changeEmail } from "../../../auth/operations/change-email.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { peekToken } from "../../../auth/tokens/one-time-tokens.ts";
import { isSecret } from "../../../auth/tokens/secrets.ts";
import { currentPasswordStatus } from "../../../forms/current-password.tsx";
import { TooManyEmailChangesPage } from "../../../forms/too-many-email-changes.tsx";
import { HttpError } from "../../../http/errors.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { countReading } from "../../../request/access.ts";
import { causeOf } from "../../../request/cause.ts";
import type { Context } from "../../../request/context.ts";
import { forgetDevices } from "../../../request/known-devices.ts";
import { forgiveGuess } from "../../../request/limits.ts";
import { sendLater } from "../../../request/notices.ts";
import { checkPassword } from "../../../request/password-check.ts";
import { renewSession } from "../../../request/sign-in.ts";
import type { OneTimeTokenRow } from "../../../store/schema.ts";
import { DeadLinkPage } from "../../../views/dead-link-page.tsx";
import { renderDocument } from "../../../views/document.tsx";
import { ConfirmEmailPage, TakenPage } from "./page.tsx";
import { WORDS } from "./words.ts";

const PURPOSE = "change-email";

/** Shows a form and changes nothing: mail scanners open every link, some more than once. */
export async function showConfirmEmail(context: Context): Promise<Response> {
  const { row, session } = await read(context);
  if (row === null) return deadLink(context);
  return html(renderDocument(<ConfirmEmailPage {...describePage(context, row, session)} />));
}

/**
 * In a browser where the account is signed in the button is enough; elsewhere it takes the account's password. Or else
 * whoever reads the new mailbox could be made to press it for a stranger's account (docs/decisions/0006-…).
 */
export async function submitConfirmEmail(context: Context): Promise<Response> {
  const password = (await context.form()).text("currentPassword");
  const { row, session } = await read(context);
  if (row === null) return deadLink(context);
  const owner = session === null ? await recognise(context, row, password) : session.account;
  if (typeof owner === "string") {
    const page = <ConfirmEmailPage {...describePage(context, row, session)} problem={owner} />;
    return html(renderDocument(page), currentPasswordStatus(owner));
  }

  const change = await changeEmail(context.users, row, owner.sessionEpoch, causeOf(context));
  switch (change.outcome) {
    case "gone":
      return deadLink(context);
    case "taken":
      return html(renderDocument(<TakenPage view={context.view} email={row.email} />), 422);
    case "too-many":
      return html(renderDocument(<TooManyEmailChangesPage view={context.view} until={change.until} />), 422);
    case "changed":
      context.log("email-changed", { userId: change.account.id });
      forgetDevices(context, change.formerEmail);
      sendLater(context, change.notices);
      return goOn(context, session, change.account);
  }
}

/** The live link and who is signed in. Throws HttpError 409 where that is somebody else than the link is for. */
async function read(context: Context): Promise<{ row: OneTimeTokenRow | null; session: Session | null }> {
  const token = context.params["token"] ?? "";
  if (!isSecret(token)) return { row: null, session: null };
  const session = await countReading(context);
  const row = await peekToken(context.database, PURPOSE, token, context.now);
  if (row !== null && session !== null && session.account.id !== row.user_id) {
    context.log("not-the-owner", { userId: session.account.id, route: context.route });
    throw new HttpError("link-for-other-account");
  }
  return { row, session };
}

function describePage({ view, url }: Context, { email }: OneTimeTokenRow, session: Session | null) {
  return { view, action: url.pathname, email, account: session?.account ?? null };
}

/** The owner by their password, or why it is not. Counts as any try of the account's password. */
async function recognise(
  context: Context,
  { user_id: userId }: OneTimeTokenRow,
  password: string,
): Promise<Account | CurrentPasswordProblem> {
  if (password === "") return "current-password-missing";
  const user = userId === null ? null : await context.users.get(userId);
  if (user === null) return "current-password-wrong";
  const authentication = await checkPassword(context, user.email, password, { last: true, byLink: true });
  const isOwner = authentication.outcome === "authenticated" && authentication.account.id === user.id;
  return isOwner ? authentication.account : "current-password-wrong";
}

async function goOn(context: Context, session: Session | null, account: Account): Promise<Response> {
  context.notify("email-changed");
  if (session === null) {
    context.defer(() => context.sessions.endOthers(account.id, null));
    return seeOther("/auth/signin");
  }
  // The device is known by the address, and that is another now.
  forgiveGuess(context, account.email);
  const renewed = await renewSession(context, account, session.evidence, "/app/account");
  return renewed ?? seeOther("/auth/signin");
}

function deadLink({ view }: Context): Response {
  const words = WORDS[view.language];
  const ways = [{ href: "/app/account", label: words.account }];
  const page = <DeadLinkPage view={view} title={words.deadTitle} message={words.dead} ways={ways} />;
  return html(renderDocument(page), 410);
}
