import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { endSessionsByEpoch } from "../../../auth/operations/change-password.ts";
import type { Evidence } from "../../../auth/sessions/evidence.ts";
import { activeSessions, type ListedSession, type Session } from "../../../auth/sessions/session.ts";
import { hashSecret } from "../../../auth/tokens/secrets.ts";
import { currentPasswordStatus } from "../../../forms/current-password.tsx";
import { html, seeOther } from "../../../http/responses.ts";
import { record } from "../../../request/audit-log.ts";
import { causeOf } from "../../../request/cause.ts";
import {
  confirmPath,
  formsAskForPassword,
  isOwnerConfirmed,
  redirectToConfirm,
} from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { reauthenticate } from "../../../request/password-check.ts";
import { announce } from "../../../request/send-notices.ts";
import { renewSession } from "../../../request/sign-in.ts";
import { renderDocument } from "../../../views/document.tsx";
import { ConfirmEndPage, isSessionsNotice, type SessionsNotice, SessionsPage } from "./page.tsx";

const PATH = "/app/account/sessions";

/** The value of the query parameter `end` that shows the form which ends all other sessions. */
const OTHERS = "others";

function listSessions({ services }: Context, { account }: Session): Promise<ListedSession[]> {
  return services.sessions.list(account.id);
}

/**
 * Shows the list of sessions. With `?end=others` or `?end=<handle>`, shows the form that ends all others or one of them.
 */
export async function showSessions(
  context: Context,
  session: Session,
  listed: readonly ListedSession[],
): Promise<Response> {
  const end = context.url.searchParams.get("end");
  if (end !== null) {
    return redirectToConfirm(context, session) ?? confirmEnd(context, session, end, listed);
  }
  return list(context, session, listed, context.cookies.takeNotice(isSessionsNotice), 200);
}

/** Redirects a GET of a form's URL to the list. People return to that URL after they have signed in again. */
export function redirectToSessions(): Response {
  return seeOther(PATH);
}

/**
 * Ends one session of the account, with one press of its button if the password was entered recently. Otherwise the
 * response is a form that asks for the password and carries out the press. An unknown handle, or one of another
 * account, changes nothing.
 */
export async function submitRevoke(context: Context, session: Session): Promise<Response> {
  const handle = (await context.form()).text("session");
  const owner = await authenticateOwner(context, session, handle);
  if (owner instanceof Response) return owner;
  if (handle === (await hashSecret(session.id))) {
    await context.session.signOut();
    context.cookies.notify("signed-out");
    return seeOther("/auth/signin");
  }
  const userId = session.account.id;
  if (!/^[0-9a-f]{64}$/.test(handle) || !(await context.services.sessions.endListed(userId, handle))) {
    // Either the session has just ended, or the handle is not one of this account's. They cannot be told apart.
    context.log("no-such-session", { userId });
    return list(context, session, await listSessions(context, session), "gone", 422);
  }
  record(context, userId, "session-ended", handle);
  context.cookies.notify("ended");
  return seeOther(PATH);
}

/** Ends all other sessions: raises the epoch, and starts a new session for this browser. */
export async function submitRevokeOthers(context: Context, session: Session): Promise<Response> {
  const owner = await authenticateOwner(context, session, OTHERS);
  if (owner instanceof Response) return owner;
  const { account } = session;
  const change = await endSessionsByEpoch(context.services.users, account, causeOf(context));
  if (change.outcome === "stale") {
    context.cookies.notify("stale");
    return seeOther("/auth/signin");
  }
  announce(context, change.event);
  const renewed = await renewSession(context, change.account, owner.evidence, PATH);
  context.cookies.notify(renewed ? "others-ended" : "signed-out-everywhere");
  return renewed ?? seeOther("/auth/signin");
}

/** Returns the evidence of the owner. Otherwise returns the page that asks for the password, or a redirect. */
async function authenticateOwner(
  context: Context,
  session: Session,
  end: string,
): Promise<{ readonly evidence: Evidence } | Response> {
  const fields = await context.form();
  const owner = await reauthenticate(context, session, fields, { always: false });
  if (owner.outcome === "confirmed") return owner;
  if (owner.outcome === "gone") return seeOther("/auth/signin");
  if (owner.outcome === "unconfirmed") return seeOther(confirmPath(`${PATH}?end=${encodeURIComponent(end)}`));
  const listed = await listSessions(context, session);
  // A button in a list sends no field for the password, so a missing one is not an error yet.
  return confirmEnd(context, session, end, listed, fields.has("currentPassword") ? owner.problem : undefined);
}

/** Shows the form that ends one session or all others. After a problem it shows the error, with its status. */
async function confirmEnd(
  context: Context,
  currentSession: Session,
  end: string,
  listed: readonly ListedSession[],
  problem?: CurrentPasswordProblem,
): Promise<Response> {
  const { locale, now } = context;
  const { account } = currentSession;
  const session = activeSessions(listed, account.sessionEpoch, now).find(({ handle }) => handle === end);
  const status = problem === undefined ? 200 : currentPasswordStatus(problem);
  if (end !== OTHERS && session === undefined) {
    return list(context, currentSession, listed, "gone", status === 200 ? 422 : status);
  }
  // After a refused password the form asks for it again, even if the session was confirmed recently.
  const asksPassword =
    formsAskForPassword(currentSession) && (!isOwnerConfirmed(context, currentSession) || problem !== undefined);
  return html(renderDocument(<ConfirmEndPage {...{ locale, session, account, asksPassword, problem }} />), status);
}

async function list(
  { now, url, locale }: Context,
  { id, account }: Session,
  listed: readonly ListedSession[],
  notice: SessionsNotice | undefined,
  status: 200 | 401 | 422,
): Promise<Response> {
  const sessions = activeSessions(listed, account.sessionEpoch, now);
  const currentHandle = await hashSecret(id);
  const page = Number(/^[1-9]\d?$/.exec(url.searchParams.get("part") ?? "")?.[0] ?? 1);
  return html(
    renderDocument(<SessionsPage {...{ locale, account, sessions, currentHandle, notice, page, now }} />),
    status,
  );
}
