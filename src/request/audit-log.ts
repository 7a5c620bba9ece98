import { type AccountEventType, isRecorded, recordEventLater } from "../auth/events/account-events.ts";
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

/**
 * Runs `work` once the answer is made, if the audit log then has this event of this request. Called before the change is
 * made: whoever makes it need not get an answer, and must not keep its owner from hearing of it.
 */
export function deferIfRecorded(
  { defer, now, services }: Context,
  userId: string,
  type: AccountEventType,
  work: () => Promise<unknown>,
): void {
  defer(async () => {
    if (await isRecorded(services.database, userId, type, now)) await work();
  });
}
