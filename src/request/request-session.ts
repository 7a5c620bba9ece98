import { SESSION_SEEN_MILLISECONDS } from "../auth/sessions/lifetimes.ts";
import type { ListedSession, Session } from "../auth/sessions/session.ts";
import { userIdOf } from "../auth/sessions/session-id.ts";
import { revokeToken } from "../auth/tokens/one-time-tokens.ts";
import { generateSecret, hashSecret } from "../auth/tokens/secrets.ts";
import { record } from "./audit-log.ts";
import type { Context } from "./context.ts";
import { CONFIRM_COOKIE, RESET_COOKIE } from "./flow-cookies.ts";
import { once } from "./once.ts";
import { nextStep } from "./sign-in-steps.ts";

const ENDED_COOKIE = "ended";
const ENDED_COOKIE_SECONDS = 60;

/** The session of one request, identified by its cookie. */
export interface RequestSession {
  /**
   * The user id in the session cookie, not verified: only `read` verifies it. Null if there is no well-formed cookie.
   */
  readonly claimedUserId: string | null;
  /**
   * Returns the valid session of the cookie, or null. Uses one round trip, and later calls return the same result.
   * Throws StoreUnavailable.
   */
  read(): Promise<Session | null>;
  /**
   * Like `read`, but also returns all sessions of the account, including invalid ones, in the same round trip. Not
   * cached. For a page that does not call `read`.
   */
  readWithList(): Promise<{ readonly session: Session; readonly listed: readonly ListedSession[] } | null>;
  /**
   * Sets the cookie of a session that was just started, and ends the previous session of this browser. Also ends
   * unfinished flows: clears their cookies, and revokes the reset link that one of them holds.
   */
  replace(started: Session): void;
  /** Like `replace` for the same sign-in, with a new secret: flows that are not finished go on, except for a confirmation. */
  renew(started: Session): void;
  /**
   * Ends the session of the cookie, valid or not, and clears the cookies of the session and of unfinished flows.
   * Revokes the reset link like `replace`, but only if the session existed. Throws StoreUnavailable.
   */
  signOut(): Promise<void>;
  /**
   * Clears the cookies of the session and of unfinished flows without calling a store, because the session has ended.
   */
  forget(): void;
}

export function createRequestSession(
  context: Pick<Context, "client" | "config" | "cookies" | "defer" | "log" | "now" | "services">,
): RequestSession {
  const { config, cookies, defer, now, services } = context;
  const { value } = cookies.session;
  const claimedUserId = userIdOf(value ?? "");
  const id = claimedUserId === null ? null : value;

  const revokeResetLink = () => {
    const { secret } = cookies.get(RESET_COOKIE);
    if (secret !== null) defer(() => revokeToken(services.database, "reset-password", secret));
  };

  const renew = (started: Session) => {
    if (id !== null) defer(() => services.sessions.end(id));
    cookies.session.set(started.id, started.expiresAt);
  };

  const forget = () => {
    cookies.session.clear();
    cookies.clearFlowCookies();
    // Makes browsers drop the pages they cached for Back: docs/decisions/0005-back-after-sign-out.md.
    cookies.get(ENDED_COOKIE).set(generateSecret(), ENDED_COOKIE_SECONDS);
  };

  /**
   * Returns whether a valid session has completed every step of the sign-in. If so, records when it was used, and sets
   * the cookie again if its expiry was extended.
   */
  const acceptSession = (session: Session): boolean => {
    // A session may be older than the setting that requires a step, such as a verified email. It is rejected
    // until that step is done.
    if (nextStep(session.account, session.evidence, config) !== "done") return false;
    if (now - session.seenAt >= SESSION_SEEN_MILLISECONDS) {
      defer(() => services.sessions.noteSeen(session.id, session.stored, now));
    }
    if (session.isFresh) cookies.session.set(session.id, session.expiresAt);
    return true;
  };

  return {
    claimedUserId,

    read: once(async () => {
      const session = id === null ? null : await services.auth.validateSession(id);
      return session && acceptSession(session) ? session : null;
    }),

    readWithList: async () => {
      const result = id === null ? null : await services.auth.validateSessionWithList(id);
      return result && acceptSession(result.session) ? result : null;
    },

    replace: (started) => {
      renew(started);
      revokeResetLink();
      cookies.clearFlowCookies();
    },

    renew: (started) => {
      renew(started);
      cookies.clearFlowCookies([CONFIRM_COOKIE]);
    },

    signOut: async () => {
      // Calls MySQL only if there was a session, because this form is not rate-limited.
      if (id !== null && claimedUserId !== null && (await services.sessions.end(id))) {
        record(context, claimedUserId, "signed-out", await hashSecret(id));
        revokeResetLink();
      }
      forget();
    },

    forget,
  };
}
