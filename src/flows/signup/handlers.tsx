import type { Account } from "../../auth/accounts/account.ts";
import { emailStateOf } from "../../auth/accounts/accounts.ts";
import type { PasswordKey } from "../../auth/accounts/password-key.ts";
import { type Proof, prove } from "../../auth/sessions/evidence.ts";
import type { FormFields } from "../../http/form-body.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { isRefusedAsBreached } from "../../request/breach-check.ts";
import type { Context } from "../../request/context.ts";
import { limitAttempts } from "../../request/limits/account.ts";
import { limitByIp, limitRefusedIp } from "../../request/limits/ip.ts";
import { firstPasskeyPath, requirePasskeys } from "../../request/passkeys.ts";
import { checkPassword } from "../../request/password-check.ts";
import { requestVerification, requestVerificationLater } from "../../request/request-verification.ts";
import { signIn } from "../../request/sign-in.ts";
import type { Attempt } from "../../store/counters.ts";
import { renderDocument } from "../../views/document.tsx";
import type { Refusal } from "../../views/feedback.tsx";
import type { Markup } from "../../views/jsx-runtime.ts";
import { parseSignup, type SignupErrors } from "./form.ts";
import { SignupPage, type SignupPageProps } from "./page.tsx";

export function showSignup(context: Context): Response {
  return html(renderDocument(render(context, { returnPath: context.returnPath })));
}

/** Shows the form again after a refusal. */
export function showSignupAgain(context: Context, fields: FormFields, refusal: Refusal): Markup {
  const { returnPath } = fields;
  return render(context, { refusal, returnPath, email: fields.text("email") });
}

/** Signs up with a password, or without one: the next page then creates the first passkey. */
export async function submitSignup(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const again = (errors: SignupErrors) =>
    html(renderDocument(render(context, { errors, returnPath, email: fields.text("email") })), 422);

  const form = parseSignup(fields);
  if (!form.ok) return again(form.errors);

  const { email, password } = form;
  if (password === null) requirePasskeys(context);
  const isRequired = context.config.emailVerification === "required";
  await limitRefusedIp(context);
  const [breached, key] = await Promise.all([
    password !== null && isRefusedAsBreached(context, password),
    isRequired ? null : context.services.auth.findKey(email),
    limitByIp(context),
  ]);
  if (breached) return again({ password: "password-breached" });
  if (isRequired) {
    await requestVerification(context, { email, password }, returnPath);
    return seeOther(withReturnPath("/auth/verify-email", returnPath));
  }
  const registration =
    password === null
      ? await register(context, email, key)
      : await registerOrAuthenticate(context, email, password, key);
  if (registration === null) return again({ email: "email-taken" });
  const { account, isNew, isNewDevice, attempt, proof } = registration;
  const event = isNew ? "signed-up" : "signed-in";
  const path = password === null ? firstPasskeyPath(returnPath) : returnPath;
  const response = await signIn(context, { account, evidence: [proof], event, isNewDevice, returnPath: path });
  if (isNew) {
    context.devices.trustThisDevice(email, attempt);
    requestVerificationLater(context, { email, userId: account.id, hashedPassword: null }, returnPath);
  }
  return response;
}

function render({ locale, config }: Context, props: Omit<SignupPageProps, "locale" | "offersPasskey">): Markup {
  return <SignupPage {...{ locale, ...props }} offersPasskey={config.passkeys !== null} />;
}

interface Registration {
  readonly account: Account;
  readonly isNew: boolean;
  /** Whether the owner of an existing account signed in on a device that was not known before. */
  readonly isNewDevice: boolean;
  /** Must be refunded by the caller if it is not null. */
  readonly attempt: Attempt | null;
  readonly proof: Proof;
}

/** Creates an account without a password. Returns null if the email is taken or reserved. `key`: the key of the email. */
async function register(context: Context, email: string, key: PasswordKey | null): Promise<Registration | null> {
  if (emailStateOf(email, key) === "taken") return null;
  const { services, locale, now } = context;
  const account = await services.auth.register(email, null, locale.language, now);
  return account && { account, isNew: true, isNewDevice: false, attempt: null, proof: prove("no-factor", now) };
}

/**
 * Returns the account with this email and password, and creates it if the email is free. Returns null if the email
 * belongs to someone else. If the form is sent twice, for example after a lost response, the second request signs the
 * owner in. Throws HttpError 429 if the limit is reached.
 */
async function registerOrAuthenticate(
  context: Context,
  email: string,
  password: string,
  key: PasswordKey | null,
): Promise<Registration | null> {
  const state = emailStateOf(email, key);
  // A sign-up with an email that is not free counts as an attempt at its password, before the password is hashed.
  const attempt = state === "free" ? null : await limitAttempts(context, email);
  if (state !== "taken") {
    const account = await context.services.auth.register(email, password, context.locale.language, context.now);
    if (account !== null) {
      return { account, isNew: true, isNewDevice: false, attempt, proof: prove("password", context.now) };
    }
  }
  // The key is read again if the email was not taken, because an account may have been created in the meantime.
  const knownKey = state === "taken" ? key : undefined;
  const authentication = await checkPassword(context, email, password, { key: knownKey, attempt });
  return authentication.outcome === "authenticated"
    ? {
        account: authentication.account,
        isNew: false,
        isNewDevice: !authentication.attempt.byKnownDevice,
        attempt: null,
        proof: authentication.proof,
      }
    : null;
}
