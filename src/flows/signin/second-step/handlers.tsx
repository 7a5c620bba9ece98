import type { Account } from "../../../auth/accounts/account.ts";
import { type Proof, withProof } from "../../../auth/sessions/evidence.ts";
import type { FactorProblem } from "../../../forms/factor-messages.ts";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { rateLimitReading } from "../../../request/access.ts";
import type { Context } from "../../../request/context.ts";
import { limitSecondStep } from "../../../request/limits/factors.ts";
import { limitByIp } from "../../../request/limits/ip.ts";
import { type Ceremony, checkPasskey, passkeyRequest } from "../../../request/passkeys.ts";
import {
  checkRecoveryCode,
  checkTotp,
  isWrongCode,
  readSecondFactors,
  recordFailure,
  recordRecoveryCode,
} from "../../../request/second-factors.ts";
import { type PendingSignIn, readPendingAccount, readPendingSignIn } from "../../../request/second-step.ts";
import { signIn } from "../../../request/sign-in.ts";
import { trustBrowser } from "../../../request/trusted-devices.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import { RecoveryPage, SecondStepPage } from "./page.tsx";

/** A sign-in that has begun, with its account as it is now. */
interface SecondStep {
  readonly pending: PendingSignIn;
  readonly account: Account;
}

/** Shows the factors of the account whose password was right. One trip. */
export async function showSecondStep(context: Context): Promise<Response> {
  const pending = await readPendingSignIn(context);
  const page = pending && (await renderSecondStep(context, pending));
  return page === null ? startOver(context) : html(renderDocument(page));
}

/** Shows the form again after a refusal. Null if the sign-in has to begin again. */
export async function showSecondStepAgain(
  context: Context,
  _fields: FormFields,
  refusal: Refusal,
): Promise<Markup | null> {
  const pending = await readPendingSignIn(context);
  return pending && renderSecondStep(context, pending, { refusal });
}

export async function submitSecondStep(context: Context): Promise<Response> {
  const { secretKeys } = context.config;
  const fields = await context.form();
  const pending = await readPendingSignIn(context);
  if (pending === null || secretKeys === null) return startOver(context);
  const { userId, email } = pending;
  if (fields.text("credential") !== "" || !fields.has("code")) return submitPasskey(context, pending, fields);
  const limit = () => limitSecondStep(context, { id: userId, email });
  const accountRead = readPendingAccount(context, pending);
  const [account, check] = await Promise.all([
    accountRead,
    checkTotp(context, secretKeys, userId, fields.text("code"), limit, accountRead),
  ]);
  if (account === null) return startOver(context);
  if (check.outcome === "proved") return complete(context, { pending, account }, check.proof, fields);
  const { problem } = check;
  if (isWrongCode(problem)) recordFailure(context, account);
  const page = await renderSecondStep(context, pending, { problem });
  return page === null ? startOver(context) : html(renderDocument(page), statusOf(problem));
}

async function submitPasskey(context: Context, pending: PendingSignIn, fields: FormFields): Promise<Response> {
  const credential = fields.text("credential");
  const check = credential === "" ? null : await checkPasskey(context, credential, ceremonyOf(pending), pending.userId);
  if (check?.outcome === "proved") {
    const { account, proof } = check;
    return account.sessionEpoch === pending.sessionEpoch
      ? complete(context, { pending, account }, proof, fields)
      : startOver(context);
  }
  const problem = check === null ? "passkey-missing" : "passkey-refused";
  const page = await renderSecondStep(context, pending, { problem });
  return page === null ? startOver(context) : html(renderDocument(page), statusOf(problem));
}

/** A passkey request of this sign-in, so that a challenge of another one is refused. */
function ceremonyOf({ id }: PendingSignIn): Ceremony {
  return { purpose: "second", subject: id };
}

/** Shows the form for a recovery code. Calls no store. */
export async function showRecovery(context: Context): Promise<Response> {
  if ((await readPendingSignIn(context)) === null) return startOver(context);
  const { locale, returnPath } = context;
  return html(renderDocument(<RecoveryPage {...{ locale, returnPath }} />));
}

/** Shows the form again after a refusal. */
export function showRecoveryAgain({ locale, returnPath }: Context, _fields: FormFields, refusal: Refusal): Markup {
  return <RecoveryPage {...{ locale, returnPath, refusal }} />;
}

export async function submitRecovery(context: Context): Promise<Response> {
  const fields = await context.form();
  const pending = await readPendingSignIn(context);
  if (pending === null) return startOver(context);
  const accountRead = readPendingAccount(context, pending);
  const [account, check] = await Promise.all([
    accountRead,
    checkRecoveryCode(context, pending.userId, fields.text("recoveryCode"), accountRead),
  ]);
  if (account === null) return startOver(context);
  if (check.outcome === "proved") {
    recordRecoveryCode(context, account);
    return complete(context, { pending, account }, check.proof, fields);
  }
  const { locale, returnPath } = context;
  const { problem } = check;
  if (isWrongCode(problem)) recordFailure(context, account);
  return html(renderDocument(<RecoveryPage {...{ locale, returnPath, problem }} />), statusOf(problem));
}

/** Signs in with both factors. The device becomes known, and is remembered if the owner asked for it. */
async function complete(
  context: Context,
  { pending, account }: SecondStep,
  proof: Proof,
  fields: FormFields,
): Promise<Response> {
  const { event, isNewDevice } = pending;
  context.devices.trustThisDevice(account.email, null);
  const evidence = withProof(pending.evidence, proof);
  const answer = await signIn(context, { account, evidence, event, isNewDevice, returnPath: fields.returnPath });
  if (fields.text("remember") === "yes") trustBrowser(context, account);
  return answer;
}

/** The sign-in took too long, was completed, or its account has changed. */
async function startOver(context: Context): Promise<Response> {
  if (context.request.method === "POST") await limitByIp(context);
  context.cookies.notify("second-step-over");
  return seeOther(withReturnPath("/auth/signin", context.returnPath));
}

/** Null if the sign-in has to begin again. Throws HttpError 429, unless the request was counted by ip before. */
async function renderSecondStep(
  context: Context,
  pending: PendingSignIn,
  again: { readonly problem?: FactorProblem; readonly refusal?: Refusal } = {},
): Promise<Markup | null> {
  const { locale, returnPath, services, config } = context;
  const [account, { authenticator, codesLeft, passkeys }] = await Promise.all([
    readPendingAccount(context, pending),
    readSecondFactors(services.database, pending.userId),
    context.request.method === "GET" ? rateLimitReading(context) : limitByIp(context),
  ]);
  if (account === null) return null;
  const passkeyOptions =
    passkeys.length === 0 || config.passkeys === null
      ? null
      : await passkeyRequest(context, ceremonyOf(pending), passkeys);
  return (
    <SecondStepPage
      {...{ locale, returnPath, ...again }}
      email={account.email}
      hasApp={authenticator !== null}
      hasRecoveryCodes={codesLeft > 0}
      passkeyOptions={passkeyOptions}
      rememberDays={config.rememberDeviceDays}
    />
  );
}

/** 422 for a code that is missing or malformed, 401 for a wrong one. */
function statusOf(problem: FactorProblem): 401 | 422 {
  return problem.endsWith("-missing") || problem === "code-malformed" ? 422 : 401;
}
