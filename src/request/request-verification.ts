import { passwordHash } from "../auth/credentials/password/hash.ts";
import { generateTokenSecrets, issueToken, type TokenSecrets } from "../auth/tokens/one-time-tokens.ts";
import { withReturnPath } from "../http/return-path.ts";
import { writeMail } from "../mail/write-mail.ts";
import { findUserByEmail } from "../store/users.ts";
import type { Context } from "./context.ts";
import { VERIFY_COOKIE, VERIFY_COOKIE_SECONDS } from "./flow-cookies.ts";
import { consumeMail, limitMails } from "./limits/mailbox.ts";

const PURPOSE = "verify-email";

/** Who wants an address verified: an account that there is, or a sign-up that becomes one by it. */
export type VerificationTarget =
  | { readonly email: string; readonly userId: string; readonly hashedPassword: null }
  | { readonly email: string; readonly userId: null; readonly hashedPassword: string };

/** The same before its password is hashed, which waits for the limiter. */
export type NewSignup = { readonly email: string; readonly password: string };

/**
 * Mails a code and a link, and ties the code to this browser. Up to the answer all is the same for every address:
 * two calls, one row, one cookie. Only then it is looked up, and its owner told if the address is taken. Throws
 * HttpError 429 when the mails to the address are used up.
 */
export async function requestVerification(
  context: Context,
  request: VerificationTarget | NewSignup,
  returnPath: string | null,
): Promise<void> {
  const { email } = request;
  await limitMails(context, PURPOSE, email);
  const target: VerificationTarget =
    "password" in request
      ? { email, userId: null, hashedPassword: await passwordHash.generate(request.password) }
      : request;
  const secrets = generateTokenSecrets();
  await issue(context, target, secrets);
  context.cookies.get(VERIFY_COOKIE).set(secrets.browserSecret, VERIFY_COOKIE_SECONDS);
  context.defer(() => mail(context, target, secrets, returnPath));
}

/** The same without holding up an answer that does not wait for it: who has just signed up is let in first. */
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
    await issue(context, target, secrets);
    await mail(context, target, secrets, returnPath);
  });
}

async function issue(context: Context, target: VerificationTarget, secrets: TokenSecrets): Promise<void> {
  const requester = await context.devices.findRequester(target.email);
  await issueToken(context.services.database, { purpose: PURPOSE, requester, ...target }, secrets, context.now);
}

async function mail(
  context: Context,
  { email, userId }: VerificationTarget,
  { token, code }: TokenSecrets,
  returnPath: string | null,
): Promise<void> {
  const { publicOrigin } = context.config;
  const { language } = context.locale;
  const holder = userId === null ? await findUserByEmail(context.services.database, email) : null;
  const taken = holder !== null && holder.email_verified_at !== null;
  await context.services.mailer.send(
    taken
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
