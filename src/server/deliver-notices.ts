import { type NoticeContext, retryNotice } from "../request/send-notices.ts";
import { listDueNotices } from "../store/outbox.ts";

/** Notices per run, each with at most five calls: the platform allows 10,000 calls. There is a run every minute. */
const NOTICES_MAX = 600;
const PAGE_ROWS = 200;

/** The platform's limit on open connections of a Worker. https://developers.cloudflare.com/workers/platform/limits/ */
const CONNECTIONS_MAX = 6;

/**
 * Sends the notices that are due, starting with the one that has been due the longest. Returns how many were sent.
 * `now` is epoch milliseconds. Throws StoreUnavailable if the notices cannot be listed.
 */
export async function deliverNotices(context: NoticeContext, now: number): Promise<number> {
  let sent = 0;
  for (let seen = 0; seen < NOTICES_MAX; seen += PAGE_ROWS) {
    const rows = await listDueNotices(context.services.database, now, PAGE_ROWS);
    for (let start = 0; start < rows.length; start += CONNECTIONS_MAX) {
      const batch = rows.slice(start, start + CONNECTIONS_MAX);
      const results = await Promise.all(batch.map((row) => retryNotice(context, row, now)));
      sent += results.filter(Boolean).length;
    }
    if (rows.length < PAGE_ROWS) break;
  }
  return sent;
}
