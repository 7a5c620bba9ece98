import { type NoticeContext, retryNotice } from "../request/send-notices.ts";
import { listDueNotices } from "../store/outbox.ts";

/** Of one run, with at most five calls for each: the platform allows 10,000 calls. A run comes every minute. */
const NOTICES_MAX = 600;
const PAGE_ROWS = 200;

/** Connections that a Worker may have open at a time. https://developers.cloudflare.com/workers/platform/limits/ */
const CALLS_AT_ONCE = 6;

/**
 * Sends the notices that are due, the longest due first. Returns how many were sent. `now` is epoch milliseconds. Throws
 * StoreUnavailable where they cannot be listed.
 */
export async function deliverNotices(context: NoticeContext, now: number): Promise<number> {
  let sent = 0;
  for (let seen = 0; seen < NOTICES_MAX; seen += PAGE_ROWS) {
    const rows = await listDueNotices(context.services.database, now, PAGE_ROWS);
    for (let at = 0; at < rows.length; at += CALLS_AT_ONCE) {
      const batch = rows.slice(at, at + CALLS_AT_ONCE);
      const done = await Promise.all(batch.map((row) => retryNotice(context, row, now)));
      sent += done.filter(Boolean).length;
    }
    if (rows.length < PAGE_ROWS) break;
  }
  return sent;
}
