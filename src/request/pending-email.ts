import type { Session } from "../auth/sessions/session.ts";
import { findPendingEmail } from "../store/one-time-tokens.ts";
import { listReservedEmails } from "../store/reserved-emails.ts";
import type { ReservedEmailRow } from "../store/schema.ts";
import type { Context } from "./context.ts";

/** Reads the email that the account is to get once a link is used; null if there is none. For `signedInWith`. */
export function readPendingEmail({ services, now }: Context, { account }: Session): Promise<string | null> {
  return findPendingEmail(services.database, account.id, now);
}

/** The changes of an account's email that are not settled. */
export interface EmailChanges {
  /** The email that the account is to get once a link is used; null if there is none. */
  readonly pending: string | null;
  /** The emails that the account gave up and can get back. */
  readonly reserved: readonly ReservedEmailRow[];
}

/** Reads both at the same time. For `signedInWith`. */
export async function readEmailChanges(context: Context, session: Session): Promise<EmailChanges> {
  const { services, now } = context;
  const [pending, reserved] = await Promise.all([
    readPendingEmail(context, session),
    listReservedEmails(services.database, session.account.id, now),
  ]);
  return { pending, reserved };
}
