import { SESSION_SEEN_MILLISECONDS } from "../auth/sessions/lifetimes.ts";
import type { ListedSession, Session } from "../auth/sessions/session.ts";
import { userIdOf } from "../auth/sessions/session-id.ts";
import { revokeToken } from "../auth/tokens/one-time-tokens.ts";
import { generateSecret, hashSecret } from "../auth/tokens/secrets.ts";
import { record } from "./audit-log.ts";
import type { Context } from "./context.ts";
import { RESET_COOKIE } from "./flow-cookies.ts";
import { once } from "./once.ts";
import { nextStep } from "./sign-in-steps.ts";

const ENDED_COOKIE = "ended";
const ENDED_COOKIE_SECONDS = 60;

/** The session of one request, by its cookie. */
export interface RequestSession {
  /** The user whose session the cookie claims to be. Only `read` knows whether it is. */
  readonly claimedUserId: string | null;
  /** The session that the cookie opens, or null. One round trip, once. Throws StoreUnavailable if nobody can tell. */
  read(): Promise<Session | null>;
  /** The same with all sessions of its account, alive or not, in the same round trip. For a page that asks no `read`. */
  readWithList(): Promise<{ readonly session: Session; readonly listed: readonly ListedSession[] } | null>;
  /**
   * Hands this browser a session that was just started, in place of the one that it had, which ends. Flows that it had
   * begun end with it: their cookies go, and the reset link that one of them holds is consumed.
   */
  replace(started: Session): void;
  /** Ends the session of the cookie, dead or alive, takes the cookie back, and ends flows as `replace` does if it was alive. */
  signOut(): Promise<void>;
  /** Takes the cookie back, and those of flows, without a word to any store, because its session is dead. */
  forget(): void;
}

export function createRequestSession(
  context: Pick<Context, "client" | "config" | "cookies" | "defer" | "log" | "now" | "services">,
): RequestSession {
  const { config, cookies, defer, now, services } = context;
  const { value } = cookies.session;
  const claimedUserId = userIdOf(value ?? "");
  const id = claimedUserId === null ? null : value;

  const consumeOwnReset = () => {
    const { secret } = cookies.get(RESET_COOKIE);
    if (secret !== null) defer(() => revokeToken(services.database, "reset-password", secret));
  };

  const forget = () => {
    cookies.session.clear();
    cookies.clearFlowCookies();
    // Makes browsers drop the pages they keep for Back: docs/decisions/0005-back-after-sign-out.md.
    cookies.get(ENDED_COOKIE).set(generateSecret(), ENDED_COOKIE_SECONDS);
  };

  /** Whether a live session opens pages. Notes that it was used, and sends the cookie of a renewed one again. */
  const isAccepted = (session: Session): boolean => {
    // One from before more was asked for, such as a verified email, is none until that is done.
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
      return session && isAccepted(session) ? session : null;
    }),

    readWithList: async () => {
      const found = id === null ? null : await services.auth.validateSessionWithList(id);
      return found && isAccepted(found.session) ? found : null;
    },

    replace: (started) => {
      if (id !== null) defer(() => services.sessions.end(id));
      cookies.session.set(started.id, started.expiresAt);
      consumeOwnReset();
      cookies.clearFlowCookies();
    },

    signOut: async () => {
      // Without a session nothing is asked of MySQL: this form is not counted.
      if (id !== null && claimedUserId !== null && (await services.sessions.end(id))) {
        record(context, claimedUserId, "signed-out", await hashSecret(id));
        consumeOwnReset();
      }
      forget();
    },

    forget,
  };
}
