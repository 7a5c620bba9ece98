import { isAskersPassword, type Verified, verifyAddress } from "../../auth/operations/verify-email.ts";
import type { Session } from "../../auth/sessions/session.ts";
import { peekBrowserToken, peekToken, tryCode } from "../../auth/tokens/one-time-tokens.ts";
import { hashSecret, isSecret } from "../../auth/tokens/secrets.ts";
import { madeForEmail, NOBODY } from "../../forms/made-for.ts";
import { HttpError } from "../../http/errors.ts";
import type { FormFields } from "../../http/form-body.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import { countReading, HOME_PATH, requireCookies, requireSameAccount } from "../../request/access.ts";
import { causeOf } from "../../request/cause.ts";
import type { Context } from "../../request/context.ts";
import { VERIFY_COOKIE } from "../../request/flow-cookies.ts";
import { forgiveGuess, knowOnlyThisDevice, requireGuessAllowance } from "../../request/limits.ts";
import { checkPassword } from "../../request/password-check.ts";
import { requestVerification } from "../../request/request-verification.ts";
import { signIn } from "../../request/sign-in.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { DeadLinkPage } from "../../views/dead-link-page.tsx";
import { renderDocument } from "../../views/document.tsx";
import { type CodeProblem, parseCode } from "./form.ts";
import { VerifyEmailPage, VerifyLinkPage, type VerifyLinkPageProps } from "./page.tsx";
import { WORDS } from "./words.ts";

const PURPOSE = "verify-email";
const PATH = "/auth/verify-email";

export async function showVerifyEmail(context: Context): Promise<Response> {
  const [session, row] = await Promise.all([context.session(), askedFor(context)]);
  const { returnPath, view } = context;
  if (session?.account.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  const email = session?.account.email ?? row?.email;
  if (email === undefined) return nothingAsked(context, returnPath);
  const { mailViewerUrl } = context.config;
  const sent = row?.email === email;
  const madeFor = session?.account.id ?? (await madeForEmail(email));
  return html(renderDocument(<VerifyEmailPage {...{ view, email, sent, madeFor, returnPath, mailViewerUrl }} />));
}

/** What asks for another mail has no page of its own. */
export function redirectToVerifyEmail({ returnPath }: Context): Response {
  return seeOther(withReturnPath(PATH, returnPath));
}

export async function submitVerifyEmail(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { view } = context;
  const { mailViewerUrl } = context.config;
  const session = await requireSameVisitor(context, fields);
  const again = async (problem: CodeProblem, email?: string) => {
    const madeFor = session?.account.id ?? (email === undefined ? NOBODY : await madeForEmail(email));
    const props = { view, email, problem, sent: true, madeFor, returnPath, mailViewerUrl };
    return html(renderDocument(<VerifyEmailPage {...props} isMember={session !== null} />), 422);
  };

  const form = parseCode(fields);
  if (!form.ok) return again(form.problem, (await askedFor(context))?.email);
  const cookie = context.cookie(VERIFY_COOKIE);
  const { secret } = cookie;
  const gone = () => {
    if (secret !== null) cookie.clear();
    return session?.account.emailVerified ? seeOther(returnPath ?? HOME_PATH) : again("gone");
  };
  if (secret === null) return gone();
  const asked = await askedFor(context);
  if (asked === null) return gone();
  requireSameEmail(context, session, asked);
  if (session === null) await requireMadeForEmail(fields, asked.email);
  await requireGuessAllowance(context, asked.email);

  const trial = await tryCode(context.database, PURPOSE, secret, form.code, context.now);
  if (trial.outcome !== "right")
    context.log("code-refused", { reason: trial.outcome, userId: trial.outcome === "gone" ? null : trial.row.user_id });
  if (trial.outcome === "gone") return gone();
  if (trial.outcome !== "right") return again(trial.outcome, trial.row.email);
  const verification = await verify(context, trial.row);
  if (verification === null) return gone();
  return signInHere(context, verification, returnPath);
}

export async function submitResend(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const session = await requireSameVisitor(context, fields);
  if (session?.account.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  const row = await askedFor(context);
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
    return nothingAsked(context, returnPath);
  }
  return seeOther(withReturnPath(PATH, returnPath));
}

/** Shows a form and changes nothing: mail scanners open every link, some more than once. */
export async function showVerifyLink(context: Context): Promise<Response> {
  const { row, session } = await readLink(context);
  if (row === null) return deadLink(context, session);
  const asksPassword = session === null && !(await isAskersBrowser(context, row));
  return html(renderDocument(<VerifyLinkPage {...describeLinkPage(context, row, session)} {...{ asksPassword }} />));
}

export async function submitVerifyLink(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { row, session } = await readLink(context);
  if (row === null) return goneLink(context, session);

  const asker = await isAskersBrowser(context, row);
  const signedInHere = session !== null && session.account.id === row.user_id;
  const password = fields.text("password");
  let isLogged = false;
  const check = (email: string, typed: string) => {
    isLogged = true;
    return checkPassword(context, email, typed, { byLink: true });
  };
  const ofSignup = row.hashed_password !== null && !asker && !signedInHere && password !== "";
  if (ofSignup) await requireGuessAllowance(context, row.email);
  if (!asker && !signedInHere && !(await isAskersPassword(context.database, row, password, check))) {
    const problem = password === "" ? "missing" : "wrong";
    if (problem === "wrong" && !isLogged) context.log("wrong-password", { userId: row.user_id });
    const page = <VerifyLinkPage {...describeLinkPage(context, row, session)} asksPassword problem={problem} />;
    return html(renderDocument(page), 422);
  }
  const verification = await verify(context, row);
  if (verification === null) return goneLink(context, session);
  if (asker) return signInHere(context, verification, returnPath);
  if (signedInHere) return seeOther(returnPath ?? HOME_PATH);
  context.notify("verified");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}

/** The live link and who is signed in. Throws HttpError 409 where that is somebody else than the link is for. */
async function readLink(context: Context): Promise<{ row: OneTimeTokenRow | null; session: Session | null }> {
  const token = context.params["token"] ?? "";
  if (!isSecret(token)) return { row: null, session: null };
  const session = await countReading(context);
  const row = await peekToken(context.database, PURPOSE, token, context.now);
  if (row !== null) requireSameEmail(context, session, row);
  return { row, session };
}

function describeLinkPage(
  { view, returnPath, params }: Context,
  { email }: OneTimeTokenRow,
  session: Session | null,
): Pick<VerifyLinkPageProps, "view" | "action" | "email" | "madeFor" | "returnPath"> {
  return { view, action: `${PATH}/${params["token"]}`, email, madeFor: session?.account.id ?? NOBODY, returnPath };
}

/** Throws HttpError 409 if the form was made for another account than the one that is signed in, if any is. */
async function requireSameVisitor(context: Context, fields: FormFields): Promise<Session | null> {
  const session = await context.session();
  if (session === null || fields.madeFor === NOBODY) return session;
  if (fields.madeFor !== (await madeForEmail(session.account.email))) requireSameAccount(context, fields, session);
  return session;
}

/** Throws HttpError 409 if what is to be verified belongs to another account than the one that is signed in. */
function requireSameEmail(context: Context, session: Session | null, { user_id, email }: OneTimeTokenRow): void {
  if (session === null) return;
  const { account } = session;
  if (user_id === null ? account.email === email : account.id === user_id) return;
  context.log("not-the-owner", { userId: account.id, route: context.route });
  throw new HttpError(user_id === null ? "link-for-signup" : "link-for-other-account");
}

/** Throws HttpError 409 if a visitor's form was made for another email than the one that this browser verifies by now. */
async function requireMadeForEmail({ madeFor }: FormFields, email: string): Promise<void> {
  if (madeFor === null || madeFor === NOBODY || madeFor === (await madeForEmail(email))) return;
  throw new HttpError("form-for-other-email");
}

/** Where this browser has asked for nothing, or for something that counts no more: done in another browser, most likely. */
function nothingAsked(context: Context, returnPath: string | null): Response {
  requireCookies(context);
  const cookie = context.cookie(VERIFY_COOKIE);
  if (cookie.secret !== null) cookie.clear();
  context.notify(cookie.secret === null ? "nothing-to-verify" : "used-elsewhere");
  return seeOther(withReturnPath("/auth/signin", returnPath));
}

/** The live request for verification of this browser. */
async function askedFor(context: Context): Promise<OneTimeTokenRow | null> {
  const { secret } = context.cookie(VERIFY_COOKIE);
  if (secret === null) return null;
  await countReading(context);
  return peekBrowserToken(context.database, PURPOSE, secret, context.now);
}

async function verify(context: Context, row: OneTimeTokenRow): Promise<Verified | null> {
  const verification = await verifyAddress(context.database, context.users, row, causeOf(context));
  if (verification.outcome === "gone") return null;
  context.record(verification.userId, verification.event);
  const { replacedUserId } = verification;
  if (replacedUserId !== null) context.log("account-deleted", { userId: replacedUserId });
  // Somebody else may have had the address without verifying it. It was never theirs, nor are the tries of their devices.
  if (verification.event === "signed-up") knowOnlyThisDevice(context, row.email);
  else forgiveGuess(context, row.email);
  return verification;
}

async function isAskersBrowser(context: Context, row: OneTimeTokenRow): Promise<boolean> {
  const { secret } = context.cookie(VERIFY_COOKIE);
  return secret !== null && (await hashSecret(secret)) === row.browser_hash;
}

async function signInHere(context: Context, verification: Verified, returnPath: string | null): Promise<Response> {
  const account = verification.account ?? (await context.auth.readAccount(verification.userId));
  const evidence = [{ method: "email", at: context.now }] as const;
  return signIn(context, { account, evidence, event: "signed-in", returnPath });
}

/** A form sent twice is no dead end: the first has verified the email of the account that is signed in. */
function goneLink(context: Context, session: Session | null): Response {
  return session?.account.emailVerified ? seeOther(context.returnPath ?? HOME_PATH) : deadLink(context, session);
}

function deadLink(context: Context, session: Session | null): Response {
  const { view, returnPath } = context;
  const words = WORDS[view.language];
  const onwards = { href: returnPath ?? HOME_PATH };
  const guest = [
    { href: withReturnPath("/auth/signin", returnPath), label: words.signin },
    { href: withReturnPath("/auth/signup", returnPath), label: words.signup },
  ];
  // A damaged link is not looked up, and nor is the session: that there is a cookie of one must do.
  const member = session === null ? words.continue : words.continueAs(readableEmail(session.account.email));
  const ways = session === null && context.claimedUserId === null ? guest : [{ ...onwards, label: member }];
  const page = <DeadLinkPage view={view} title={words.deadTitle} message={words.dead} ways={ways} />;
  return html(renderDocument(page), 410);
}
