import { isSecret } from "../auth/tokens/secrets.ts";
import { readCookies, serializeCookie } from "../http/cookies.ts";
import { isLoopbackHttp } from "../http/origin.ts";
import type { ReceivedRequest } from "./context.ts";
import { FLOW_COOKIES, NOTICE_COOKIE, NOTICE_COOKIE_SECONDS } from "./flow-cookies.ts";
import { requestedLanguage } from "./read-locale.ts";

const LANGUAGE_COOKIE = "lang";
/** One year. Browsers keep cookies for at most 400 days. */
const LANGUAGE_COOKIE_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

/** The cookies that the browser sent, and the cookies that the response sets. */
export interface Cookies {
  /** Whether the browser sent any cookie. */
  readonly wereSent: boolean;
  readonly session: SessionCookie;
  /**
   * Returns another cookie of this service, such as the one that binds a mailed code to this browser. `hasShape`
   * validates its value. By default the value must have the shape of a secret. An invalid value reads as absent.
   */
  get(name: string, hasShape?: (value: string) => boolean): SecretCookie;
  /** Clears the cookies of unfinished flows, of all by default. */
  clearFlowCookies(names?: readonly string[]): void;
  /** The notice that an earlier response set for this page. Not validated; `takeNotice` checks it. */
  readonly notice: string | null;
  /** Sets a notice for the next page to show. */
  notify(notice: string): void;
  /** Returns the notice and clears its cookie if `isShownHere` accepts it. Otherwise returns undefined. */
  takeNotice<Notice extends string>(isShownHere: (notice: string | null) => notice is Notice): Notice | undefined;
  /** The value of the language cookie, not validated. Null if it is absent. */
  readonly chosenLanguage: string | null;
  /**
   * The `Set-Cookie` line that saves the language of `?lang=`, for pages and redirects. Null if there is nothing to
   * save.
   */
  readonly languageLine: string | null;
  /** The other `Set-Cookie` lines of the response. */
  lines(): Iterable<string>;
  /** Drops all cookies that the response would set, except the language, because the request failed. */
  reset(): void;
}

export interface SessionCookie {
  /** The value that the browser sent, not validated. Null if it is absent. */
  readonly value: string | null;
  /** `expires` is epoch milliseconds. */
  set(value: string, expires: number): void;
  clear(): void;
}

export interface SecretCookie {
  /** The value that the browser sent. Null if it is absent or does not have the expected shape. */
  readonly secret: string | null;
  set(secret: string, lifetimeSeconds: number): void;
  clear(): void;
}

/** Reads the cookies of a request. An oversized request is treated as if it had none. `now` is epoch milliseconds. */
export function createCookies({ request, url, oversize }: ReceivedRequest, now: number): Cookies {
  // Some browsers reject the `__Host-` prefix and `Secure` over plain http, even on loopback.
  const secure = !isLoopbackHttp(url);
  const sessionName = secure ? "__Host-gatehouse" : "gatehouse";
  const nameOf = (name: string) => `${sessionName}-${name}`;
  const sentCookies = oversize === null ? readCookies(request) : new Map<string, string | null>();
  const lines = new Map<string, string>();
  const serialize = (name: string, value: string, expires: number) =>
    serializeCookie(name, value, { now, expires, secure });
  const set = (name: string, value: string, expires: number) => {
    lines.set(name, serialize(name, value, expires));
  };
  const clear = (name: string) => set(name, "", 0);

  const get: Cookies["get"] = (name, hasShape = isSecret) => {
    const fullName = nameOf(name);
    const value = sentCookies.get(fullName) ?? null;
    return {
      secret: value !== null && hasShape(value) ? value : null,
      set: (secret, lifetimeSeconds) => set(fullName, secret, now + lifetimeSeconds * 1_000),
      clear: () => clear(fullName),
    };
  };

  const notice = sentCookies.get(nameOf(NOTICE_COOKIE)) ?? null;
  const urlLanguage = requestedLanguage(url);
  const chosenLanguage = sentCookies.get(nameOf(LANGUAGE_COOKIE)) ?? null;
  return {
    wereSent: request.headers.has("Cookie"),
    session: {
      value: sentCookies.get(sessionName) ?? null,
      set: (value, expires) => set(sessionName, value, expires),
      clear: () => clear(sessionName),
    },
    get,
    clearFlowCookies: (names = FLOW_COOKIES) => {
      for (const name of names) if (sentCookies.has(nameOf(name))) clear(nameOf(name));
    },
    notice,
    notify: (next) => get(NOTICE_COOKIE).set(next, NOTICE_COOKIE_SECONDS),
    takeNotice: (isShownHere) => {
      if (!isShownHere(notice)) return undefined;
      clear(nameOf(NOTICE_COOKIE));
      return notice;
    },
    chosenLanguage,
    languageLine:
      urlLanguage === null || urlLanguage === chosenLanguage
        ? null
        : serialize(nameOf(LANGUAGE_COOKIE), urlLanguage, now + LANGUAGE_COOKIE_MILLISECONDS),
    lines: () => lines.values(),
    reset: () => lines.clear(),
  };
}
