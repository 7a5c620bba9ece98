import { type AccountEventType, recordEventLater } from "../auth/events/record-events.ts";
import type { Context } from "./context.ts";

type RecordingContext = Pick<Context, "client" | "defer" | "log" | "now" | "services">;

/**
 * Adds to the audit log of an account, once the answer is made, and to the log. `endedSession`: the hash of the session that
 * was ended by it.
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
