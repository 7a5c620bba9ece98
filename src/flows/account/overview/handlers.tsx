import type { Session } from "../../../auth/sessions/session.ts";
import { html, seeOther } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { renderDocument } from "../../../views/document.tsx";
import { AccountPage, isAccountNotice } from "./page.tsx";

export function showAccount(context: Context, { account }: Session): Response {
  const { view } = context;
  const notice = context.cookies.takeNotice(isAccountNotice);
  return html(renderDocument(<AccountPage view={view} account={account} notice={notice} />));
}

/** Where password managers send people: https://w3c.github.io/webappsec-change-password-url/ */
export function leadToChangePassword(): Response {
  return seeOther("/app/account/password");
}
