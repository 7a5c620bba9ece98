import { activeSessions, type ListedSession, type Session } from "../../../auth/sessions/session.ts";
import { hashSecret } from "../../../auth/tokens/secrets.ts";
import { html, seeOther } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { VERIFY_COOKIE } from "../../../request/flow-cookies.ts";
import { renderDocument } from "../../../views/document.tsx";
import { AccountPage, isAccountNotice } from "./page.tsx";

export async function showAccount(
  { locale, cookies, now }: Context,
  { id, account }: Session,
  listed: readonly ListedSession[],
): Promise<Response> {
  const notice = cookies.takeNotice(isAccountNotice);
  const sessions = activeSessions(listed, account.sessionEpoch, now);
  const currentHandle = await hashSecret(id);
  const isCodeSent = cookies.get(VERIFY_COOKIE).secret !== null;
  return html(
    renderDocument(<AccountPage {...{ locale, account, sessions, currentHandle, isCodeSent, notice, now }} />),
  );
}

/** Redirects the well-known URL of password managers: https://w3c.github.io/webappsec-change-password-url/ */
export function redirectToChangePassword(): Response {
  return seeOther("/app/account/password");
}
