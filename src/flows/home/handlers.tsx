import type { Session } from "../../auth/sessions/session.ts";
import { html } from "../../http/responses.ts";
import type { Context } from "../../request/context.ts";
import { VERIFY_COOKIE } from "../../request/flow-cookies.ts";
import { renderDocument } from "../../views/document.tsx";
import { AppPage, isHomeNotice } from "./page.tsx";

export function showApp({ locale, cookies }: Context, { account }: Session): Response {
  const notice = cookies.takeNotice(isHomeNotice);
  const isCodeSent = cookies.get(VERIFY_COOKIE).secret !== null;
  return html(renderDocument(<AppPage {...{ locale, account, isCodeSent, notice }} />));
}
