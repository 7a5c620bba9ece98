import { isSecret } from "../auth/tokens/secrets.ts";
import { readCookies, serializeCookie } from "../http/cookies.ts";
import { isLoopbackHttp } from "../http/origin.ts";
import type { ReceivedRequest } from "./context.ts";
import { FLOW_COOKIES, NOTICE_COOKIE, NOTICE_COOKIE_SECONDS } from "./flow-cookies.ts";
import { requestedLanguage } from "./read-locale.ts";

const LANGUAGE_COOKIE = "lang";
/** Browsers keep none for longer than 400 days. */
const LANGUAGE_COOKIE_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

/** The cookies that a browser sent, and those that the answer sets. */
export interface Cookies {
  /** Whether the browser sent any. */
  readonly wereSent: boolean;
  readonly session: SessionCookie;
  /**
   * A cookie of this service besides the session's, such as the one that ties a mailed code to this browser. One without
   * the right shape reads as absent.
   */
  get(name: string, hasShape?: (value: string) => boolean): SecretCookie;
  /** Clears what flows have left in this browser. */
  clearFlowCookies(): void;
  /** What the page before had to say, if it was one of ours; shown once by the page that knows it. */
  readonly notice: string | null;
  /** Has the next page say something. */
  notify(notice: string): void;
  /** The notice, if this page is one that shows it; it is not shown again. */
  takeNotice<Notice extends string>(isShownHere: (notice: string | null) => notice is Notice): Notice | undefined;
  /** The language that was chosen before, as the browser says; null if none was. */
  readonly chosenLanguage: string | null;
  /** The `Set-Cookie` line that keeps the language asked for, on every page and on the way to one; null if none was. */
  readonly languageLine: string | null;
  /** The other `Set-Cookie` lines of the answer. */
  lines(): Iterable<string>;
  /** Sets none of what was to be set: the answer is no success. */
  reset(): void;
}

export interface SessionCookie {
  /** As it was sent, whatever its shape; null if it is absent. */
  readonly value: string | null;
  /** `expires` is epoch milliseconds. */
  set(value: string, expires: number): void;
  clear(): void;
}

export interface SecretCookie {
  /** Null if it is absent, or has not the shape that was asked for: by default that of a secret. */
  readonly secret: string | null;
  set(secret: string, lifetimeSeconds: number): void;
  clear(): void;
}

/** An oversized request is treated as one without cookies. `now` is epoch milliseconds. */
export function createCookies({ request, url, oversize }: ReceivedRequest, now: number): Cookies {
  // Not every browser takes the prefix or Secure over plain http, not even on loopback.
  const secure = !isLoopbackHttp(url);
  const sessionName = secure ? "__Host-gatehouse" : "gatehouse";
  const nameOf = (name: string) => `${sessionName}-${name}`;
  const sent = oversize === null ? readCookies(request) : new Map<string, string | null>();
  const lines = new Map<string, string>();
  const serialize = (name: string, value: string, expires: number) =>
    serializeCookie(name, value, { now, expires, secure });
  const set = (name: string, value: string, expires: number) => {
    lines.set(name, serialize(name, value, expires));
  };
  const clear = (name: string) => set(name, "", 0);

  const get: Cookies["get"] = (name, hasShape = isSecret) => {
    const fullName = nameOf(name);
    const value = sent.get(fullName) ?? null;
    return {
      secret: value !== null && hasShape(value) ? value : null,
      set: (secret, lifetimeSeconds) => set(fullName, secret, now + lifetimeSeconds * 1_000),
      clear: () => clear(fullName),
    };
  };

  const notice = sent.get(nameOf(NOTICE_COOKIE)) ?? null;
  const language = requestedLanguage(url);
  const chosenLanguage = sent.get(nameOf(LANGUAGE_COOKIE)) ?? null;
  return {
    wereSent: request.headers.has("Cookie"),
    session: {
      value: sent.get(sessionName) ?? null,
      set: (value, expires) => set(sessionName, value, expires),
      clear: () => clear(sessionName),
    },
    get,
    clearFlowCookies: () => {
      for (const name of FLOW_COOKIES) if (sent.has(nameOf(name))) clear(nameOf(name));
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
      language === null || language === chosenLanguage
        ? null
        : serialize(nameOf(LANGUAGE_COOKIE), language, now + LANGUAGE_COOKIE_MILLISECONDS),
    lines: () => lines.values(),
    reset: () => lines.clear(),
  };
}
