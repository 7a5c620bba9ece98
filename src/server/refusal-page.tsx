import { type HttpError, SignedInAsOther } from "../http/refusals.ts";
import { withReturnPath } from "../http/return-path.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { HOME_PATH } from "../request/access.ts";
import type { Context } from "../request/context.ts";
import { VERIFY_COOKIE } from "../request/flow-cookies.ts";
import { pathWithoutLanguage } from "../request/read-locale.ts";
import { ErrorPage, type SignOutAction } from "../views/error-page.tsx";
import type { Markup } from "../views/jsx-runtime.ts";
import { formatRetryAfter, messages } from "./refusal-messages.ts";

const SIGN_OUT = "/auth/signout";

type NavItem = { readonly href: string; readonly label: string };

interface NextActions {
  readonly actions: readonly NavItem[];
  readonly signOut?: SignOutAction;
}

/**
 * The page that says why a request is refused and what to do next. `signedInAs`: the email of the account that is signed
 * in, where the refusal is about that; `canOpen`: whether the location that was asked for is a page, too.
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
  const wait = formatRetryAfter(locale.language, Number(refusal.headers["Retry-After"] ?? 0));
  const refusalMessage =
    signedInAs === null ? message(wait, "") : message(wait, <strong>{readableEmail(signedInAs)}</strong>);
  return (
    <ErrorPage
      locale={locale}
      title={title}
      message={refusalMessage}
      requestId={requestId}
      // The script is not served there either.
      enhanced={refusal.reason !== "wrong-host"}
      {...findNextActions(context, refusal, signedInAs, canOpen)}
    />
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
  const again = (label: string): NavItem =>
    request.method === "GET" || request.method === "HEAD"
      ? { href: url.pathname + url.search, label }
      : { href: withReturnPath(url.pathname, returnPath), label };
  const openAgain = canOpen ? again(text.openAgain) : home;

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
      return { actions: [canOpen ? again(text.openPage) : home] };
    case "query-too-long":
      return { actions: [canOpen ? again(text.openPage) : home] };
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
      return { actions: [canOpen ? again(text.tryAgain) : home] };
    case "too-many-forms":
    case "too-many-pages":
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
      const there = withReturnPath(url.pathname, returnPath);
      return { actions: [continueAs(there)], signOut: { label: text.signOutAndUse(null), returnPath: there } };
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

/** A typed or kept location of the form that signs out, which is not a page of its own: then this one is. */
function isSignOut({ url }: Context, { reason }: HttpError): boolean {
  return reason === "wrong-method" && url.pathname === SIGN_OUT;
}

/** Mails are on their way, so the way on is to use the newest of them, or to recover the account by another kind of mail. */
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
      : { href: returnPath ?? HOME_PATH, label: text.continue };
  return hasCode ? [enterCode, next] : [next];
}
