import { HOME_PATH } from "../../access.ts";
import { peekBrowserToken, peekToken, tryCode } from "../../auth/one-time-tokens.ts";
import { hashSecret, isSecret } from "../../auth/secrets.ts";
import { isAskersPassword, verifyAddress } from "../../auth/verification.ts";
import type { Context } from "../../context.ts";
import { html, seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { forgiveGuess, knowOnlyThisDevice, requireGuessAllowance } from "../../limits.ts";
import { checkPassword } from "../../password-check.ts";
import { requestVerification, VERIFY_COOKIE } from "../../request-verification.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { DeadLinkPage } from "../../views/dead-link-page.tsx";
import { renderDocument } from "../../views/document.tsx";
import { type CodeProblem, parseCode } from "./form.ts";
import { VerifyEmailPage, VerifyLinkPage } from "./page.tsx";
import { WORDS } from "./words.ts";

const PURPOSE = "verify-email";
const PATH = "/auth/verify-email";

export async function showVerifyEmail(context: Context): Promise<Response> {
  const [session, row] = await Promise.all([context.session(), askedFor(context)]);
  const { returnPath, view } = context;
  if (session?.user.emailVerified) return seeOther(returnPath ?? HOME_PATH);
  const email = session?.user.email ?? row?.email;
  if (email === undefined) return nothingAsked(context, returnPath);
  const { mailViewerUrl } = context.config;
  const sent = row?.email === email;
  return html(renderDocument(<VerifyEmailPage {...{ view, email, sent, returnPath, mailViewerUrl }} />));
}

export async function submitVerifyEmail(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const { mailViewerUrl } = context.config;
  const again = (problem: CodeProblem, email?: string) =>
    html(
      renderDocument(
        <VerifyEmailPage {...{ view: context.view, email, problem, sent: true, returnPath, mailViewerUrl }} />,
      ),
      422,
    );

  const form = parseCode(fields);
  if (!form.ok) return again(form.problem, (await askedFor(context))?.email);
  const gone = async () => ((await isVerifiedAlready(context)) ? seeOther(returnPath ?? HOME_PATH) : again("gone"));
  const { secret } = context.cookie(VERIFY_COOKIE);
  if (secret === null) return gone();
  const asked = await askedFor(context);
  if (asked === null) return gone();
  await requireGuessAllowance(context, asked.email);

  const trial = await tryCode(context.database, PURPOSE, secret, form.code, context.now);
  if (trial.outcome !== "right")
    context.log("code-refused", { reason: trial.outcome, userId: trial.outcome === "gone" ? null : trial.row.user_id });
  if (trial.outcome === "gone") return gone();
  if (trial.outcome !== "right") return again(trial.outcome, trial.row.email);
  const userId = await verify(context, trial.row);
  if (userId === null) return gone();
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
    return nothingAsked(context, returnPath);
  }
  return seeOther(withReturnPath(PATH, returnPath));
}

/** Shows a form and changes nothing: mail scanners open every link, some more than once. */
export async function showVerifyLink(context: Context): Promise<Response> {
  const { params, view, returnPath } = context;
  const token = params["token"] ?? "";
  if (!isSecret(token)) return deadLink(context);
  const action = `${PATH}/${token}`;
  if (context.cookie(VERIFY_COOKIE).secret !== null || (await context.session()) !== null) {
    return html(renderDocument(<VerifyLinkPage {...{ view, action, returnPath }} />));
  }
  const row = await peekToken(context.database, PURPOSE, token, context.now);
  if (row === null) return deadLink(context);
  return html(renderDocument(<VerifyLinkPage foreign={row.email} {...{ view, action, returnPath }} />));
}

export async function submitVerifyLink(context: Context): Promise<Response> {
  const fields = await context.form();
  const { returnPath } = fields;
  const token = context.params["token"] ?? "";
  const [session, row] = await Promise.all([
    context.session(),
    isSecret(token) ? peekToken(context.database, PURPOSE, token, context.now) : null,
  ]);
  const gone = () => (session?.user.emailVerified ? seeOther(returnPath ?? HOME_PATH) : deadLink(context));
  if (row === null) return gone();

  const asker = await isAskersBrowser(context, row);
  const signedInHere = session !== null && session.user.userId === row.user_id;
  const password = fields.text("password");
  const check = (email: string, typed: string) => checkPassword(context, email, typed);
  const ofSignup = row.hashed_password !== null && !asker && !signedInHere && password !== "";
  if (ofSignup) await requireGuessAllowance(context, row.email);
  if (!asker && !signedInHere && !(await isAskersPassword(context.database, row, password, check))) {
    const problem = password === "" ? "missing" : "wrong";
    const action = `${PATH}/${token}`;
    return html(
      renderDocument(<VerifyLinkPage foreign={row.email} {...{ view: context.view, action, problem, returnPath }} />),
      422,
    );
  }
  const userId = await verify(context, row);
  if (userId === null) return gone();
  if (asker) await signInHere(context, userId);
  if (!asker && !signedInHere) return seeOther(withReturnPath("/auth/signin?notice=verified", returnPath));
  return seeOther(returnPath ?? HOME_PATH);
}

async function isVerifiedAlready(context: Context): Promise<boolean> {
  return (await context.session())?.user.emailVerified === true;
}

/** Where this browser has asked for nothing, or for something that counts no more. */
function nothingAsked(context: Context, returnPath: string | null): Response {
  if (context.cookie(VERIFY_COOKIE).secret === null) return seeOther(withReturnPath("/auth/signin", returnPath));
  return deadLink(context);
}

/** The live request for verification of this browser. */
async function askedFor(context: Context): Promise<OneTimeTokenRow | null> {
  const { secret } = context.cookie(VERIFY_COOKIE);
  return secret === null ? null : peekBrowserToken(context.database, PURPOSE, secret, context.now);
}

async function verify(context: Context, row: OneTimeTokenRow): Promise<string | null> {
  const verification = await verifyAddress(context.database, context.users, row, context.now);
  if (verification.outcome === "gone") return null;
  context.record(verification.userId, verification.event);
  const { replacedUserId } = verification;
  if (replacedUserId !== null) {
    context.log("account-deleted", { userId: replacedUserId });
    context.defer(() => context.sessions.endOthers(replacedUserId, null));
  }
  // Somebody else may have had the address without verifying it. It was never theirs, nor are the tries of their devices.
  if (verification.event === "signed-up") knowOnlyThisDevice(context, row.email);
  else forgiveGuess(context, row.email);
  return verification.userId;
}

async function isAskersBrowser(context: Context, row: OneTimeTokenRow): Promise<boolean> {
  const { secret } = context.cookie(VERIFY_COOKIE);
  return secret !== null && (await hashSecret(secret)) === row.browser_hash;
}

async function signInHere(context: Context, userId: string): Promise<void> {
  await context.signIn(userId, null);
  context.record(userId, "signed-in");
  context.cookie(VERIFY_COOKIE).clear();
}

function deadLink({ view }: Context): Response {
  const words = WORDS[view.language];
  const ways = [
    { href: "/auth/signin", label: words.signin },
    { href: "/auth/signup", label: words.signup },
  ];
  const page = <DeadLinkPage view={view} title={words.deadTitle} message={words.dead} ways={ways} />;
  return html(renderDocument(page), 410);
}
