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
import { anyone, countReading, type GuardedHandler, type Handler, withPostedForm } from "./access.ts";
import type { Context } from "./context.ts";

/** A kind of mailed link, and what all of its routes have in common. */
export interface MailedLink {
  readonly purpose: Purpose;
  /** Where the token is kept after the link was opened. Without one it stands in the path, as `:token`. */
  readonly carrier?: LinkCarrier;
  /** Throws HttpError 409 if the link is not for the account that is signed in. */
  readonly requireOwner?: (context: Context, owner: LinkOwner, session: Session) => void;
  /** Whether a live link is good for anything. Absent: every one is. */
  readonly isGood?: (context: Context, owner: LinkOwner) => boolean;
  /** Where a form goes whose link has done its work already, such as one that is sent twice; null: the link is dead. */
  readonly findWorkDone?: (context: Context, session: Session) => Response | null;
  /** What is said of a dead link. `session`: null also where it was not looked up. */
  readonly describeDead: (context: Context, session: Session | null) => DeadLinkMessage;
}

/** Whom a link is for: an account, or an email that has none yet. */
export type LinkOwner = Pick<OneTimeTokenRow, "user_id" | "email">;

/** Takes the token out of the link, so that it stands in no location bar, history or referrer. */
export interface LinkCarrier {
  readonly cookie: string;
  readonly seconds: number;
  /** Of the page with the form. */
  readonly path: string;
  /** What is said where the form comes without the cookie. */
  readonly describeMissing: (context: Context) => DeadLinkMessage;
}

export type CarriedLink = MailedLink & { readonly carrier: LinkCarrier };

export type DeadLinkMessage = Omit<DeadLinkPageProps, "locale">;

/** What a page may know of a live link. Nothing that consumes a link accepts it. */
export interface ShownLink {
  readonly email: string;
  /** The hash of the secret in the cookie of the browser that asked for the mail. */
  readonly browserHash: string | null;
  /** Whom a form is made for that acts on this link. */
  readonly madeFor: string;
  /** The session of the request; null if nobody is signed in. */
  readonly session: Session | null;
}

declare const usable: unique symbol;

/** A live link whose form was sent, and so may be consumed. Only `usesLink` makes one. */
export interface UsableLink extends ShownLink {
  readonly row: OneTimeTokenRow;
  readonly [usable]: true;
}

declare const linkPage: unique symbol;
declare const linkForm: unique symbol;

/** A handler of GET which cannot consume the link that it shows. The site map takes no other where a path holds a token. */
export type LinkPageHandler = GuardedHandler & { readonly [linkPage]: true };

/** A handler of POST which may consume a link. No `GuardedHandler`, so that the site map refuses it for GET. */
export type LinkFormHandler = Handler & { readonly [linkForm]: true };

/**
 * Shows the page of a live link and changes nothing: mail scanners open every link, some more than once. What has not the
 * shape of a token is answered before any store is asked, anything else is counted by its source.
 */
export function showsLink(
  kind: MailedLink,
  handler: (context: Context, link: ShownLink) => Response | Promise<Response>,
): LinkPageHandler {
  return anyone(async (context) => {
    const token = readToken(context, kind);
    if (token === null) return answerWithoutToken(context, kind);
    const session = await countReading(context);
    const row = await readRow(context, kind, token, session);
    return row === null ? answerDead(context, kind, session) : handler(context, shownLink(row, session));
  }) as LinkPageHandler;
}

/**
 * Takes the form of that page, counted by its source. `handler` may consume the link; where another request was first it
 * returns null, which is answered as for any dead link.
 */
export function usesLink(
  kind: MailedLink,
  handler: (context: Context, link: UsableLink) => Promise<Response | null>,
): LinkFormHandler {
  const guarded: Handler = withPostedForm(async (context) => {
    const session = await countReading(context);
    const token = readToken(context, kind);
    if (token === null) return answerWithoutToken(context, kind);
    if (kind.carrier !== undefined) await requireSameLink(await context.form(), token);
    const row = await readRow(context, kind, token, session);
    const link = row && ({ ...shownLink(row, session), row } as UsableLink);
    const response = link && (await handler(context, link));
    return response ?? (session && kind.findWorkDone?.(context, session)) ?? answerDead(context, kind, session);
  });
  return guarded as LinkFormHandler;
}

/** Moves the token of a mailed link into a cookie, and goes on to the page with the form. No store is asked. */
export function carriesLink(kind: CarriedLink): LinkPageHandler {
  const { cookie, seconds, path } = kind.carrier;
  return anyone((context) => {
    const token = tokenOfPath(context);
    if (token === null) return answerDead(context, kind, null);
    context.cookies.get(cookie).set(token, seconds);
    return seeOther(withReturnPath(path, context.returnPath));
  }) as LinkPageHandler;
}

function readToken(context: Context, { carrier }: MailedLink): string | null {
  return carrier === undefined ? tokenOfPath(context) : context.cookies.get(carrier.cookie).secret;
}

function tokenOfPath({ route }: Context): string | null {
  const token = route?.params["token"] ?? "";
  return isSecret(token) ? token : null;
}

async function readRow(
  context: Context,
  { purpose, isGood, requireOwner }: MailedLink,
  token: string,
  session: Session | null,
): Promise<OneTimeTokenRow | null> {
  const row = await peekToken(context.services.database, purpose, token, context.now);
  if (row === null || isGood?.(context, row) === false) return null;
  if (session !== null) requireOwner?.(context, row, session);
  return row;
}

function shownLink(row: OneTimeTokenRow, session: Session | null): ShownLink {
  return { email: row.email, browserHash: row.browser_hash, madeFor: madeForLink(row.token_hash), session };
}

/** Two links in two tabs share the cookie: the form of one must not act on the other's account. Throws HttpError 409. */
async function requireSameLink({ madeFor }: FormFields, token: string): Promise<void> {
  if (madeFor !== null && madeFor !== madeForLink(await hashSecret(token))) throw new HttpError("form-for-other-link");
}

/** A damaged link, or a form that was carried here without its link: to another browser, or after the flow had ended. */
function answerWithoutToken(context: Context, kind: MailedLink): Response {
  const { carrier } = kind;
  return carrier === undefined ? answerDead(context, kind, null) : answer(context, carrier.describeMissing(context));
}

/** The one answer for every dead link. The cookie that holds it goes. */
function answerDead(context: Context, kind: MailedLink, session: Session | null): Response {
  if (kind.carrier !== undefined) context.cookies.get(kind.carrier.cookie).clear();
  return answer(context, kind.describeDead(context, session));
}

function answer({ locale }: Context, text: DeadLinkMessage): Response {
  return html(renderDocument(<DeadLinkPage locale={locale} {...text} />), 410);
}
