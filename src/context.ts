import type { Session } from "lucia";
import { type Auth, createAuth } from "./auth/lucia.ts";
import { endOf } from "./auth/session-adapter.ts";
import { userIdOf } from "./auth/session-id.ts";
import { startSession, validateSession } from "./auth/sessions.ts";
import type { Config } from "./config.ts";
import { readCookie, serializeCookie } from "./http/cookies.ts";
import { isLoopbackHttp } from "./http/origin.ts";
import { safeReturnPath } from "./http/return-path.ts";
import { describeError, log } from "./log.ts";
import { createDatabase, type Database } from "./store/database.ts";
import { createRedis, type Redis } from "./store/redis.ts";

/** What a request may use. Made once a request; what costs something is made when it is first asked for. */
export interface Context {
  readonly request: Request;
  readonly url: URL;
  /** In the answer's `X-Request-Id` and in every log line of this request. */
  readonly requestId: string;
  readonly config: Config;
  readonly database: Database;
  readonly redis: Redis;
  readonly auth: Auth;
  /** Epoch milliseconds when the request came in. */
  readonly now: number;
  /** `Set-Cookie` lines of the answer, if it succeeds. */
  readonly cookies: string[];
  /** Where the query says to go on after this flow, if that is a place of ours. */
  readonly returnPath: string | null;
  /** The session that the cookie opens, or null. One round trip, once. Throws StoreUnavailable if nobody can tell. */
  session(): Promise<Session | null>;
  /** Starts a session for `userId` and hands its cookie to the browser. */
  signIn(userId: string): Promise<void>;
  /** Ends the session of the cookie, dead or alive, and takes the cookie back. */
  signOut(): Promise<void>;
  /** Runs `work` after the answer; its failure is logged and nothing else. */
  defer(work: () => Promise<unknown>): void;
  log(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export function createContext(request: Request, config: Config, execution: ExecutionContext): Context {
  const url = new URL(request.url);
  const requestId = crypto.randomUUID();
  const now = Date.now();
  const cookies: string[] = [];
  const cookieName = isLoopbackHttp(url) ? "gatehouse" : "__Host-gatehouse";
  const setCookie = (value: string, expires: number) => {
    cookies.push(serializeCookie(cookieName, value, new Date(expires), !isLoopbackHttp(url)));
  };
  const logHere: Context["log"] = (event, fields = {}) => log(event, { requestId, ...fields });
  const defer: Context["defer"] = (work) =>
    execution.waitUntil(work().catch((error) => logHere("deferred-work-failed", describeError(error))));

  const database = once(() => createDatabase(config));
  const redis = once(() => createRedis(config));
  const auth = once(() => createAuth(database(), redis(), defer));
  const sessionId = once(() => {
    const value = readCookie(request, cookieName);
    return value !== null && userIdOf(value) !== null ? value : null;
  });
  const session = once(async () => {
    const id = sessionId();
    const found = id === null ? null : await validateSession(auth(), id);
    if (found?.fresh) setCookie(found.sessionId, sessionEnd(found));
    return found;
  });

  return {
    request,
    url,
    requestId,
    config,
    now,
    cookies,
    session,
    defer,
    log: logHere,
    returnPath: safeReturnPath(url.searchParams.getAll("redirectTo")),
    get database() {
      return database();
    },
    get redis() {
      return redis();
    },
    get auth() {
      return auth();
    },
    signIn: async (userId) => {
      const started = await startSession(auth(), userId, now);
      setCookie(started.sessionId, sessionEnd(started));
    },
    signOut: async () => {
      const id = sessionId();
      if (id !== null) await auth().invalidateSession(id);
      setCookie("", 0);
    },
  };
}

/** When the session ends if it is not used again, as epoch milliseconds. */
export function sessionEnd(session: Session): number {
  return endOf({ idle_expires: session.idlePeriodExpiresAt.getTime(), created_at: session.createdAt.getTime() });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
