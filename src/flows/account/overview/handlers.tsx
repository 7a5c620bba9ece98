import { html, seeOther } from "../../../http/responses.ts";
import type { SignedInContext } from "../../../request/access.ts";
import { renderDocument } from "../../../views/document.tsx";
import { AccountPage, isAccountNotice } from "./page.tsx";

export function showAccount(context: SignedInContext): Response {
  const { currentSession, view } = context;
  const notice = context.takeNotice(isAccountNotice);
  return html(renderDocument(<AccountPage view={view} account={currentSession.account} notice={notice} />));
}

/** Where password managers send people: https://w3c.github.io/webappsec-change-password-url/ */
export function leadToChangePassword(): Response {
  return seeOther("/app/account/password");
}
