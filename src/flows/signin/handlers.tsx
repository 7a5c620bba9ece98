import { DUMMY_HASH, passwordHash } from "../../auth/credentials/password/hash.ts";
import type { Session } from "../../auth/sessions/session.ts";
import { findPendingSignup } from "../../auth/tokens/one-time-tokens.ts";
import { ipNetworkOf } from "../../http/client.ts";
import type { FormFields } from "../../http/form-body.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import type { Context } from "../../request/context.ts";
import { VERIFY_COOKIE } from "../../request/flow-cookies.ts";
import { signInWithPasskey } from "../../request/passkeys.ts";
import { checkPassword } from "../../request/password-check.ts";
import { requestVerification } from "../../request/request-verification.ts";
import { signIn } from "../../request/sign-in.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { renderDocument } from "../../views/document.tsx";
import type { Refusal } from "../../views/feedback.tsx";
import type { Markup } from "../../views/jsx-runtime.ts";
import { parseSignin, type SigninErrors } from "./form.ts";
import { isSigninNotice, SigninPage, SwitchAccountPage } from "./page.tsx";

export async function showSignin(context: Context): Promise<Response> {
  const { locale, returnPath } = context;
  const notice = context.cookies.takeNotice(isSigninNotice);
  const passkeyOptions = await signInWithPasskey(context);
  return html(renderDocument(<SigninPage {...{ locale, notice, passkeyOptions, returnPath }} />));
}

/** Shows the form again after a refusal. */
export async function showSigninAgain(context: Context, fields: FormFields, refusal: Refusal): Promise<Markup> {
  const { locale } = context;
  const { returnPath } = fields;
  const passkeyOptions = await signInWithPasskey(context);
  return <SigninPage {...{ locale, refusal, passkeyOptions, returnPath }} email={fields.text("email")} />;
}

/**
 * Shows the notice about an action on one account in a browser where a different account is signed in. Returns null if
 * there is no notice.
 */
export function showSigninToMember(context: Context, { account }: Session): Response | null {
  const notice = context.cookies.takeNotice(isSigninNotice);
  if (notice === undefined) return null;
  const { locale, returnPath } = context;
  const props = { locale, notice, signedInAs: account.email, returnPath };
  return html(renderDocument(<SwitchAccountPage {...props} />));
}

export async function submitSignin(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const again = async (status: number, errors: SigninErrors) => {
    const { locale } = context;
    const passkeyOptions = await signInWithPasskey(context);
    const props = { locale, email: fields.text("email"), errors, passkeyOptions, returnPath };
    return html(renderDocument(<SigninPage {...props} />), status);
  };

  const form = parseSignin(fields);
  if (!form.ok) return again(422, form.errors);

  const { email, password } = form;
  const pending = context.config.emailVerification === "required" ? findPending(context, email) : null;
  const [authentication, signup] = await Promise.all([checkPassword(context, email, password), pending]);
  // Verifies a hash even without a pending sign-up, so that the response time does not reveal the state of the email.
  const hash = signup?.hashed_password ?? DUMMY_HASH;
  const matchesSignup = pending !== null && (await passwordHash.validate(password, hash));
  if (authentication.outcome === "authenticated") {
    const { account, attempt, proof } = authentication;
    const isNewDevice = !attempt.byKnownDevice;
    return signIn(context, { account, evidence: [proof], event: "signed-in", isNewDevice, returnPath });
  }
  if (!matchesSignup) {
    return again(401, { password: "wrong-credentials", attemptsLeft: authentication.attempt.left });
  }
  await requestVerification(context, { email, userId: null, hashedPassword: hash }, returnPath);
  return seeOther(withReturnPath("/auth/verify-email", returnPath));
}

/**
 * Finds the pending sign-up of this requester. Runs while the account's password is checked, so that it does not add to
 * the response time.
 */
async function findPending(context: Context, email: string): Promise<OneTimeTokenRow | null> {
  const browserSecret = context.cookies.get(VERIFY_COOKIE).secret;
  // Also searches by ip, because this browser may have become a known device after it requested the sign-up.
  const requesters = [await context.devices.findRequester(email), ipNetworkOf(context.client.ip)];
  return findPendingSignup(context.services.database, email, { browserSecret, requesters }, context.now);
}
