import type { Cause } from "../auth/events/record-events.ts";
import type { Context } from "./context.ts";

/** What an operation has to know of this request. */
export function causeOf({ client, view, now }: Context): Cause {
  return { origin: client, language: view.language, now };
}
