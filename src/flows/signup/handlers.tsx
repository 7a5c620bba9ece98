import type { Account } from "../../auth/accounts/account.ts";
import { emailStateOf } from "../../auth/accounts/accounts.ts";
import type { PasswordKey } from "../../auth/accounts/password-key.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { isRefusedAsBreached } from "../../request/breach-check.ts";
import type { Context } from "../../request/context.ts";
import { limitAttempts } from "../../request/limits/account.ts";
import { limitByIp, limitRefusedIp } from "../../request/limits/ip.ts";
import { checkPassword } from "../../request/password-check.ts";
import { requestVerification, requestVerificationLater } from "../../request/request-verification.ts";
import { signIn } from "../../request/sign-in.ts";
import type { Attempt } from "../../store/counters.ts";
import { renderDocument } from "../../views/document.tsx";
import { parseSignup, type SignupErrors } from "./form.ts";
import { SignupPage } from "./page.tsx";

export function showSignup(context: Context): Response {
  return html(renderDocument(<SignupPage locale={context.locale} returnPath={context.returnPath} />));
}

export async function submitSignup(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const again = (errors: SignupErrors) =>
    html(
      renderDocument(
        <SignupPage locale={context.locale} email={fields.text("email")} errors={errors} returnPath={returnPath} />,
      ),
      422,
    );

  const form = parseSignup(fields);
  if (!form.ok) return again(form.errors);

  const { email, password } = form;
  const isRequired = context.config.emailVerification === "required";
  await limitRefusedIp(context);
  const [breached, key] = await Promise.all([
    isRefusedAsBreached(context, password),
    isRequired ? null : context.services.auth.findKey(email),
    limitByIp(context),
  ]);
  if (breached) return again({ password: "password-breached" });
  if (isRequired) {
    await requestVerification(context, { email, password }, returnPath);
    return seeOther(withReturnPath("/auth/verify-email", returnPath));
  }
  const registration = await registerOrAuthenticate(context, email, password, key);
  if (registration === null) return again({ email: "email-taken" });
  const { account, isNew, attempt } = registration;
  const evidence = [{ method: "password", at: context.now }] as const;
  const event = isNew ? "signed-up" : "signed-in";
  const response = await signIn(context, { account, evidence, event, returnPath });
  if (isNew) {
    context.devices.trustThisDevice(email, attempt);
    requestVerificationLater(context, { email, userId: account.id, hashedPassword: null }, returnPath);
  }
  return response;
}

/**
 * Returns the account with this email and password, and creates it if the email is free. Null if the email belongs to
 * someone else. Sending the form twice, after a lost response for example, signs the owner in. `attempt` is the counted
 * attempt that is still to be refunded.
 */
async function registerOrAuthenticate(
  context: Context,
  email: string,
  password: string,
  key: PasswordKey | null,
): Promise<{ readonly account: Account; readonly isNew: boolean; readonly attempt: Attempt | null } | null> {
  const state = emailStateOf(email, key);
  // A sign-up with a taken email is an attempt at its password, so it is counted before the password is hashed.
  const attempt = state === "free" ? null : await limitAttempts(context, email);
  if (state !== "taken") {
    const account = await context.services.auth.register(email, password, context.locale.language, context.now);
    if (account !== null) return { account, isNew: true, attempt };
  }
  // The account may have been created after the key was read.
  const known = state === "taken" ? key : undefined;
  const authentication = await checkPassword(context, email, password, { key: known, attempt });
  return authentication.outcome === "authenticated"
    ? { account: authentication.account, isNew: false, attempt: null }
    : null;
}
