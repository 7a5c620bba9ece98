import { endSessionsByEpoch } from "../../../auth/operations/change-password.ts";
import { activeSessions, type ListedSession, type Session } from "../../../auth/sessions/session.ts";
import { hashSecret } from "../../../auth/tokens/secrets.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { record } from "../../../request/audit-log.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmPress, type Press, readFactorsToAsk } from "../../../request/confirm-owner.ts";
import { isOwnerPresent } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { announce } from "../../../request/send-notices.ts";
import { confirmSession, renewSession } from "../../../request/sign-in.ts";
import { renderDocument } from "../../../views/document.tsx";
import {
  ConfirmEndPage,
  type ConfirmEndPageProps,
  isSessionsNotice,
  type SessionsNotice,
  SessionsPage,
} from "./page.tsx";

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
    const isPresent = isOwnerPresent(context, session);
    const factors = isPresent ? null : await readFactorsToAsk(context, session);
    return confirmEnd(context, session, end, listed, { factors });
  }
  return list(context, session, listed, context.cookies.takeNotice(isSessionsNotice), 200);
}

/** Redirects a GET of a form's URL to the list. People return to that URL after they have signed in again. */
export function redirectToSessions(): Response {
  return seeOther(PATH);
}

/**
 * Ends one session of the account, with one press of its button if a factor was given recently. Otherwise the response is
 * a form that asks for the factors and carries out the press. An unknown handle, or one of another
 * account, changes nothing.
 */
export async function submitRevoke(context: Context, session: Session): Promise<Response> {
  const handle = (await context.form()).text("session");
  const press = await confirmPressToEnd(context, session, handle);
  if (press instanceof Response) return press;
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
  return press.isNew ? confirmSession(context, session, press.evidence, PATH) : seeOther(PATH);
}

/** Ends all other sessions: raises the epoch, and starts a new session for this browser. */
export async function submitRevokeOthers(context: Context, session: Session): Promise<Response> {
  const press = await confirmPressToEnd(context, session, OTHERS);
  if (press instanceof Response) return press;
  const { account } = session;
  const change = await endSessionsByEpoch(context.services.users, account, causeOf(context));
  if (change.outcome === "stale") {
    context.cookies.notify("stale");
    return seeOther("/auth/signin");
  }
  announce(context, change.event);
  const renewed = await renewSession(context, change.account, press.evidence, PATH);
  context.cookies.notify(renewed ? "others-ended" : "signed-out-everywhere");
  return renewed ?? seeOther("/auth/signin");
}

/** Returns the confirmed press. Otherwise returns the page that asks for the factors, or a redirect. */
async function confirmPressToEnd(
  context: Context,
  session: Session,
  end: string,
): Promise<Extract<Press, { outcome: "confirmed" }> | Response> {
  const press = await confirmPress(context, session, await context.form());
  switch (press.outcome) {
    case "confirmed":
      return press;
    case "gone":
      return seeOther("/auth/signin");
    case "asks":
      return confirmEnd(context, session, end, await listSessions(context, session), press);
  }
}

/** Shows the form that ends one session or all others. After a problem it shows the error, with its status. */
function confirmEnd(
  context: Context,
  currentSession: Session,
  end: string,
  listed: readonly ListedSession[],
  {
    factors,
    errors,
    status = 200,
  }: Partial<Omit<Extract<Press, { outcome: "asks" }>, "factors">> & Pick<ConfirmEndPageProps, "factors">,
): Response | Promise<Response> {
  const { locale, now } = context;
  const { account } = currentSession;
  const session = activeSessions(listed, account.sessionEpoch, now).find(({ handle }) => handle === end);
  if (end !== OTHERS && session === undefined) {
    return list(context, currentSession, listed, "gone", status === 200 ? 422 : status);
  }
  return html(renderDocument(<ConfirmEndPage {...{ locale, session, account, factors, errors }} />), status);
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
