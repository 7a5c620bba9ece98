import { DUMMY_HASH, passwordHash } from "../auth/credentials/password/hash.ts";
import { generateTokenSecrets, issueToken, type TokenSecrets } from "../auth/tokens/one-time-tokens.ts";
import { withReturnPath } from "../http/return-path.ts";
import { writeMail } from "../mail/write-mail.ts";
import { findUserByEmail } from "../store/users.ts";
import type { Context } from "./context.ts";
import { VERIFY_COOKIE, VERIFY_COOKIE_SECONDS } from "./flow-cookies.ts";
import { consumeMail, limitMails } from "./limits/mailbox.ts";

const PURPOSE = "verify-email";

/** The email to verify: of an existing account, or of a pending sign-up that becomes an account once it is verified. */
export type VerificationTarget =
  | { readonly email: string; readonly userId: string; readonly hashedPassword: null }
  | { readonly email: string; readonly userId: null; readonly hashedPassword: string };

/**
 * A sign-up whose password is not hashed yet. It is hashed only after the limits have allowed the request. Without a
 * password, it waits with a hash that no password matches.
 */
export type NewSignup = { readonly email: string; readonly password: string | null };

/**
 * Issues a code and a link, binds the code to this browser, and emails both. Until the response is created, the work
 * does not depend on whether the email has an account. Only afterwards is the email looked up. If a verified account
 * has it, the owner is notified instead. Throws HttpError 429 if a limit is reached.
 */
export async function requestVerification(
  context: Context,
  request: VerificationTarget | NewSignup,
  returnPath: string | null,
): Promise<void> {
  const { email } = request;
  await limitMails(context, PURPOSE, email);
  const target: VerificationTarget =
    "password" in request ? { email, userId: null, hashedPassword: await hashOf(request.password) } : request;
  const secrets = generateTokenSecrets();
  await issueVerificationToken(context, target, secrets);
  context.cookies.get(VERIFY_COOKIE).set(secrets.browserSecret, VERIFY_COOKIE_SECONDS);
  context.defer(() => sendVerification(context, target, secrets, returnPath));
}

/**
 * Like `requestVerification`, but only sets the cookie before the response and does the rest afterwards, so that a
 * visitor who has just signed up does not wait. Sends nothing if a limit is reached.
 */
export function requestVerificationLater(
  context: Context,
  target: VerificationTarget,
  returnPath: string | null,
): void {
  const secrets = generateTokenSecrets();
  context.cookies.get(VERIFY_COOKIE).set(secrets.browserSecret, VERIFY_COOKIE_SECONDS);
  context.defer(async () => {
    const allowance = await consumeMail(context, PURPOSE, target.email);
    if (!allowance.allowed) return;
    await issueVerificationToken(context, target, secrets);
    await sendVerification(context, target, secrets, returnPath);
  });
}

async function issueVerificationToken(
  context: Context,
  target: VerificationTarget,
  secrets: TokenSecrets,
): Promise<void> {
  const requester = await context.devices.findRequester(target.email);
  await issueToken(context.services.database, { purpose: PURPOSE, requester, ...target }, secrets, context.now);
}

async function sendVerification(
  context: Context,
  { email, userId }: VerificationTarget,
  { token, code }: TokenSecrets,
  returnPath: string | null,
): Promise<void> {
  const { publicOrigin } = context.config;
  const { language } = context.locale;
  const existingUser = userId === null ? await findUserByEmail(context.services.database, email) : null;
  const isTaken = existingUser !== null && existingUser.email_verified_at !== null;
  await context.services.mailer.send(
    isTaken
      ? writeMail(language, email, "emailTaken", `${publicOrigin}/auth/signin`, `${publicOrigin}/auth/forgot-password`)
      : writeMail(
          language,
          email,
          "verification",
          code,
          publicOrigin + withReturnPath(`/auth/verify-email/${token}`, returnPath),
        ),
  );
}

function hashOf(password: string | null): string | Promise<string> {
  return password === null ? DUMMY_HASH : passwordHash.generate(password);
}
