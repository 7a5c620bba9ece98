import { type HttpError, SignedInAsOther } from "../http/refusals.ts";
import { withReturnPath } from "../http/return-path.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { HOME_PATH } from "../request/access.ts";
import type { Context } from "../request/context.ts";
import { VERIFY_COOKIE } from "../request/flow-cookies.ts";
import { pathWithoutLanguage } from "../request/read-page-view.ts";
import { ErrorPage, type SignOutWay } from "../views/error-page.tsx";
import type { Markup } from "../views/jsx-runtime.ts";
import { describeWait, WORDS } from "./refusal-words.ts";

const SIGN_OUT = "/auth/signout";

type Way = { readonly href: string; readonly label: string };

interface WaysOn {
  readonly ways: readonly Way[];
  readonly signOut?: SignOutWay;
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
  const { view, requestId } = context;
  const words = WORDS[view.language];
  const { title, message } = isSignOut(context, refusal) ? words.signOutPage : words.refusals[refusal.reason];
  const wait = describeWait(view.language, Number(refusal.headers["Retry-After"] ?? 0));
  const text = signedInAs === null ? message(wait, "") : message(wait, <strong>{readableEmail(signedInAs)}</strong>);
  return (
    <ErrorPage
      view={view}
      title={title}
      message={text}
      requestId={requestId}
      // The script is not served there either.
      enhanced={refusal.reason !== "wrong-host"}
      {...findWaysOn(context, refusal, signedInAs, canOpen)}
    />
  );
}

function findWaysOn(context: Context, refusal: HttpError, signedInAs: string | null, canOpen: boolean): WaysOn {
  const { request, url, view, returnPath } = context;
  const words = WORDS[view.language];
  const home = { href: "/", label: words.frontPage };
  const again = (label: string): Way =>
    request.method === "GET" || request.method === "HEAD"
      ? { href: url.pathname + url.search, label }
      : { href: withReturnPath(url.pathname, returnPath), label };
  const openAgain = canOpen ? again(words.openAgain) : home;

  switch (refusal.reason) {
    case "no-such-page":
      return { ways: [home] };
    case "wrong-method":
      if (isSignOut(context, refusal)) return { ways: [home], signOut: { label: words.signOut, returnPath } };
      return { ways: [openAgain] };
    case "plain-http":
      return { ways: [{ href: context.config.publicOrigin + url.pathname, label: words.openByHttps }] };
    case "wrong-host":
      return { ways: [{ href: `${context.config.publicOrigin}/`, label: words.frontPage }] };
    case "cookies-blocked":
      return { ways: [{ href: withReturnPath("/auth/signin", pathWithoutLanguage(url)), label: words.signIn }] };
    case "not-a-page":
      return { ways: [canOpen ? again(words.openPage) : home] };
    case "query-too-long":
      return { ways: [canOpen ? again(words.openPage) : home] };
    case "foreign-origin":
      if (url.pathname === SIGN_OUT) return { ways: [home], signOut: { label: words.signOut, returnPath } };
      return { ways: [openAgain] };
    case "malformed-form":
    case "form-too-large":
    case "not-a-form":
      return { ways: [openAgain] };
    case "cookies-too-large":
    case "too-busy":
    case "unavailable":
      return { ways: [canOpen ? again(words.tryAgain) : home] };
    case "too-many-forms":
    case "too-many-pages":
      return { ways: [openAgain, home].slice(0, canOpen ? 2 : 1) };
    case "too-many-guesses": {
      const recover = { href: withReturnPath("/auth/forgot-password", returnPath), label: words.resetPassword };
      return { ways: [recover, openAgain] };
    }
    case "too-many-mails":
      return { ways: waysAfterMails(context) };
    case "signed-in-as-other":
      return {
        ways: [continueAs(returnPath ?? HOME_PATH)],
        signOut: {
          label: words.signOutAndUse(
            refusal instanceof SignedInAsOther && refusal.email !== null ? readableEmail(refusal.email) : null,
          ),
          returnPath,
        },
      };
    case "form-for-other-account": {
      const there = withReturnPath(url.pathname, returnPath);
      return { ways: [continueAs(there)], signOut: { label: words.signOutAndUse(null), returnPath: there } };
    }
    case "link-for-other-account":
      return {
        ways: [continueAs(HOME_PATH)],
        signOut: { label: words.signOutAndUse(null), returnPath: withReturnPath(url.pathname, returnPath) },
      };
    case "link-for-signup":
      return { ways: [continueAs(HOME_PATH)], signOut: { label: words.signOut, returnPath: null } };
    case "form-for-other-email":
      return { ways: [{ href: withReturnPath("/auth/verify-email", returnPath), label: words.continue }] };
    case "form-for-other-link":
      return {
        ways: [
          { href: withReturnPath("/auth/forgot-password", returnPath), label: words.askForLink },
          { href: withReturnPath(url.pathname, returnPath), label: words.useOpenLink },
        ],
      };
  }

  function continueAs(href: string): Way {
    return { href, label: signedInAs === null ? words.continue : words.continueAs(readableEmail(signedInAs)) };
  }
}

/** A typed or kept location of the form that signs out, which is not a page of its own: then this one is. */
function isSignOut({ url }: Context, { reason }: HttpError): boolean {
  return reason === "wrong-method" && url.pathname === SIGN_OUT;
}

/** Mails are on their way, so the way on is to use the newest of them, or to recover the account by another kind of mail. */
function waysAfterMails(context: Context): readonly Way[] {
  const { route, view, returnPath } = context;
  const words = WORDS[view.language];
  if (route?.path === "/app/account/email") return [{ href: "/app/account", label: words.account }];
  if (route?.path === "/auth/forgot-password") {
    return [{ href: withReturnPath("/auth/signin", returnPath), label: words.signIn }];
  }
  const hasCode = context.cookies.get(VERIFY_COOKIE).secret !== null;
  const enterCode = { href: withReturnPath("/auth/verify-email", returnPath), label: words.enterCode };
  const next =
    context.session.claimedUserId === null
      ? { href: withReturnPath("/auth/forgot-password", returnPath), label: words.resetPassword }
      : { href: returnPath ?? HOME_PATH, label: words.continue };
  return hasCode ? [enterCode, next] : [next];
}
