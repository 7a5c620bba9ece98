import { html, seeOther } from "../../http/responses.ts";
import { HOME_PATH } from "../../request/access.ts";
import type { Context } from "../../request/context.ts";
import { renderDocument } from "../../views/document.tsx";
import { FrontPage } from "./page.tsx";

/** Shows the start page to visitors. Redirects signed-in people to their home page, also after a click on the logo. */
export async function showFrontPage(context: Context): Promise<Response> {
  if ((await context.session.read()) !== null) return seeOther(HOME_PATH);
  const deleted = context.cookies.takeNotice(isDeletion) !== undefined;
  return html(renderDocument(<FrontPage locale={context.locale} deleted={deleted} />));
}

function isDeletion(notice: string | null): notice is "account-deleted" {
  return notice === "account-deleted";
}
