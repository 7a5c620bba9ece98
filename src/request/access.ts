import { admitToHashing } from "../auth/credentials/password/hash-queue.ts";
import type { ListedSession, Session } from "../auth/sessions/session.ts";
import { readEmail } from "../forms/email.ts";
import { sourceOf } from "../http/client.ts";
import type { FormFields } from "../http/form-body.ts";
import { HttpError, SignedInAsOther } from "../http/refusals.ts";
import { seeOther } from "../http/responses.ts";
import { safeReturnPath, withReturnPath } from "../http/return-path.ts";
import type { Context } from "./context.ts";
import { limitByIp, limitReadingByIp } from "./limits/ip.ts";
import { pathWithoutLanguage } from "./read-locale.ts";

/** Where signed-in people belong when nothing else is asked for. */
export const HOME_PATH = "/app";

export type Handler = (context: Context) => Response | Promise<Response>;

/** For pages that belong to someone. It does not compile where nobody need be signed in. */
export type OwnerHandler = (context: Context, session: Session) => Response | Promise<Response>;

declare const guarded: unique symbol;

/** A handler about which it has been said who may enter. The site map takes no other. */
export type GuardedHandler = Handler & { readonly [guarded]: true };

export function anyone(handler: Handler): GuardedHandler {
  return handler as GuardedHandler;
}

/** For forms that anybody may send: as many from one source as the limit allows. */
export function rateLimited(handler: Handler): GuardedHandler {
  return withPostedForm(async (context) => {
    await countReading(context);
    return handler(context);
  });
}

/**
 * Counts by source what reads a row because a link or a cookie of a flow says so, once it has the shape of one. Returns the
 * session, which is looked up at the same time. Throws the 429 page, and HttpError where a page elsewhere loads it as its own part.
 */
export function countReading(context: Context): Promise<Session | null> {
  return countWhile(context, () => context.session.read());
}

async function countWhile<T>(context: Context, read: () => Promise<T>): Promise<T> {
  const isForm = context.request.method === "POST";
  if (!isForm) requireNavigation(context.request);
  const [found] = await Promise.all([read(), isForm ? limitByIp(context) : limitReadingByIp(context)]);
  return found;
}

/** Refuses what a page elsewhere loads as its own part, such as a picture: people open these pages, in a window of their own. */
function requireNavigation({ headers }: Request): void {
  const destination = headers.get("Sec-Fetch-Dest");
  if (destination !== null && destination !== "document") throw new HttpError("not-a-page");
}

/**
 * For sign-in and sign-up. Redirects signed-in visitors to where they want to go, unless they sent the form for another
 * email: throws SignedInAsOther then. `showToMember` may have a page for them.
 */
export function guestOnly(
  handler: Handler,
  showToMember: (context: Context, session: Session) => Response | null = () => null,
): GuardedHandler {
  return withPostedForm(async (context, posted) => {
    const [session] = await Promise.all([context.session.read(), countWithSession(context, posted)]);
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
 * Redirects everybody else to sign in, and from there back to where they were going. Forms are counted by source. Throws
 * HttpError 409 if a form was made for another account than the one that is signed in by now.
 */
export function signedIn(handler: OwnerHandler): GuardedHandler {
  return withPostedForm(async (context, posted) => {
    const [session] = await Promise.all([context.session.read(), countWithSession(context, posted)]);
    if (!session) return redirectToSignIn(context);
    requireSameAccount(context, posted, session);
    return handler(context, session);
  });
}

/**
 * The same for a page that shows what `load` reads about its owner. Nothing is read before the session is known: a made-up
 * cookie costs the look-up of a session, and is counted by its source.
 */
export function signedInWith<T>(
  load: (context: Context, session: Session) => Promise<T>,
  handler: (context: Context, session: Session, loaded: T) => Response | Promise<Response>,
): GuardedHandler {
  const guardedHandler = signedIn(async (context, session) => handler(context, session, await load(context, session)));
  return anyone(async (context) => {
    if (context.session.claimedUserId !== null) await countReading(context);
    return guardedHandler(context);
  });
}

/** The same for a page that lists its owner's sessions, which are read with the one that asks, in one round trip. */
export function signedInWithSessions(
  handler: (context: Context, session: Session, listed: readonly ListedSession[]) => Response | Promise<Response>,
): GuardedHandler {
  return anyone(async (context) => {
    if (context.session.claimedUserId === null) return redirectToSignIn(context);
    const found = await countWhile(context, () => context.session.readWithList());
    return found ? handler(context, found.session, found.listed) : redirectToSignIn(context);
  });
}

/**
 * Throws HttpError 409 if `posted` was made for another account than that of `session`. A form that does not say for whom
 * it was made comes from a client that renders none of ours, and means the session that it sends.
 */
export function requireSameAccount(context: Context, posted: FormFields | null, session: Session): void {
  const madeFor = posted?.madeFor ?? null;
  if (madeFor === null || madeFor === session.account.id) return;
  logNotTheOwner(context, session.account.id);
  throw new HttpError("form-for-other-account");
}

/** Logs that somebody asked for what is another account's. `userId`: whose session it was. */
export function logNotTheOwner({ log, route }: Context, userId: string): void {
  log("not-the-owner", { userId, route: route?.path ?? null });
}

/**
 * Leads to the sign-in page. Where that has led here after a right password and no cookie came along, the browser keeps none,
 * and the form would only come again.
 */
function redirectToSignIn(context: Context): Response {
  requireCookies(context);
  // Nobody can tell whether the form was meant for whoever signs in now, so nothing is done.
  if (context.request.method === "POST") context.cookies.notify("session-ended");
  // Longer than a return path may be, it would lead to a sign-in page that is refused for its query.
  return seeOther(withReturnPath("/auth/signin", safeReturnPath([pathWithoutLanguage(context.url)])));
}

/** Throws HttpError 403 if a sign-in page of ours led here and the browser has kept none of the cookies that it was given. */
export function requireCookies({ request, url, cookies }: Context): void {
  const [referrer] = (request.headers.get("Referer") ?? "").split("?", 1);
  if (!cookies.wereSent && SIGN_IN_PAGES.some((path) => referrer === url.origin + path)) {
    throw new HttpError("cookies-blocked");
  }
}

const SIGN_IN_PAGES = ["/auth/signin", "/auth/signup", "/auth/verify-email"];

/** A form for which a session is looked up has reached a store by that, whatever becomes of it. */
async function countWithSession(context: Context, posted: FormFields | null): Promise<void> {
  if (posted !== null && context.session.claimedUserId !== null) await limitByIp(context);
}

/**
 * Reads the form of a POST before anybody asks who sent it: what is no form is refused. One with a password is refused, too,
 * while more passwords wait than can be hashed in time.
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
    return admitToHashing(ip === null ? null : sourceOf(ip), () => next(context, form));
  });
}
