import { checkRequesterPassword, type Verified, verifyEmail } from "../../auth/operations/verify-email.ts";
import { prove, withProof } from "../../auth/sessions/evidence.ts";
import type { Session } from "../../auth/sessions/session.ts";
import { type CodeCheck, checkCode, peekBrowserToken } from "../../auth/tokens/one-time-tokens.ts";
import { hashSecret } from "../../auth/tokens/secrets.ts";
import { madeForEmail, NOBODY } from "../../forms/made-for.ts";
import { type CodeProblem, parseCode } from "../../forms/mailed-code.ts";
import type { FormFields } from "../../http/form-body.ts";
import { HttpError } from "../../http/refusals.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { HOME_PATH, rateLimitReading, requireCookies, requireSameAccount } from "../../request/access.ts";
import { causeOf } from "../../request/cause.ts";
import type { Context } from "../../request/context.ts";
import { VERIFY_COOKIE } from "../../request/flow-cookies.ts";
import { limitAttempts } from "../../request/limits/account.ts";
import type { ShownLink, UsableLink } from "../../request/mailed-link.tsx";
import { firstPasskeyPath } from "../../request/passkeys.ts";
import { checkPassword } from "../../request/password-check.ts";
import { requestVerification } from "../../request/request-verification.ts";
import { announce } from "../../request/send-notices.ts";
import { signIn } from "../../request/sign-in.ts";
import type { Attempt } from "../../store/counters.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { renderDocument } from "../../views/document.tsx";
import type { Refusal } from "../../views/feedback.tsx";
import type { Markup } from "../../views/jsx-runtime.ts";
import { requireSameEmail } from "./link.ts";
import { VerifyEmailPage, VerifyLinkPage, type VerifyLinkPageProps } from "./page.tsx";

const PURPOSE = "verify-email";
const PATH = "/auth/verify-email";
/** The notice that another code was sent. */
const CODE_SENT = "code-sent";

type RightCode = Extract<CodeCheck, { readonly outcome: "right" }>;

export async function showVerifyEmail(context: Context): Promise<Response> {
  const [session, row] = await Promise.all([context.session.read(), findPendingVerification(context)]);
  const { returnPath, locale } = context;
  if (session?.account.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  const email = session?.account.email ?? row?.email;
  if (email === undefined) return noPendingVerification(context, returnPath);
  const { mailViewerUrl } = context.config;
  const sent = row?.email === email;
  const madeFor = session?.account.id ?? (await madeForEmail(email));
  const isSignedIn = session !== null;
  const isResent = context.cookies.takeNotice(isCodeSent) !== undefined;
  const props = { locale, email, sent, isResent, madeFor, isSignedIn, returnPath, mailViewerUrl };
  return html(renderDocument(<VerifyEmailPage {...props} />));
}

function isCodeSent(notice: string | null): notice is typeof CODE_SENT {
  return notice === CODE_SENT;
}

/** Shows the form for the code again, after a refusal of that form or of the one that requests another code. */
export async function showVerifyEmailAgain(context: Context, fields: FormFields, refusal: Refusal): Promise<Markup> {
  const session = await context.session.read().catch(() => null);
  const props = {
    locale: context.locale,
    code: fields.text("code"),
    email: session?.account.email,
    sent: true,
    refusal,
    madeFor: fields.madeFor ?? NOBODY,
    isSignedIn: session !== null,
    returnPath: fields.returnPath,
    mailViewerUrl: context.config.mailViewerUrl,
  };
  return <VerifyEmailPage {...props} />;
}

/** Redirects a GET of the form that requests another message, because that form has no page of its own. */
export function redirectToVerifyEmail({ returnPath }: Context): Response {
  return seeOther(withReturnPath(PATH, returnPath));
}

export async function submitVerifyEmail(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { locale } = context;
  const { mailViewerUrl } = context.config;
  const session = await requireSameVisitor(context, fields);
  const again = async (problem: CodeProblem, email?: string) => {
    const madeFor = session?.account.id ?? (email === undefined ? NOBODY : await madeForEmail(email));
    const code = fields.text("code");
    const props = { locale, code, email, problem, sent: true, madeFor, returnPath, mailViewerUrl };
    return html(renderDocument(<VerifyEmailPage {...props} isSignedIn={session !== null} />), 422);
  };

  const form = parseCode(fields);
  if (!form.ok) return again(form.problem, (await findPendingVerification(context))?.email);
  const cookie = context.cookies.get(VERIFY_COOKIE);
  const { secret } = cookie;
  const gone = () => {
    if (secret !== null) cookie.clear();
    return session?.account.emailVerified ? seeOther(returnPath ?? HOME_PATH) : again("gone");
  };
  if (secret === null) return gone();
  const pending = await findPendingVerification(context);
  if (pending === null) return gone();
  if (session !== null) requireSameEmail(context, pending, session);
  if (session === null) await requireMadeForEmail(fields, pending.email);
  const attempt = await limitAttempts(context, pending.email);

  const codeCheck = await checkCode(context.services.database, PURPOSE, secret, form.code, context.now);
  if (codeCheck.outcome !== "right")
    context.log("code-refused", {
      reason: codeCheck.outcome,
      userId: codeCheck.outcome === "gone" ? null : codeCheck.row.user_id,
    });
  if (codeCheck.outcome === "gone") return gone();
  if (codeCheck.outcome !== "right") return again(codeCheck.outcome, codeCheck.row.email);
  const verification = await verify(context, codeCheck, attempt);
  if (verification === null) return gone();
  return signInHere(context, verification, returnPath);
}

export async function submitResend(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const session = await requireSameVisitor(context, fields);
  if (session?.account.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  const row = await findPendingVerification(context);
  if (session === null && row !== null) await requireMadeForEmail(fields, row.email);
  if (session) {
    const { id: userId, email } = session.account;
    await requestVerification(context, { email, userId, hashedPassword: null }, returnPath);
  } else if (row?.user_id != null) {
    await requestVerification(context, { email: row.email, userId: row.user_id, hashedPassword: null }, returnPath);
  } else if (row?.hashed_password != null) {
    const { email, hashed_password: hashedPassword } = row;
    await requestVerification(context, { email, userId: null, hashedPassword }, returnPath);
  } else {
    return noPendingVerification(context, returnPath);
  }
  context.cookies.notify(CODE_SENT);
  return seeOther(withReturnPath(PATH, returnPath));
}

export async function showVerifyLink(context: Context, link: ShownLink): Promise<Response> {
  const asksPassword = link.session === null && !(await isRequesterBrowser(context, link));
  return html(renderDocument(<VerifyLinkPage {...describeLinkPage(context, link)} {...{ asksPassword }} />));
}

export async function submitVerifyLink(context: Context, link: UsableLink): Promise<Response | null> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { row, session } = link;
  const isRequester = await isRequesterBrowser(context, link);
  const signedInHere = session !== null && session.account.id === row.user_id;
  const password = fields.text("password");
  let isFailureLogged = false;
  const check = (email: string, typed: string) => {
    isFailureLogged = true;
    return checkPassword(context, email, typed, { byLink: true });
  };
  const checksSignupPassword = row.hashed_password !== null && !isRequester && !signedInHere && password !== "";
  const attempt = checksSignupPassword ? await limitAttempts(context, row.email) : null;
  const passwordCheck =
    isRequester || signedInHere
      ? "right"
      : password === ""
        ? "missing"
        : await checkRequesterPassword(context.services.database, row, password, check);
  if (passwordCheck !== "right") {
    const problem = passwordCheck;
    if (problem !== "missing" && !isFailureLogged) context.log("wrong-password", { userId: row.user_id });
    const page = <VerifyLinkPage {...describeLinkPage(context, link)} asksPassword problem={problem} />;
    return html(renderDocument(page), 422);
  }
  const verification = await verify(context, link, attempt);
  if (verification === null) return null;
  if (isRequester) return signInHere(context, verification, returnPath);
  if (signedInHere) {
    context.cookies.notify("email-verified");
    return seeOther(returnPath ?? HOME_PATH);
  }
  context.cookies.notify("verified");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}

function describeLinkPage(
  { locale, returnPath, url }: Context,
  { email, session }: ShownLink,
): Pick<VerifyLinkPageProps, "locale" | "action" | "email" | "madeFor" | "returnPath"> {
  return { locale, action: url.pathname, email, madeFor: session?.account.id ?? NOBODY, returnPath };
}

/** Returns the session. Throws HttpError 409 if the form was rendered for an account other than the signed-in one. */
async function requireSameVisitor(context: Context, fields: FormFields): Promise<Session | null> {
  const session = await context.session.read();
  if (session === null || fields.madeFor === NOBODY) return session;
  if (fields.madeFor !== (await madeForEmail(session.account.email))) requireSameAccount(context, fields, session);
  return session;
}

/** Throws HttpError 409 if the form was rendered for a different email than this browser is verifying now. */
async function requireMadeForEmail({ madeFor }: FormFields, email: string): Promise<void> {
  if (madeFor === null || madeFor === NOBODY || madeFor === (await madeForEmail(email))) return;
  throw new HttpError("form-for-other-email");
}

/**
 * Responds if this browser has no pending verification, most likely because it was completed in another browser. Throws
 * HttpError 403 if the browser blocks cookies.
 */
function noPendingVerification(context: Context, returnPath: string | null): Response {
  requireCookies(context);
  const cookie = context.cookies.get(VERIFY_COOKIE);
  if (cookie.secret !== null) cookie.clear();
  context.cookies.notify(cookie.secret === null ? "nothing-to-verify" : "used-elsewhere");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}

/**
 * Returns the pending verification that this browser requested, or null. Throws HttpError 429 if the limit by ip is
 * reached, and HttpError 403 if another page embeds this one.
 */
async function findPendingVerification(context: Context): Promise<OneTimeTokenRow | null> {
  const { secret } = context.cookies.get(VERIFY_COOKIE);
  if (secret === null) return null;
  await rateLimitReading(context);
  return peekBrowserToken(context.services.database, PURPOSE, secret, context.now);
}

/** Consumes the token of a link or a correct code. Returns null if it is gone. Refunds `attempt` if it is not null. */
async function verify(
  context: Context,
  { row }: UsableLink | RightCode,
  attempt: Attempt | null,
): Promise<Verified | null> {
  const verification = await verifyEmail(context.services.database, context.services.users, row, causeOf(context));
  if (verification.outcome === "gone") return null;
  announce(context, verification.event);
  const { replacedUserId } = verification;
  if (replacedUserId !== null) context.log("account-deleted", { userId: replacedUserId });
  // Someone else may have had an unverified account with this email. The devices of that account are forgotten.
  if (verification.event.type === "signed-up") context.devices.trustOnlyThisDevice(row.email, attempt);
  else context.devices.trustThisDevice(row.email, attempt);
  return verification;
}

async function isRequesterBrowser(context: Context, { browserHash }: ShownLink): Promise<boolean> {
  const { secret } = context.cookies.get(VERIFY_COOKIE);
  return secret !== null && (await hashSecret(secret)) === browserHash;
}

/** Signs in with the mailed code or link. A session of the same account keeps its other proofs. */
async function signInHere(context: Context, verification: Verified, returnPath: string | null): Promise<Response> {
  const session = await context.session.read();
  const account = verification.account ?? (await context.services.auth.readAccount(verification.userId));
  const proof = prove("email", context.now);
  const evidence = session?.account.id === account.id ? withProof(session.evidence, proof) : ([proof] as const);
  context.cookies.notify("email-verified");
  if (!verification.hasPassword) {
    const isNew = { event: "signed-in", isNewDevice: false, returnPath: firstPasskeyPath(returnPath) } as const;
    return signIn(context, { account, evidence: withProof(evidence, prove("no-factor", context.now)), ...isNew });
  }
  return signIn(context, { account, evidence, event: "signed-in", isNewDevice: false, returnPath });
}
