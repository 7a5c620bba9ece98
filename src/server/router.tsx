import { HashQueueFull } from "../auth/credentials/password/hash-queue.ts";
import type { Config } from "../config/config.ts";
import { isFromOwnOrigin } from "../http/origin.ts";
import { HttpError, refuseForNow, STORE_RETRY_SECONDS } from "../http/refusals.ts";
import { html } from "../http/responses.ts";
import { setSecurityHeaders } from "../http/security-headers.ts";
import type { Context, MatchedRoute, OpenContext, ReceivedRequest } from "../request/context.ts";
import type { Cookies } from "../request/cookies.ts";
import { describeError } from "../request/log.ts";
import { StoreUnavailable } from "../store/upstream.ts";
import { inlineStyleSource, renderDocument } from "../views/document.tsx";
import type { Markup } from "../views/jsx-runtime.ts";
import { requirePublicOrigin } from "./public-origin.ts";
import { describeRefusal, RefusalPage } from "./refusal-page.tsx";
import { createRouteFinder, type FoundRoute, type Route, type ShowAgain } from "./route.ts";

/** The status of a mailed link that has expired or was used. Its flow renders the page. */
const GONE = 410;

/**
 * The matched route and the function that creates the response. `route` is null if the request is refused or redirected
 * before a route is matched.
 */
interface Dispatch {
  readonly route: MatchedRoute | null;
  readonly respond: (context: Context) => Response | Promise<Response>;
  /** Gives the form of the request back. Null if the request is no form, or if its route cannot. */
  readonly showAgain: ShowAgain | null;
}

/** Handles one request. `openContext` creates its context once the route is known. */
export type RequestHandler = (
  received: ReceivedRequest,
  config: Config,
  openContext: (route: MatchedRoute | null) => OpenContext,
) => Promise<Response>;

/** Dispatches a request to its route. Never rejects: failures become error pages. */
export function createRouter(routes: readonly Route[]): RequestHandler {
  const findRoute = createRouteFinder(routes);

  const dispatch = async (received: ReceivedRequest, config: Config): Promise<Dispatch> => {
    const redirect = requirePublicOrigin(received, config) ?? checkRequest(received);
    if (redirect !== null) return { route: null, respond: () => redirect, showAgain: null };
    const { path, params, hasPage, handlers, showAgain } = await findRoute(received.url);
    const { method } = received.request;
    const handler = handlers.get(method === "HEAD" ? "GET" : method);
    if (handler === undefined) throw new HttpError("wrong-method", { Allow: allowedMethods(handlers) });
    return { route: { path, params, hasPage }, respond: handler, showAgain: method === "POST" ? showAgain : null };
  };

  return async (received, config, openContext) => {
    const { route, respond, showAgain } = await dispatch(received, config).catch(refuse);
    const { context, runDeferred } = openContext(route);
    let response: Response;
    try {
      response = await respond(context);
    } catch (error) {
      response = await showError(error, context, routes, showAgain);
    }
    response = await finishResponse(response, context);
    const { method } = received.request;
    if (response.status === GONE) context.log("refused", { method, route: route?.path ?? null, status: GONE });
    runDeferred();
    return method === "HEAD" ? new Response(null, response) : response;
  };
}

function refuse(error: unknown): Dispatch {
  return {
    route: null,
    respond: () => {
      throw error;
    },
    showAgain: null,
  };
}

/**
 * Throws HttpError if a request is oversized or is a form from another origin. Returns a redirect if the path has
 * trailing slashes, otherwise null.
 */
function checkRequest({ request, url, oversize }: ReceivedRequest): Response | null {
  if (oversize !== null) throw new HttpError(oversize);
  if (!isFromOwnOrigin(request)) throw new HttpError("foreign-origin");
  if (url.pathname === "/" || !url.pathname.endsWith("/")) return null;
  // Starts with a single slash, because `//` would start a host name. Does not use a regular expression, because it
  // would be slow for thousands of slashes.
  const path = `/${url.pathname.split("/").filter(Boolean).join("/")}`;
  return new Response(null, { status: 308, headers: { Location: path + url.search } });
}

function allowedMethods(handlers: FoundRoute["handlers"]): string {
  return [...handlers.keys()].map((method) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
}

/**
 * Renders the error page, or gives the form back if it was only refused for now. Anything but an HttpError is our
 * failure: it is logged without its message and shown as a generic 503.
 */
async function showError(
  error: unknown,
  context: Context,
  routes: readonly Route[],
  showAgain: ShowAgain | null,
): Promise<Response> {
  context.cookies.reset();
  const refusal = error instanceof HttpError ? error : logFailure(error, context);
  const { method } = context.request;
  if (refusal === error) context.log("refused", { method, route: context.route?.path ?? null, status: refusal.status });
  const session = refusal.status === 409 ? await context.session.read().catch(() => null) : null;
  const signedInAs = session?.account.email ?? null;
  const parts = context.url.pathname.split("/");
  const canOpen = routes.some((route) => route.method === "GET" && matchesPattern(route.path.split("/"), parts));
  const page = (await giveFormBack(context, refusal, showAgain)) ?? (
    <RefusalPage {...{ context, refusal, signedInAs, canOpen }} />
  );
  return html(renderDocument(page), refusal.status, refusal.headers);
}

/** Renders the page of the form after a refusal that passes. Null for other refusals, and if the page needs a store. */
async function giveFormBack(context: Context, refusal: HttpError, showAgain: ShowAgain | null): Promise<Markup | null> {
  if (showAgain === null || (refusal.status !== 429 && refusal.status !== 503)) return null;
  try {
    return await showAgain(context, await context.form(), describeRefusal(context, refusal));
  } catch (error) {
    // The store that is down may also have what the page shows. Any other error is a mistake of ours.
    if (!(error instanceof StoreUnavailable)) logFailure(error, context);
    return null;
  }
}

/** Returns whether a path matches the pattern of a route. Both are split at slashes. */
function matchesPattern(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    parts.length === pattern.length &&
    pattern.every((part, index) => (part.startsWith(":") ? parts[index] !== "" : parts[index] === part))
  );
}

/** Logs an error that is not an HttpError, and returns the 503 to show for it. */
function logFailure(error: unknown, context: Context): HttpError {
  if (error instanceof HashQueueFull) {
    context.log("hash-queue-full");
    return refuseForNow("too-busy", STORE_RETRY_SECONDS);
  }
  context.log("request-failed", {
    method: context.request.method,
    route: context.route?.path ?? null,
    ...describeError(error),
  });
  return refuseForNow("unavailable", STORE_RETRY_SECONDS);
}

/** `config` and `cookies` are null while the service is not configured. */
type ResponseContext = Pick<Context, "url" | "requestId" | "locale"> & {
  readonly cookies: Cookies | null;
  readonly config: Pick<Config, "hstsIncludesSubdomains"> | null;
};

/** Adds the headers and cookies that every response has. */
export async function finishResponse(
  response: Response,
  { config, url, requestId, cookies, locale }: ResponseContext,
): Promise<Response> {
  const { headers } = response;
  const isPage = headers.get("Content-Type")?.startsWith("text/html") === true;
  if (isPage) headers.set("Content-Language", locale.language);
  const languageLine = isPage || headers.has("Location") ? (cookies?.languageLine ?? null) : null;
  if (languageLine !== null) headers.append("Set-Cookie", languageLine);
  setSecurityHeaders(headers, {
    https: url.protocol === "https:",
    hstsIncludesSubdomains: config?.hstsIncludesSubdomains === true,
    inlineStyleSource: await inlineStyleSource(),
  });
  headers.set("X-Request-Id", requestId);
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  for (const cookie of cookies?.lines() ?? []) headers.append("Set-Cookie", cookie);
  return response;
}
