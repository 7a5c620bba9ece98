import type { Session } from "../auth/sessions/session.ts";
import { findPendingEmail } from "../store/one-time-tokens.ts";
import type { Context } from "./context.ts";

/** Reads the email that the account is to get once a link is used; null if there is none. For `signedInWith`. */
export function readPendingEmail({ services, now }: Context, { account }: Session): Promise<string | null> {
  return findPendingEmail(services.database, account.id, now);
}
