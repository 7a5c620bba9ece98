import type { Session } from "../../../auth/sessions/session.ts";
import { html } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { renderDocument } from "../../../views/document.tsx";
import { DataPage } from "./page.tsx";

export function showData({ locale }: Context, { account }: Session): Response {
  return html(renderDocument(<DataPage locale={locale} email={account.email} />));
}
