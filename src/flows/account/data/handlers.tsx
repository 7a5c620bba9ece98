import type { Session } from "../../../auth/sessions/session.ts";
import { html } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { renderDocument } from "../../../views/document.tsx";
import { DataPage } from "./page.tsx";

export function showData({ locale, cookies }: Context, { account }: Session): Response {
  const isConfirmed = cookies.takeNotice(isConfirmedNotice) !== undefined;
  return html(renderDocument(<DataPage {...{ locale, isConfirmed }} email={account.email} />));
}

function isConfirmedNotice(notice: string | null): notice is "confirmed" {
  return notice === "confirmed";
}
