import type { Session } from "../../../auth/sessions/session.ts";
import { html, seeOther } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { renderDocument } from "../../../views/document.tsx";
import { AccountPage, isAccountNotice } from "./page.tsx";

export function showAccount(context: Context, { account }: Session): Response {
  const { locale } = context;
  const notice = context.cookies.takeNotice(isAccountNotice);
  return html(renderDocument(<AccountPage locale={locale} account={account} notice={notice} />));
}

/** Redirects the well-known URL of password managers: https://w3c.github.io/webappsec-change-password-url/ */
export function redirectToChangePassword(): Response {
  return seeOther("/app/account/password");
}
