import { hashSecret } from "./auth/secrets.ts";
import type { Context } from "./context.ts";
import { HttpError } from "./http/errors.ts";
import { type Allowance, takeAllowance } from "./store/rate-limit.ts";

/** Enough for who mistypes and waits; too few to fill a stranger's mailbox. */
const MAILS_MAX = 3;
const MAILS_WINDOW_SECONDS = 15 * 60;

/** Counts one mail to `email` for a purpose, whether or not anybody has that address. */
export async function takeMailAllowance(context: Context, purpose: string, email: string): Promise<Allowance> {
  // A hash, so that the store's keys name nobody in clear.
  const key = `mail:${purpose}:${await hashSecret(email)}`;
  return takeAllowance(context.redis, [{ key, max: MAILS_MAX, windowSeconds: MAILS_WINDOW_SECONDS }]);
}

/** As above; throws the 429 page when the mails are used up. */
export async function requireMailAllowance(context: Context, purpose: string, email: string): Promise<void> {
  const allowance = await takeMailAllowance(context, purpose, email);
  if (allowance.allowed) return;
  const minutes = Math.ceil(allowance.retryAfterSeconds / 60);
  throw new HttpError(
    429,
    `We have sent ${MAILS_MAX} mails to this address just now. Look for the newest, or ask again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    { "Retry-After": `${allowance.retryAfterSeconds}` },
  );
}
