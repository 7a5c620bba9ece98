import { createUserCache, type UserCache } from "../auth/accounts/user-cache.ts";
import { type AccountEventType, isRecorded, recordEventLater } from "../auth/events/account-events.ts";
import { type Auth, createAuth } from "../auth/lucia/lucia.ts";
import { SESSION_SEEN_MILLISECONDS } from "../auth/sessions/lifetimes.ts";
import type { Session } from "../auth/sessions/session.ts";
import { userIdOf } from "../auth/sessions/session-id.ts";
import { createSessionStore, type SessionStore } from "../auth/sessions/store.ts";
import { revokeToken } from "../auth/tokens/one-time-tokens.ts";
import { generateSecret, hashSecret, isSecret } from "../auth/tokens/secrets.ts";
import type { Config } from "../config/config.ts";
import { type ClientInfo, describeClient } from "../http/client.ts";
import { readCookies, serializeCookie } from "../http/cookies.ts";
import { type FormFields, readForm } from "../http/form-body.ts";
import { isLoopbackHttp } from "../http/origin.ts";
import type { BoundedRequest } from "../http/request-bounds.ts";
import { safeReturnPath } from "../http/return-path.ts";
import type { PageView } from "../i18n/language.ts";
import { createMailer } from "../mail/create-mailer.ts";
import type { Mailer } from "../mail/mailer.ts";
import { createDatabase, type Database } from "../store/database.ts";
import { createRedis, type Redis } from "../store/redis.ts";
import { FLOW_COOKIES, NOTICE_COOKIE, NOTICE_COOKIE_SECONDS, RESET_COOKIE } from "./flow-cookies.ts";
import { createKnownDevices, type KnownDevices } from "./known-devices.ts";
import { createLimiter, type Limiter } from "./limits/limiter.ts";
import { createLog, describeError } from "./log.ts";
import { askedLanguage, readPageView } from "./read-page-view.ts";
import { nextStep } from "./sign-in-steps.ts";

/** What a request may use. Made once a request; what costs something is made when it is first asked for. */
export interface Context {
  readonly request: Request;
  readonly url: URL;
  /** The route that answers; null where there is none. */
  readonly route: MatchedRoute | null;
  /** In the answer's `X-Request-Id` and in every log line of this request. */
  readonly requestId: string;
  readonly config: Config;
  readonly database: Database;
  readonly redis: Redis;
  readonly auth: Auth;
  readonly users: UserCache;
  readonly sessions: SessionStore;
  readonly mailer: Mailer;
  /** For whom pages and mails are made. */
  readonly view: PageView;
  /** Where the request comes from. */
  readonly client: ClientInfo;
  /** Epoch milliseconds when the request came in. */
  readonly now: number;
  /** `Set-Cookie` lines of the answer, if it succeeds, by the names of the cookies. */
  readonly cookies: Map<string, string>;
  /** The `Set-Cookie` line that keeps the language asked for, on every page and on the way to one; null if none was. */
  readonly languageCookie: string | null;
  /** Where to go on after this flow, if that is a place of ours: as the form says that was read, or else the query. */
  readonly returnPath: string | null;
  /** The form that was sent. Throws HttpError where it is none, before any store is asked. */
  form(): Promise<FormFields>;
  /** The session that the cookie opens, or null. One round trip, once. Throws StoreUnavailable if nobody can tell. */
  session(): Promise<Session | null>;
  /** The user whose session the cookie claims to be. Only `session()` knows whether it is. */
  readonly claimedUserId: string | null;
  /** Whether the browser sent any cookie. */
  readonly hasCookies: boolean;
  /** What the page before had to say, if it was one of ours; shown once by the page that knows it. */
  readonly notice: string | null;
  /** Has the next page say something. */
  notify(notice: string): void;
  /** The notice, if this page is one that shows it; it is not shown again. */
  takeNotice<Notice extends string>(isShownHere: (notice: string | null) => notice is Notice): Notice | undefined;
  /**
   * A cookie of this service besides the session's, such as the one that ties a mailed code to this browser. One
   * without the right shape reads as absent.
   */
  cookie(name: string, hasShape?: (value: string) => boolean): FlowCookie;
  /** For which accounts this browser is a known device. */
  readonly devices: KnownDevices;
  /** Counts what this request attempts. */
  readonly limits: Limiter;
  /**
   * Hands this browser a session that was just started, in place of the one that it had, which ends. Flows that it had
   * begun end with it: their cookies go, and the reset link that one of them holds is consumed.
   */
  replaceSession(started: Session): void;
  /** Ends the session of the cookie, dead or alive, takes the cookie back, and ends flows as `replaceSession` does if it was alive. */
  signOut(): Promise<void>;
  /** Takes the cookie back, and those of flows, without a word to any store, because its session is dead. */
  forgetSession(): void;
  /**
   * Adds to the audit log of an account, once the answer is made, and to the log. `endedSession`: the hash of the session
   * that was ended by it.
   */
  record(userId: string, type: AccountEventType, endedSession?: string): void;
  /**
   * Runs `work` once the answer is made, if the trail then has this event of this request; asked for before it is made.
   * Whoever makes a change need not get an answer, and must not keep its owner from hearing of it.
   */
  deferIfRecorded(userId: string, type: AccountEventType, work: () => Promise<unknown>): void;
  /** Runs `work` once the answer is made; its failure is logged and nothing else. */
  defer(work: () => Promise<unknown>): void;
  log(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface FlowCookie {
  /** Null if it is absent, or has not the shape that was asked for: by default that of a secret. */
  readonly secret: string | null;
  set(secret: string, lifetimeSeconds: number): void;
  clear(): void;
}

/** Keeps the Worker running for work that outlives the answer. */
export interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

export interface MatchedRoute {
  /** As the site map writes it: what may stand in the log. */
  readonly path: string;
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>;
}

/** A request as it came in, and whether it is within its bounds. */
export interface ReceivedRequest extends BoundedRequest {
  readonly request: Request;
}

/**
 * Makes the context of one request. An oversized request is treated as one without a query and without cookies.
 * `runDeferred`: once the answer is made, starts what was deferred, and whatever that defers.
 */
export function createContext(
  { request, url, oversize }: ReceivedRequest,
  route: MatchedRoute | null,
  config: Config,
  execution: Execution,
): { readonly context: Context; readonly runDeferred: () => void } {
  const requestId = crypto.randomUUID();
  const now = Date.now();
  const cookies = new Map<string, string>();
  // Not every browser takes the prefix or Secure over plain http, not even on loopback.
  const secure = !isLoopbackHttp(url);
  const sessionCookie = secure ? "__Host-gatehouse" : "gatehouse";
  const serialize = (name: string, value: string, expires: number) =>
    serializeCookie(name, value, { now, expires, secure });
  const setCookie = (name: string, value: string, expires: number) => {
    cookies.set(name, serialize(name, value, expires));
  };
  const sent = oversize === null ? readCookies(request) : new Map<string, string | null>();
  const noticeCookie = `${sessionCookie}-${NOTICE_COOKIE}`;
  const notice = sent.get(noticeCookie) ?? null;
  const languageCookieName = `${sessionCookie}-lang`;
  const chosenLanguage = sent.get(languageCookieName) ?? null;
  const asked = askedLanguage(url);
  const view = once(() => readPageView(request, url, chosenLanguage));
  const write = createLog(config.metrics);
  const logHere: Context["log"] = (event, fields = {}) => write(event, { requestId, ...fields });
  const deferred: (() => Promise<unknown>)[] = [];
  const defer: Context["defer"] = (work) => void deferred.push(work);
  const runDeferred = () => {
    for (const work of deferred.splice(0)) {
      const run = () => work().catch((error) => logHere("deferred-work-failed", describeError(error)));
      execution.waitUntil(run().then(runDeferred));
    }
  };

  const queriedReturnPath = once(() => safeReturnPath(url.searchParams.getAll("redirectTo")));
  let sentReturnPath: string | null = null;
  const form = once(async () => {
    const fields = await readForm(request);
    sentReturnPath = fields.returnPath;
    return fields;
  });
  const database = once(() => createDatabase(config));
  const redis = once(() => createRedis(config));
  const users = once(() => createUserCache(database(), redis(), defer));
  const sessions = once(() => createSessionStore(redis()));
  const auth = once(() => createAuth(database(), sessions(), users(), defer));
  const client = once(() => describeClient(request));
  const mailer = once(() => createMailer(config));
  const sessionId = once(() => {
    const value = sent.get(sessionCookie) ?? null;
    return value !== null && userIdOf(value) !== null ? value : null;
  });
  const session = once(async () => {
    const id = sessionId();
    const found = id === null ? null : await auth().validateSession(id);
    // One from before more was asked for, such as a verified email, is none until that is done.
    if (found && nextStep(found.account, found.evidence, config) !== "done") return null;
    if (found && now - found.seenAt >= SESSION_SEEN_MILLISECONDS) {
      defer(() => sessions().update(found.id, found.stored, { seenAt: now }));
    }
    if (found?.isFresh) setCookie(sessionCookie, found.id, found.endsAt);
    return found;
  });

  const flowCookie: Context["cookie"] = (name, hasShape = isSecret) => {
    const fullName = `${sessionCookie}-${name}`;
    const value = sent.get(fullName) ?? null;
    return {
      secret: value !== null && hasShape(value) ? value : null,
      set: (secret, lifetimeSeconds) => setCookie(fullName, secret, now + lifetimeSeconds * 1_000),
      clear: () => setCookie(fullName, "", 0),
    };
  };
  const consumeOwnReset = () => {
    const { secret } = flowCookie(RESET_COOKIE);
    if (secret !== null) defer(() => revokeToken(database(), "reset-password", secret));
  };
  const clearFlowCookies = () => {
    for (const name of FLOW_COOKIES) if (sent.has(`${sessionCookie}-${name}`)) flowCookie(name).clear();
  };

  const devices = once(() => createKnownDevices(context));
  const limits = once(() => createLimiter(context));

  const context: Context = {
    request,
    url,
    route,
    requestId,
    config,
    now,
    cookies,
    languageCookie:
      asked === null || asked === chosenLanguage
        ? null
        : serialize(languageCookieName, asked, now + LANGUAGE_COOKIE_MILLISECONDS),
    session,
    form,
    defer,
    record: (userId, type, endedSession) => {
      logHere(type, { userId });
      defer(() => recordEventLater(database(), userId, type, client(), now, endedSession ?? null));
    },
    log: logHere,
    get returnPath() {
      return sentReturnPath ?? queriedReturnPath();
    },
    get database() {
      return database();
    },
    get redis() {
      return redis();
    },
    get auth() {
      return auth();
    },
    get users() {
      return users();
    },
    get sessions() {
      return sessions();
    },
    get client() {
      return client();
    },
    hasCookies: request.headers.has("Cookie"),
    notice,
    notify: (name) => setCookie(noticeCookie, name, now + NOTICE_COOKIE_SECONDS * 1_000),
    takeNotice: (isShownHere) => {
      if (!isShownHere(notice)) return undefined;
      setCookie(noticeCookie, "", 0);
      return notice;
    },
    get claimedUserId() {
      return userIdOf(sessionId() ?? "");
    },
    get mailer() {
      return mailer();
    },
    get view() {
      return view();
    },
    get devices() {
      return devices();
    },
    get limits() {
      return limits();
    },
    cookie: flowCookie,
    replaceSession: (started) => {
      const replaced = sessionId();
      if (replaced !== null) defer(() => sessions().end(replaced));
      setCookie(sessionCookie, started.id, started.endsAt);
      consumeOwnReset();
      clearFlowCookies();
    },
    deferIfRecorded: (userId, type, work) =>
      defer(async () => {
        if (await isRecorded(database(), userId, type, now)) await work();
      }),
    signOut: async () => {
      const id = sessionId();
      const userId = userIdOf(id ?? "");
      // Without a session nothing is asked of MySQL: this form is not counted.
      if (id !== null && userId !== null && (await sessions().end(id))) {
        context.record(userId, "signed-out", await hashSecret(id));
        consumeOwnReset();
      }
      context.forgetSession();
    },
    forgetSession: () => {
      setCookie(sessionCookie, "", 0);
      clearFlowCookies();
      // Makes browsers drop the pages they keep for Back: docs/decisions/0005-back-after-sign-out.md.
      context.cookie("ended").set(generateSecret(), ENDED_COOKIE_SECONDS);
    },
  };
  return { context, runDeferred };
}

const ENDED_COOKIE_SECONDS = 60;

/** Browsers keep none for longer than 400 days. */
const LANGUAGE_COOKIE_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
