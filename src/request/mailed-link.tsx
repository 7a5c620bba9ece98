import type { Session } from "../auth/sessions/session.ts";
import { type Purpose, peekToken } from "../auth/tokens/one-time-tokens.ts";
import { hashSecret, isSecret } from "../auth/tokens/secrets.ts";
import { madeForLink } from "../forms/made-for.ts";
import type { FormFields } from "../http/form-body.ts";
import { HttpError } from "../http/refusals.ts";
import { html, seeOther } from "../http/responses.ts";
import { withReturnPath } from "../http/return-path.ts";
import type { OneTimeTokenRow } from "../store/schema.ts";
import { DeadLinkPage, type DeadLinkPageProps } from "../views/dead-link-page.tsx";
import { renderDocument } from "../views/document.tsx";
import { anyone, type GuardedHandler, type Handler, rateLimitReading, withPostedForm } from "./access.ts";
import type { Context } from "./context.ts";

/** A kind of mailed link, and the settings that all of its routes share. */
export interface MailedLink {
  readonly purpose: Purpose;
  /** The cookie that holds the token after the link was opened. If absent, the token stays in the path as `:token`. */
  readonly carrier?: LinkCarrier;
  /** Throws HttpError 409 if the link does not belong to the account that is signed in. */
  readonly requireOwner?: (context: Context, owner: LinkOwner, session: Session) => void;
  /** Returns whether a link that has not expired can be used. If absent, every such link can. */
  readonly isUsable?: (context: Context, owner: LinkOwner) => boolean;
  /**
   * Returns a redirect if the link has already had its effect, for example because its form was sent twice. Otherwise
   * returns null, and the dead-link page is shown.
   */
  readonly redirectIfDone?: (context: Context, session: Session) => Response | null;
  /** Returns the text of the dead-link page. `session` is also null if it was not looked up. */
  readonly describeDead: (context: Context, session: Session | null) => DeadLinkMessage;
}

/** The account that a link belongs to, or the email if there is no account yet. */
export type LinkOwner = Pick<OneTimeTokenRow, "user_id" | "email">;

/** Moves the token from the URL to a cookie, which keeps it out of the location bar, history and referrer. */
export interface LinkCarrier {
  readonly cookie: string;
  readonly seconds: number;
  /** The path of the page with the form. */
  readonly path: string;
  /** Returns the text of the page that is shown if the cookie is missing. */
  readonly describeMissing: (context: Context) => DeadLinkMessage;
}

export type CarriedLink = MailedLink & { readonly carrier: LinkCarrier };

export type DeadLinkMessage = Omit<DeadLinkPageProps, "locale">;

/** The part of a live link that a page may use. Functions that consume a link do not accept this type. */
export interface ShownLink {
  readonly email: string;
  /** The account of the link, or null if it has none yet. */
  readonly userId: string | null;
  /** The hash of the secret in the cookie of the browser that requested the link. */
  readonly browserHash: string | null;
  /** The value of the form field `madeFor`, which binds a form to this link. */
  readonly madeFor: string;
  /** The session of the request, or null if there is none. */
  readonly session: Session | null;
}

declare const usable: unique symbol;

/** A live link whose form was submitted, so that it may be consumed. Only `usesLink` creates one. */
export interface UsableLink extends ShownLink {
  readonly row: OneTimeTokenRow;
  readonly [usable]: true;
}

declare const linkPage: unique symbol;
declare const linkForm: unique symbol;

/** A GET handler that cannot consume its link. The route table accepts no other GET handler for a path with a token. */
export type LinkPageHandler = GuardedHandler & { readonly [linkPage]: true };

/** A POST handler that may consume a link. It is not a `GuardedHandler`, so the route table rejects it for GET. */
export type LinkFormHandler = Handler & { readonly [linkForm]: true };

/**
 * Shows the page of a live link without consuming the link, because mail scanners open every link, some more than once.
 * A token with an invalid shape is rejected without a call to a store. Other requests are rate-limited by IP.
 */
export function showsLink(
  kind: MailedLink,
  handler: (context: Context, link: ShownLink) => Response | Promise<Response>,
): LinkPageHandler {
  return anyone(async (context) => {
    const token = readToken(context, kind);
    if (token === null) return showMissingToken(context, kind);
    const session = await rateLimitReading(context);
    const row = await readRow(context, kind, token, session);
    return row === null ? showDeadLink(context, kind, session) : handler(context, toShownLink(row, session));
  }) as LinkPageHandler;
}

/**
 * Accepts the form of that page, rate-limited by IP. `handler` may consume the link. It returns null if another request
 * consumed the link first, and the response is then the same as for any dead link.
 */
export function usesLink(
  kind: MailedLink,
  handler: (context: Context, link: UsableLink) => Promise<Response | null>,
): LinkFormHandler {
  const guarded: Handler = withPostedForm(async (context) => {
    const session = await rateLimitReading(context);
    const token = readToken(context, kind);
    if (token === null) return showMissingToken(context, kind);
    if (kind.carrier !== undefined) await requireSameLink(await context.form(), token);
    const row = await readRow(context, kind, token, session);
    const link = row && ({ ...toShownLink(row, session), row } as UsableLink);
    const response = link && (await handler(context, link));
    return response ?? (session && kind.redirectIfDone?.(context, session)) ?? showDeadLink(context, kind, session);
  });
  return guarded as LinkFormHandler;
}

/** Moves the token of a mailed link to a cookie and redirects to the page with the form. Does not call a store. */
export function carriesLink(kind: CarriedLink): LinkPageHandler {
  const { cookie, seconds, path } = kind.carrier;
  return anyone((context) => {
    const token = tokenFromPath(context);
    if (token === null) return showDeadLink(context, kind, null);
    context.cookies.get(cookie).set(token, seconds);
    return seeOther(withReturnPath(path, context.returnPath));
  }) as LinkPageHandler;
}

function readToken(context: Context, { carrier }: MailedLink): string | null {
  return carrier === undefined ? tokenFromPath(context) : context.cookies.get(carrier.cookie).secret;
}

function tokenFromPath({ route }: Context): string | null {
  const token = route?.params["token"] ?? "";
  return isSecret(token) ? token : null;
}

async function readRow(
  context: Context,
  { purpose, isUsable, requireOwner }: MailedLink,
  token: string,
  session: Session | null,
): Promise<OneTimeTokenRow | null> {
  const row = await peekToken(context.services.database, purpose, token, context.now);
  if (row === null || isUsable?.(context, row) === false) return null;
  if (session !== null) requireOwner?.(context, row, session);
  return row;
}

function toShownLink(row: OneTimeTokenRow, session: Session | null): ShownLink {
  const { email, user_id: userId, browser_hash: browserHash } = row;
  return { email, userId, browserHash, madeFor: madeForLink(row.token_hash), session };
}

/**
 * Throws HttpError 409 if the form was rendered for a different link than the one in the cookie. Two links in two tabs
 * share the cookie, and the form of one must not change the account of the other.
 */
async function requireSameLink({ madeFor }: FormFields, token: string): Promise<void> {
  if (madeFor !== null && madeFor !== madeForLink(await hashSecret(token))) throw new HttpError("form-for-other-link");
}

/** Responds to a damaged link, or to a form without the cookie: in another browser, or after the flow has ended. */
function showMissingToken(context: Context, kind: MailedLink): Response {
  const { carrier } = kind;
  return carrier === undefined
    ? showDeadLink(context, kind, null)
    : renderDeadLink(context, carrier.describeMissing(context));
}

/** Shows the same page for every dead link, and clears the cookie that holds its token. */
function showDeadLink(context: Context, kind: MailedLink, session: Session | null): Response {
  if (kind.carrier !== undefined) context.cookies.get(kind.carrier.cookie).clear();
  return renderDeadLink(context, kind.describeDead(context, session));
}

function renderDeadLink({ locale }: Context, text: DeadLinkMessage): Response {
  return html(renderDocument(<DeadLinkPage locale={locale} {...text} />), 410);
}
