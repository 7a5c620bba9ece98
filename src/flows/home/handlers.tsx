import type { Session } from "../../auth/sessions/session.ts";
import { html } from "../../http/responses.ts";
import type { Context } from "../../request/context.ts";
import { renderDocument } from "../../views/document.tsx";
import { AppPage } from "./page.tsx";

export function showApp({ view }: Context, { account }: Session): Response {
  return html(renderDocument(<AppPage view={view} account={account} />));
}
