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

/** The state and services of one request. Members that are expensive to create are created on first use. */
export interface Context {
  readonly request: Request;
  readonly url: URL;
  /** The matched route, or null if there is none. */
  readonly route: MatchedRoute | null;
  /** Sent as `X-Request-Id` and included in every log line of this request. */
  readonly requestId: string;
  /** When the request arrived, as epoch milliseconds. */
  readonly now: number;
  /** The IP, country, browser and platform of the client. */
  readonly client: ClientInfo;
  /** The language of pages and email messages. */
  readonly locale: RequestLocale;
  /** Reads the submitted form, once. Throws HttpError if the body is not a valid form. Does not call a store. */
  form(): Promise<FormFields>;
  /**
   * The path to redirect to after this flow, from the form if it was read, otherwise from the query. Null if there is
   * none.
   */
  readonly returnPath: string | null;
  readonly config: Config;
  readonly services: Services;
  readonly cookies: Cookies;
  readonly session: RequestSession;
  /** The accounts that this browser is a known device of. */
  readonly devices: KnownDevices;
  /** Counts this request against limits. */
  readonly limits: Limiter;
  /** Runs work after the response was created. If the work fails, the error is only logged. */
  readonly defer: Defer;
  log(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface OpenContext {
  readonly context: Context;
  /**
   * Starts the deferred work, including work that it defers in turn. The router calls this once the response was
   * created.
   */
  runDeferred(): void;
}

export interface MatchedRoute {
  /** The path pattern from the route table. Unlike the URL, it is safe to log. */
  readonly path: string;
  /** The values of the named path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether the path can be opened with GET. */
  readonly hasPage: boolean;
}

/** A request together with its checked URL. */
export interface ReceivedRequest extends BoundedRequest {
  readonly request: Request;
}

/**
 * Creates the context of one request to `route`. An oversized request is treated as if it had no query and no cookies.
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
  const writeLog = createLog(config.metrics);
  const log: Context["log"] = (event, fields = {}) => writeLog(event, { requestId, ...fields });
  const { defer, run: runDeferred } = createDeferredWork(execution, log);
  const cookies = createCookies(received, now);

  const returnPathFromQuery = once(() => safeReturnPath(url.searchParams.getAll("redirectTo")));
  let returnPathFromForm: string | null = null;
  const form = once(async () => {
    const fields = await readForm(request);
    returnPathFromForm = fields.returnPath;
    return fields;
  });
  const client = once(() => describeClient(request));
  const locale = once(() => readLocale(context));
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
      return returnPathFromForm ?? returnPathFromQuery();
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
