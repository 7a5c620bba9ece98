import { html } from "../../http/responses.ts";
import type { SignedInContext } from "../../request/access.ts";
import { renderDocument } from "../../views/document.tsx";
import { AppPage } from "./page.tsx";

export function showApp({ currentSession, view }: SignedInContext): Response {
  return html(renderDocument(<AppPage view={view} account={currentSession.account} />));
}
