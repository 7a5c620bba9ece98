import type { Defer } from "../auth/accounts/user-cache.ts";
import type { Config } from "../config/config.ts";
import { type ClientInfo, describeClient } from "../http/client.ts";
import { type FormFields, readForm } from "../http/form-body.ts";
import type { BoundedRequest } from "../http/request-bounds.ts";
import { safeReturnPath } from "../http/return-path.ts";
import type { RequestLocale } from "../i18n/language.ts";
import { type Cookies, createCookies } from "./cookies.ts";
import { createDeferredWork, type Execution } from "./deferred-work.ts";
import { createKnownDevices, type KnownDevices } from "./known-devices.ts";
import { createLimiter, type Limiter } from "./limits/limiter.ts";
import { createLog } from "./log.ts";
import { once } from "./once.ts";
import { readLocale } from "./read-locale.ts";
import { createRequestSession, type RequestSession } from "./request-session.ts";
import { createServices, type Services } from "./services.ts";

/** What a request may use. Made once a request; what costs something is made when it is first asked for. */
export interface Context {
  readonly request: Request;
  readonly url: URL;
  /** The route that answers; null where there is none. */
  readonly route: MatchedRoute | null;
  /** In the answer's `X-Request-Id` and in every log line of this request. */
  readonly requestId: string;
  /** Epoch milliseconds when the request came in. */
  readonly now: number;
  /** Where the request comes from. */
  readonly client: ClientInfo;
  /** For whom pages and mails are made. */
  readonly locale: RequestLocale;
  /** The form that was sent. Throws HttpError where it is none, before any store is asked. */
  form(): Promise<FormFields>;
  /** Where to go on after this flow, if that is a place of ours: as the form says that was read, or else the query. */
  readonly returnPath: string | null;
  readonly config: Config;
  readonly services: Services;
  readonly cookies: Cookies;
  readonly session: RequestSession;
  /** For which accounts this browser is a known device. */
  readonly devices: KnownDevices;
  /** Counts what this request attempts. */
  readonly limits: Limiter;
  /** Runs work once the answer is made; its failure is logged and nothing else. */
  readonly defer: Defer;
  log(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface OpenContext {
  readonly context: Context;
  /** For the router, once the answer is made: starts what was deferred, and whatever that defers. */
  runDeferred(): void;
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
 * Makes the context of one request, which `route` answers. An oversized request is treated as one without a query and
 * without cookies.
 */
export function createContext(
  received: ReceivedRequest,
  route: MatchedRoute | null,
  config: Config,
  execution: Execution,
): OpenContext {
  const { request, url } = received;
  const requestId = crypto.randomUUID();
  const now = Date.now();
  const write = createLog(config.metrics);
  const log: Context["log"] = (event, fields = {}) => write(event, { requestId, ...fields });
  const { defer, run: runDeferred } = createDeferredWork(execution, log);
  const cookies = createCookies(received, now);

  const queriedReturnPath = once(() => safeReturnPath(url.searchParams.getAll("redirectTo")));
  let sentReturnPath: string | null = null;
  const form = once(async () => {
    const fields = await readForm(request);
    sentReturnPath = fields.returnPath;
    return fields;
  });
  const client = once(() => describeClient(request));
  const locale = once(() => readLocale(request, url, cookies.chosenLanguage));
  const session = once(() => createRequestSession(context));
  const devices = once(() => createKnownDevices(context));
  const limits = once(() => createLimiter(context));

  const context: Context = {
    request,
    url,
    route,
    requestId,
    now,
    form,
    config,
    services: createServices(config, defer),
    cookies,
    defer,
    log,
    get client() {
      return client();
    },
    get locale() {
      return locale();
    },
    get returnPath() {
      return sentReturnPath ?? queriedReturnPath();
    },
    get session() {
      return session();
    },
    get devices() {
      return devices();
    },
    get limits() {
      return limits();
    },
  };
  return { context, runDeferred };
}
