import { admitToHashing } from "../auth/credentials/password/hash-queue.ts";
import type { ListedSession, Session } from "../auth/sessions/session.ts";
import { readEmail } from "../forms/email.ts";
import { ipNetworkOf } from "../http/client.ts";
import type { FormFields } from "../http/form-body.ts";
import { HttpError, SignedInAsOther } from "../http/refusals.ts";
import { seeOther } from "../http/responses.ts";
import { safeReturnPath, withReturnPath } from "../http/return-path.ts";
import type { Context } from "./context.ts";
import { limitByIp, limitReadingByIp } from "./limits/ip.ts";
import { pathWithoutLanguage } from "./read-locale.ts";

/** Where signed-in visitors are redirected if there is no return path. */
export const HOME_PATH = "/app";

export type Handler = (context: Context) => Response | Promise<Response>;

/** A handler that needs a session. The type system rejects it on a route that is open to signed-out visitors. */
export type OwnerHandler = (context: Context, session: Session) => Response | Promise<Response>;

declare const guarded: unique symbol;

/** A handler with an access rule. The route table accepts no other kind. */
export type GuardedHandler = Handler & { readonly [guarded]: true };

/** Runs `handler` for every visitor, without a rate limit. */
export function anyone(handler: Handler): GuardedHandler {
  return handler as GuardedHandler;
}

/** For forms that every visitor may send, rate-limited by IP. */
export function rateLimited(handler: Handler): GuardedHandler {
  return withPostedForm(async (context) => {
    await rateLimitReading(context);
    return handler(context);
  });
}

/**
 * Rate-limits by IP a request that reads a row named by a link or a flow cookie. Callers check the shape of the token
 * first. Returns the session, which is read at the same time. Throws HttpError 429 if the limit is reached, and
 * HttpError 403 if a GET does not come from a top-level navigation.
 */
export function rateLimitReading(context: Context): Promise<Session | null> {
  return rateLimitWhile(context, () => context.session.read());
}

async function rateLimitWhile<T>(context: Context, read: () => Promise<T>): Promise<T> {
  const isForm = context.request.method === "POST";
  if (!isForm) requireNavigation(context.request);
  const [result] = await Promise.all([read(), isForm ? limitByIp(context) : limitReadingByIp(context)]);
  return result;
}

/**
 * Throws HttpError 403 if another page embeds this one, for example as an image or in a frame. These pages are only
 * opened on their own.
 */
function requireNavigation({ headers }: Request): void {
  const destination = headers.get("Sec-Fetch-Dest");
  if (destination !== null && destination !== "document") throw new HttpError("not-a-page");
}

/**
 * For sign-in and sign-up. Redirects signed-in visitors to the return path. Throws SignedInAsOther if they sent the
 * form with another email. `showToMember` may return a page to show to signed-in visitors instead of the redirect.
 */
export function guestOnly(
  handler: Handler,
  showToMember: (context: Context, session: Session) => Response | null = () => null,
): GuardedHandler {
  return withPostedForm(async (context, posted) => {
    const [session] = await Promise.all([context.session.read(), limitFormWithSessionCookie(context, posted)]);
    if (!session) return handler(context);
    requireSameEmail(posted, session);
    return (posted === null ? showToMember(context, session) : null) ?? seeOther(context.returnPath ?? HOME_PATH);
  });
}

function requireSameEmail(posted: FormFields | null, session: Session): void {
  if (posted === null || posted.text("email") === "") return;
  const email = readEmail(posted);
  if (email.ok && email.email === session.account.email) return;
  throw new SignedInAsOther(email.ok ? email.email : null);
}

/**
 * Redirects signed-out visitors to the sign-in page, with this page as the return path. Forms are rate-limited by IP.
 * Throws HttpError 409 if the form was rendered for a different account than the one that is signed in now.
 */
export function signedIn(handler: OwnerHandler): GuardedHandler {
  return withPostedForm(async (context, posted) => {
    const [session] = await Promise.all([context.session.read(), limitFormWithSessionCookie(context, posted)]);
    if (!session) return redirectToSignIn(context);
    requireSameAccount(context, posted, session);
    return handler(context, session);
  });
}

/**
 * Like `signedIn`, for a page that shows data which `load` reads for the signed-in account. `load` runs only after the
 * session was found. A forged cookie therefore costs only one session look-up, and that is rate-limited by IP.
 */
export function signedInWith<T>(
  load: (context: Context, session: Session) => Promise<T>,
  handler: (context: Context, session: Session, loaded: T) => Response | Promise<Response>,
): GuardedHandler {
  const handleSignedIn = signedIn(async (context, session) => handler(context, session, await load(context, session)));
  return anyone(async (context) => {
    if (context.session.claimedUserId !== null) await rateLimitReading(context);
    return handleSignedIn(context);
  });
}

/**
 * Like `signedIn`, for a page that lists all sessions of the account. Reads them together with the session of this
 * request, in one round trip. Rate-limited by IP.
 */
export function signedInWithSessions(
  handler: (context: Context, session: Session, listed: readonly ListedSession[]) => Response | Promise<Response>,
): GuardedHandler {
  return anyone(async (context) => {
    if (context.session.claimedUserId === null) return redirectToSignIn(context);
    const result = await rateLimitWhile(context, () => context.session.readWithList());
    return result ? handler(context, result.session, result.listed) : redirectToSignIn(context);
  });
}

/**
 * Throws HttpError 409 if `posted` was rendered for a different account than the one of `session`. A form without the
 * field `madeFor` comes from a client that does not render our pages. It applies to the account of the session.
 */
export function requireSameAccount(context: Context, posted: FormFields | null, session: Session): void {
  const madeFor = posted?.madeFor ?? null;
  if (madeFor === null || madeFor === session.account.id) return;
  logWrongAccount(context, session.account.id);
  throw new HttpError("form-for-other-account");
}

/** Logs that a request tried to act on another account. `userId` is the account of the request's session. */
export function logWrongAccount({ log, route }: Context, userId: string): void {
  log("not-the-owner", { userId, route: route?.path ?? null });
}

/**
 * Redirects to the sign-in page. Throws HttpError 403 if the visitor has just signed in and the browser sent no cookie.
 * Such a browser blocks cookies, and a redirect would only show the sign-in form again.
 */
function redirectToSignIn(context: Context): Response {
  requireCookies(context);
  // The form is discarded, because the next sign-in may be to another account.
  if (context.request.method === "POST") context.cookies.notify("session-ended");
  else if (context.session.claimedUserId !== null) context.cookies.notify("session-over");
  // Drops a path that is too long. It would make the query of the sign-in page too long as well, and that page would
  // fail.
  return seeOther(withReturnPath("/auth/signin", safeReturnPath([pathWithoutLanguage(context.url)])));
}

/** Throws HttpError 403 if the referrer is one of our sign-in pages and the browser sent no cookie at all. */
export function requireCookies({ request, url, cookies }: Context): void {
  const [referrer] = (request.headers.get("Referer") ?? "").split("?", 1);
  if (!cookies.wereSent && SIGN_IN_PAGES.some((path) => referrer === url.origin + path)) {
    throw new HttpError("cookies-blocked");
  }
}

const SIGN_IN_PAGES = ["/auth/signin", "/auth/signup", "/auth/verify-email"];

/**
 * Rate-limits a form by IP if it has a session cookie, because looking up that session already costs a call to a store.
 */
async function limitFormWithSessionCookie(context: Context, posted: FormFields | null): Promise<void> {
  if (posted !== null && context.session.claimedUserId !== null) await limitByIp(context);
}

/**
 * Reads the form of a POST before `next` looks up the session, and passes null for other methods. Throws HttpError if
 * the body is not a valid form, and HashQueueFull if the form has a password and too many passwords are waiting to be
 * hashed.
 */
export function withPostedForm(
  next: (context: Context, posted: FormFields | null) => Promise<Response>,
): GuardedHandler {
  return anyone(async (context) => {
    if (context.request.method !== "POST") return next(context, null);
    const form = await context.form();
    const hasPassword = form.text("password") !== "" || form.text("currentPassword") !== "";
    if (!hasPassword) return next(context, form);
    const { ip } = context.client;
    return admitToHashing(ip === null ? null : ipNetworkOf(ip), () => next(context, form));
  });
}
