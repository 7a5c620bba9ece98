import { html } from "../../http/responses.ts";
import type { Context } from "../../request/context.ts";
import { renderDocument } from "../../views/document.tsx";
import { HomePage } from "./page.tsx";

export async function showHome(context: Context): Promise<Response> {
  const session = await context.session.read();
  const deleted = session === null && context.cookies.takeNotice(isDeletion) !== undefined;
  return html(
    renderDocument(<HomePage locale={context.locale} email={session?.account.email ?? null} deleted={deleted} />),
  );
}

function isDeletion(notice: string | null): notice is "account-deleted" {
  return notice === "account-deleted";
}
