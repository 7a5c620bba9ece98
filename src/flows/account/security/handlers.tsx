import type { Session } from "../../../auth/sessions/session.ts";
import { html } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { VERIFY_COOKIE } from "../../../request/flow-cookies.ts";
import { renderDocument } from "../../../views/document.tsx";
import { isSecurityNotice, SecurityPage } from "./page.tsx";

export function showSecurity(
  { locale, cookies, config }: Context,
  { account }: Session,
  pendingEmail: string | null,
): Response {
  const notice = cookies.takeNotice(isSecurityNotice);
  const isCodeSent = cookies.get(VERIFY_COOKIE).secret !== null;
  const props = { locale, account, pendingEmail, isCodeSent, notice };
  return html(renderDocument(<SecurityPage {...props} offersFactors={config.secretKeys !== null} />));
}
