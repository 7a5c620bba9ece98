import { type AccountEventType, recordEventLater } from "../auth/events/record-events.ts";
import type { Context } from "./context.ts";

type RecordingContext = Pick<Context, "client" | "defer" | "log" | "now" | "services">;

/**
 * Logs an event now, and adds it to the account's audit log after the response. `endedSession` is the hash
 * of the session that the event ended.
 */
export function record(
  context: RecordingContext,
  userId: string,
  type: AccountEventType,
  endedSession: string | null = null,
): void {
  const { client, defer, log, now, services } = context;
  log(type, { userId });
  defer(() => recordEventLater(services.database, userId, type, client, now, endedSession));
}
