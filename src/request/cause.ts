import type { Cause } from "../auth/events/record-events.ts";
import type { Context } from "./context.ts";

/** Describes this request for an operation that records events. */
export function causeOf({ client, locale, now }: Context): Cause {
  return { origin: client, language: locale.language, now };
}
