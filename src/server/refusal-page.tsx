import { type HttpError, SignedInAsOther } from "../http/refusals.ts";
import { withReturnPath } from "../http/return-path.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { HOME_PATH } from "../request/access.ts";
import type { Context } from "../request/context.ts";
import { VERIFY_COOKIE } from "../request/flow-cookies.ts";
import { pathWithoutLanguage } from "../request/read-locale.ts";
import { ErrorPage, type SignOutAction } from "../views/error-page.tsx";
import type { Refusal } from "../views/feedback.tsx";
import type { Markup } from "../views/jsx-runtime.ts";
import { messages as commonMessages } from "../views/messages.ts";
import { formatRetryAfter, messages } from "./refusal-messages.ts";

const SIGN_OUT = "/auth/signout";

type NavItem = { readonly href: string; readonly label: string };

interface NextActions {
  readonly actions: readonly NavItem[];
  readonly signOut?: SignOutAction;
}

/**
 * The page that says why a request was refused and what to do next. `signedInAs` is the email of the signed-in account,
 * if the refusal is about that account. `canOpen` says whether the requested path also has a page that can be opened
 * with GET.
 */
export function RefusalPage({
  context,
  refusal,
  signedInAs,
  canOpen,
}: {
  context: Context;
  refusal: HttpError;
  signedInAs: string | null;
  canOpen: boolean;
}): Markup {
  const { locale, requestId } = context;
  const text = messages[locale.language];
  const { title, message } = isSignOut(context, refusal) ? text.signOutPage : text.refusals[refusal.reason];
  const wait = renderWait(context, refusal);
  const refusalMessage =
    signedInAs === null ? message(wait, "") : message(wait, <strong>{readableEmail(signedInAs)}</strong>);
  return (
    <ErrorPage
      locale={locale}
      title={title}
      message={refusalMessage}
      requestId={requestId}
      // The script is refused on that host as well.
      standalone={refusal.reason === "wrong-host"}
      {...findNextActions(context, refusal, signedInAs, canOpen)}
    />
  );
}

/** Describes a refusal that passes, for the page of the form. That page is itself the first step that is offered. */
export function describeRefusal(context: Context, refusal: HttpError): Refusal {
  const { locale, requestId, url } = context;
  const { reason } = refusal;
  const text = messages[locale.language];
  const { title, message } = text.refusals[reason];
  const { actions } = findNextActions(context, refusal, null, false);
  return {
    reason,
    title,
    message: message(renderWait(context, refusal), ""),
    actions: actions.filter(({ href }) => href !== "/" && !url.pathname.startsWith(href.split("?", 1)[0] ?? "")),
    reference: [commonMessages[locale.language].reference, " ", <code>{requestId}</code>],
  };
}

/** The time until the next attempt, such as "5 minutes". The script counts it down, as "04:46 minutes". */
function renderWait({ locale: { language } }: Context, { headers }: HttpError): Markup {
  const seconds = Number(headers["Retry-After"] ?? 0);
  return (
    <span data-wait={seconds} data-minutes={formatRetryAfter(language, 120)}>
      {formatRetryAfter(language, seconds)}
    </span>
  );
}

function findNextActions(
  context: Context,
  refusal: HttpError,
  signedInAs: string | null,
  canOpen: boolean,
): NextActions {
  const { request, url, locale, returnPath } = context;
  const text = messages[locale.language];
  const home = { href: "/", label: text.frontPage };
  const sameLocation = (label: string): NavItem =>
    request.method === "GET" || request.method === "HEAD"
      ? { href: url.pathname + url.search, label }
      : { href: withReturnPath(url.pathname, returnPath), label };
  const openAgain = canOpen ? sameLocation(text.openAgain) : home;

  switch (refusal.reason) {
    case "no-such-page":
      return { actions: [home] };
    case "wrong-method":
      if (isSignOut(context, refusal)) return { actions: [home], signOut: { label: text.signOut, returnPath } };
      return { actions: [openAgain] };
    case "plain-http":
      return { actions: [{ href: context.config.publicOrigin + url.pathname, label: text.openByHttps }] };
    case "wrong-host":
      return { actions: [{ href: `${context.config.publicOrigin}/`, label: text.frontPage }] };
    case "cookies-blocked":
      return { actions: [{ href: withReturnPath("/auth/signin", pathWithoutLanguage(url)), label: text.signIn }] };
    case "not-a-page":
    case "query-too-long":
      return { actions: [canOpen ? sameLocation(text.openPage) : home] };
    case "foreign-origin":
      if (url.pathname === SIGN_OUT) return { actions: [home], signOut: { label: text.signOut, returnPath } };
      return { actions: [openAgain] };
    case "malformed-form":
    case "form-too-large":
    case "not-a-form":
      return { actions: [openAgain] };
    case "cookies-too-large":
    case "too-busy":
    case "unavailable":
      return { actions: [canOpen ? sameLocation(text.tryAgain) : home] };
    case "too-many-forms":
    case "too-many-pages":
    case "too-many-codes":
      return { actions: [openAgain, home].slice(0, canOpen ? 2 : 1) };
    case "too-many-attempts": {
      const recover = { href: withReturnPath("/auth/forgot-password", returnPath), label: text.resetPassword };
      return { actions: [recover, openAgain] };
    }
    case "too-many-mails":
      return { actions: actionsAfterMailLimit(context) };
    case "signed-in-as-other":
      return {
        actions: [continueAs(returnPath ?? HOME_PATH)],
        signOut: {
          label: text.signOutAndUse(
            refusal instanceof SignedInAsOther && refusal.email !== null ? readableEmail(refusal.email) : null,
          ),
          returnPath,
        },
      };
    case "form-for-other-account": {
      const formHref = withReturnPath(url.pathname, returnPath);
      return { actions: [continueAs(formHref)], signOut: { label: text.signOutAndUse(null), returnPath: formHref } };
    }
    case "link-for-other-account":
      return {
        actions: [continueAs(HOME_PATH)],
        signOut: { label: text.signOutAndUse(null), returnPath: withReturnPath(url.pathname, returnPath) },
      };
    case "link-for-signup":
      return { actions: [continueAs(HOME_PATH)], signOut: { label: text.signOut, returnPath: null } };
    case "form-for-other-email":
      return { actions: [{ href: withReturnPath("/auth/verify-email", returnPath), label: text.continue }] };
    case "form-for-other-link":
      return {
        actions: [
          { href: withReturnPath("/auth/forgot-password", returnPath), label: text.askForLink },
          { href: withReturnPath(url.pathname, returnPath), label: text.useOpenLink },
        ],
      };
  }

  function continueAs(href: string): NavItem {
    return { href, label: signedInAs === null ? text.continue : text.continueAs(readableEmail(signedInAs)) };
  }
}

/**
 * Whether the sign-out path was opened as a page, for example from a bookmark. It has no page of its own, so the error
 * page offers the form.
 */
function isSignOut({ url }: Context, { reason }: HttpError): boolean {
  return reason === "wrong-method" && url.pathname === SIGN_OUT;
}

/**
 * The messages were already sent. The visitor can use the newest one, or recover the account with a different message.
 */
function actionsAfterMailLimit(context: Context): readonly NavItem[] {
  const { route, locale, returnPath } = context;
  const text = messages[locale.language];
  if (route?.path === "/app/account/email") return [{ href: "/app/account", label: text.account }];
  if (route?.path === "/auth/forgot-password") {
    return [{ href: withReturnPath("/auth/signin", returnPath), label: text.signIn }];
  }
  const hasCode = context.cookies.get(VERIFY_COOKIE).secret !== null;
  const enterCode = { href: withReturnPath("/auth/verify-email", returnPath), label: text.enterCode };
  const next =
    context.session.claimedUserId === null
      ? { href: withReturnPath("/auth/forgot-password", returnPath), label: text.resetPassword }
      : { href: returnPath ?? HOME_PATH, label: text.verifyLater };
  return hasCode ? [enterCode, next] : [next];
}
