import type { SignedInContext } from "../../access.ts";
import { html } from "../../http/responses.ts";
import { renderDocument } from "../../views/document.tsx";
import { AppPage } from "./page.tsx";

export function showApp({ currentSession, view }: SignedInContext): Response {
  return html(renderDocument(<AppPage view={view} user={currentSession.user} />));
}
