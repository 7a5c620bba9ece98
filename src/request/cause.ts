import type { Cause } from "../auth/events/record-events.ts";
import type { Context } from "./context.ts";

/** What an operation has to know of this request. */
export function causeOf({ client, locale, now }: Context): Cause {
  return { origin: client, language: locale.language, now };
}
