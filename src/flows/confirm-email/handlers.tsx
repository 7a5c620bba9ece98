import type { Session } from "lucia";
import type { CurrentPasswordProblem } from "../../auth/accounts.ts";
import { changeEmail } from "../../auth/email-change.ts";
import { peekToken, takeTry } from "../../auth/one-time-tokens.ts";
import { isSecret } from "../../auth/secrets.ts";
import type { Context } from "../../context.ts";
import { currentPasswordStatus } from "../../forms/current-password.tsx";
import { html, seeOther } from "../../http/responses.ts";
import { forgetDevices, forgiveGuess } from "../../limits.ts";
import { emailChangedMail } from "../../mail/messages.ts";
import { checkPassword } from "../../password-check.ts";
import { renewSession } from "../../renew-session.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { renderDocument } from "../../views/document.tsx";
import { ConfirmEmailPage, DeadLinkPage, OtherAccountPage, TakenPage } from "./page.tsx";

const PURPOSE = "change-email";

/** Shows a form and changes nothing: mail scanners open every link, some more than once. */
export async function showConfirmEmail(context: Context): Promise<Response> {
  const { row, session } = await read(context);
  if (row === null) return deadLink();
  if (isOther(session, row)) return otherAccount(session);
  return html(
    renderDocument(<ConfirmEmailPage action={context.url.pathname} email={row.email} own={session !== null} />),
  );
}

/**
 * In a browser where the account is signed in the button is enough; elsewhere it takes the account's password. Or else
 * whoever reads the new mailbox could be made to press it for a stranger's account (docs/decisions/0006-…).
 */
export async function submitConfirmEmail(context: Context): Promise<Response> {
  const password = (await context.form()).text("currentPassword");
  const { row, session } = await read(context);
  if (row === null) return deadLink();
  if (isOther(session, row)) return otherAccount(session);
  const problem = session === null ? await findProblem(context, row, password) : null;
  if (problem !== null) {
    const page = <ConfirmEmailPage action={context.url.pathname} email={row.email} own={false} problem={problem} />;
    return html(renderDocument(page), currentPasswordStatus(problem));
  }

  const change = await changeEmail(context.users, row, context.client, context.now);
  switch (change.outcome) {
    case "gone":
      return deadLink();
    case "taken":
      return html(renderDocument(<TakenPage email={row.email} />), 422);
    case "changed":
      forgetDevices(context, change.formerEmail);
      tellFormerAddress(context, change.formerEmail, change.undoToken);
      return goOn(context, session, change.userId, change.email);
  }
}

async function read(context: Context): Promise<{ row: OneTimeTokenRow | null; session: Session | null }> {
  const token = context.params["token"] ?? "";
  if (!isSecret(token)) return { row: null, session: null };
  const [session, row] = await Promise.all([
    context.session(),
    peekToken(context.database, PURPOSE, token, context.now),
  ]);
  return { row, session };
}

function isOther(session: Session | null, row: OneTimeTokenRow): session is Session {
  return session !== null && session.user.userId !== row.user_id;
}

async function findProblem(
  context: Context,
  row: OneTimeTokenRow,
  password: string,
): Promise<CurrentPasswordProblem | null> {
  if (password === "") return "current-password-missing";
  const user = row.user_id === null ? null : await context.users.get(row.user_id);
  if (user === null || !(await takeTry(context.database, row))) return "current-password-wrong";
  const { outcome } = await checkPassword(context, user.email, password);
  return outcome === "authenticated" ? null : "current-password-wrong";
}

function tellFormerAddress({ mailer, config, defer }: Context, email: string, undoToken: string | null): void {
  if (undoToken === null) return;
  defer(() => mailer.send(emailChangedMail(email, `${config.publicOrigin}/auth/undo-email/${undoToken}`)));
}

async function goOn(context: Context, session: Session | null, userId: string, email: string): Promise<Response> {
  if (session === null) {
    context.defer(() => context.sessions.endOthers(userId, null));
    return seeOther("/auth/signin?notice=email-changed");
  }
  // The device is known by the address, and that is another now.
  forgiveGuess(context, email);
  return (await renewSession({ ...context, currentSession: session }, session.passwordAt))
    ? seeOther("/app/account?notice=email-changed")
    : seeOther("/auth/signin?notice=email-changed");
}

function otherAccount({ user }: Session): Response {
  return html(renderDocument(<OtherAccountPage signedInAs={user.email} />), 403);
}

function deadLink(): Response {
  return html(renderDocument(<DeadLinkPage />), 410);
}
