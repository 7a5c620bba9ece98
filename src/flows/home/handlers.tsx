import type { Session } from "../../auth/sessions/session.ts";
import { html } from "../../http/responses.ts";
import type { Context } from "../../request/context.ts";
import { renderDocument } from "../../views/document.tsx";
import { AppPage } from "./page.tsx";

export function showApp({ locale }: Context, { account }: Session): Response {
  return html(renderDocument(<AppPage locale={locale} account={account} />));
}
