import { HOME_PATH } from "../../access.ts";
import { peekBrowserToken, peekToken, tryCode } from "../../auth/one-time-tokens.ts";
import { hashSecret, isSecret } from "../../auth/secrets.ts";
import { verifyAddress } from "../../auth/verification.ts";
import type { Context } from "../../context.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { requestVerification, VERIFY_COOKIE } from "../../request-verification.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { renderDocument } from "../../views/document.tsx";
import { type CodeProblem, parseCode } from "./form.ts";
import { DeadLinkPage, VerifyEmailPage, VerifyLinkPage } from "./page.tsx";

const PURPOSE = "verify-email";
const PATH = "/auth/verify-email";

export async function showVerifyEmail(context: Context): Promise<Response> {
  const [session, row] = await Promise.all([context.session(), askedFor(context)]);
  const { returnPath } = context;
  if (session?.user.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  const email = session?.user.email ?? row?.email;
  if (email === undefined) return seeOther(withReturnPath("/auth/signin", returnPath));
  const { mailViewerUrl } = context.config;
  const sent = row?.email === email;
  return html(renderDocument(<VerifyEmailPage {...{ email, sent, returnPath, mailViewerUrl }} />));
}

export async function submitVerifyEmail(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { mailViewerUrl } = context.config;
  const again = (problem: CodeProblem, email?: string) =>
    html(renderDocument(<VerifyEmailPage {...{ email, problem, sent: true, returnPath, mailViewerUrl }} />), 422);

  const form = parseCode(fields);
  if (!form.ok) return again(form.problem, (await askedFor(context))?.email);
  const { secret } = context.cookie(VERIFY_COOKIE);
  if (secret === null) return again("gone");

  const trial = await tryCode(context.database, PURPOSE, secret, form.code, context.now);
  if (trial.outcome === "gone") return again("gone");
  if (trial.outcome !== "right") return again(trial.outcome, trial.row.email);
  const userId = await verify(context, trial.row);
  if (userId === null) return again("gone");
  await signInHere(context, userId);
  return seeOther(returnPath ?? HOME_PATH);
}

export async function submitResend(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const [session, row] = await Promise.all([context.session(), askedFor(context)]);
  if (session?.user.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  if (session) {
    const { userId, email } = session.user;
    await requestVerification(context, { email, userId, hashedPassword: null }, returnPath);
  } else if (row?.user_id != null) {
    await requestVerification(context, { email: row.email, userId: row.user_id, hashedPassword: null }, returnPath);
  } else if (row?.hashed_password != null) {
    const { email, hashed_password: hashedPassword } = row;
    await requestVerification(context, { email, userId: null, hashedPassword }, returnPath);
  } else {
    return seeOther(withReturnPath("/auth/signin", returnPath));
  }
  return seeOther(withReturnPath(PATH, returnPath));
}

/** Shows a button and does nothing: mail scanners open every link, some more than once. */
export function showVerifyLink(context: Context): Response {
  const { params, returnPath } = context;
  if (!isSecret(params["token"] ?? "")) return deadLink();
  return html(renderDocument(<VerifyLinkPage action={`${PATH}/${params["token"]}`} returnPath={returnPath} />));
}

export async function submitVerifyLink(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const token = context.params["token"] ?? "";
  if (!isSecret(token)) return deadLink();
  const row = await peekToken(context.database, PURPOSE, token, context.now);
  if (row === null) return deadLink();
  const userId = await verify(context, row);
  if (userId === null) return deadLink();
  if (!(await isAskersBrowser(context, row))) return seeOther("/auth/signin?notice=verified");
  await signInHere(context, userId);
  return seeOther(returnPath ?? HOME_PATH);
}

/** The live request for verification of this browser. */
async function askedFor(context: Context): Promise<OneTimeTokenRow | null> {
  const { secret } = context.cookie(VERIFY_COOKIE);
  return secret === null ? null : peekBrowserToken(context.database, PURPOSE, secret, context.now);
}

async function verify(context: Context, row: OneTimeTokenRow): Promise<string | null> {
  const verification = await verifyAddress(context.database, context.users, row, context.now);
  return verification.outcome === "verified" ? verification.userId : null;
}

async function isAskersBrowser(context: Context, row: OneTimeTokenRow): Promise<boolean> {
  const { secret } = context.cookie(VERIFY_COOKIE);
  return secret !== null && (await hashSecret(secret)) === row.browser_hash;
}

async function signInHere(context: Context, userId: string): Promise<void> {
  await context.signIn(userId);
  context.cookie(VERIFY_COOKIE).clear();
}

function deadLink(): Response {
  return html(renderDocument(<DeadLinkPage />), 410);
}
