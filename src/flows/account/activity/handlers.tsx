import type { Session } from "../../../auth/sessions/session.ts";
import { html } from "../../../http/responses.ts";
import type { Context } from "../../../request/context.ts";
import { listEvents } from "../../../store/account-events.ts";
import type { Position } from "../../../store/position.ts";
import type { AccountEventRow } from "../../../store/schema.ts";
import { renderDocument } from "../../../views/document.tsx";
import { ActivityPage } from "./page.tsx";

const PAGE_EVENTS = 25;

/** Reads one more event than a page shows, to detect whether older events exist. */
export function listActivity({ services, url }: Context, { account }: Session): Promise<AccountEventRow[]> {
  return listEvents(services.database, account.id, PAGE_EVENTS + 1, readCursor(url));
}

export function showActivity({ url, locale }: Context, { account }: Session, events: AccountEventRow[]): Response {
  const shown = events.slice(0, PAGE_EVENTS);
  const last = events.length > shown.length ? shown.at(-1) : undefined;
  const older = last && `${last.occurred_at}.${last.id}`;
  return html(
    renderDocument(
      <ActivityPage {...{ locale, older }} email={account.email} events={shown} isFirst={readCursor(url) === null} />,
    ),
  );
}

/** Parses `before=<epoch milliseconds>.<id>`. Any other text means the first page. */
function readCursor({ searchParams }: URL): Position | null {
  const [, at, id] = /^(\d{1,15})\.([\w:-]{1,64})$/.exec(searchParams.get("before") ?? "") ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
}
