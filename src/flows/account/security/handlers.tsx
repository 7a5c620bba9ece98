import type { Session } from "../../../auth/sessions/session.ts";
import { html } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { renderDocument } from "../../../views/document.tsx";
import { isSecurityNotice, SecurityPage } from "./page.tsx";

export function showSecurity(
  { locale, cookies, config }: Context,
  { account }: Session,
  pendingEmail: string | null,
): Response {
  const notice = cookies.takeNotice(isSecurityNotice);
  return html(
    renderDocument(
      <SecurityPage {...{ locale, account, pendingEmail, notice }} offersFactors={config.secretKeys !== null} />,
    ),
  );
}
