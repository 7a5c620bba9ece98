import { type EmailState, findEmailState, register } from "../../auth/accounts/accounts.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { HOME_PATH } from "../../request/access.ts";
import { isRefusedAsBreached } from "../../request/breach-check.ts";
import type { Context } from "../../request/context.ts";
import {
  forgiveGuess,
  requireAllowanceOfRefusedSource,
  requireGuessAllowance,
  requireSourceAllowance,
} from "../../request/limits.ts";
import { checkPassword } from "../../request/password-check.ts";
import { requestVerification, requestVerificationLater } from "../../request/request-verification.ts";
import { renderDocument } from "../../views/document.tsx";
import { parseSignup, type SignupErrors } from "./form.ts";
import { SignupPage } from "./page.tsx";

export function showSignup(context: Context): Response {
  return html(renderDocument(<SignupPage view={context.view} returnPath={context.returnPath} />));
}

export async function submitSignup(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const again = (errors: SignupErrors) =>
    html(
      renderDocument(
        <SignupPage view={context.view} email={fields.text("email")} errors={errors} returnPath={returnPath} />,
      ),
      422,
    );

  const form = parseSignup(fields);
  if (!form.ok) return again(form.errors);

  const { email, password } = form;
  const isRequired = context.config.emailVerification === "required";
  await requireAllowanceOfRefusedSource(context);
  const [breached, state] = await Promise.all([
    isRefusedAsBreached(context, password),
    isRequired ? null : findEmailState(context.auth, email),
    requireSourceAllowance(context),
  ]);
  if (breached) return again({ password: "password-breached" });
  if (state === null) {
    await requestVerification(context, { email, password }, returnPath);
    return seeOther(withReturnPath("/auth/verify-email", returnPath));
  }
  const registration = await registerOrRecognise(context, email, password, state);
  if (registration === null) return again({ email: "email-taken" });
  const { userId, isNew } = registration;
  await context.signIn(userId, context.now);
  context.record(userId, isNew ? "signed-up" : "signed-in");
  if (isNew) {
    forgiveGuess(context, email);
    requestVerificationLater(context, { email, userId, hashedPassword: null }, returnPath);
  }
  return seeOther(returnPath ?? HOME_PATH);
}

/**
 * The account with this address and password, made if there was none; null if the address is someone else's. Whoever
 * sends the form twice, because the first answer was lost or they pressed twice, is the owner and gets in.
 */
async function registerOrRecognise(
  context: Context,
  email: string,
  password: string,
  state: EmailState,
): Promise<{ readonly userId: string; readonly isNew: boolean } | null> {
  // Whoever signs up with an email that somebody has tries a password, which counts before one is hashed.
  if (state !== "free") await requireGuessAllowance(context, email);
  if (state !== "taken") {
    const registration = await register(context.auth, email, password, context.now);
    if (registration.outcome === "registered") return { userId: registration.userId, isNew: true };
  }
  const authentication = await checkPassword(context, email, password);
  return authentication.outcome === "authenticated" ? { userId: authentication.userId, isNew: false } : null;
}
