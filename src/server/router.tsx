import type { RequestLike } from "itty-router";
import { Router } from "itty-router/Router";
import { HashQueueFull } from "../auth/credentials/password/hash-queue.ts";
import type { Config } from "../config/config.ts";
import { HttpError, RETRY_AFTER_SECONDS, refuseForNow } from "../http/errors.ts";
import { isFromOwnOrigin } from "../http/origin.ts";
import { html } from "../http/responses.ts";
import { setSecurityHeaders } from "../http/security-headers.ts";
import type { Context } from "../request/context.ts";
import { describeError } from "../request/log.ts";
import { renderDocument, styleSources } from "../views/document.tsx";
import { requirePublicOrigin } from "./public-origin.ts";
import { RefusalPage } from "./refusal-page.tsx";
import type { Route } from "./route.ts";

/** A link that is dead, or was used. It has a page of the flow that it belongs to. */
const GONE = 410;

/** Answers every request: by a route of the site map, or by a page that says why not. Never rejects. */
export function createRouter(routes: readonly Route[]): (context: Context) => Promise<Response> {
  const router = Router<RequestLike, [Context]>({
    before: [requirePublicOrigin, refuseOversize, refuseForeignOrigins, leaveTrailingSlash].map(
      (check) => (_, context) => check(context),
    ),
    catch: (error, _, context) => showError(error, context, routes),
    finally: [(response: Response, _: RequestLike, context: Context) => finishResponse(response, context)],
  });
  for (const [path, choices] of Map.groupBy(routes, (route) => route.path)) {
    router.all(path, ({ method, params }, context) => {
      const route = choices.find((choice) => choice.method === method);
      if (route === undefined) throw new HttpError("wrong-method", { Allow: allowedMethods(choices) });
      context.route = path;
      context.params = params;
      return route.handler(context);
    });
  }
  router.all("*", () => {
    throw new HttpError("no-such-page");
  });

  return async (context) => {
    const { method } = context.request;
    const head = method === "HEAD";
    // Not the request itself: the router reads the method anew for every route, and notes on it what it has found. Not
    // the query either: the router would copy it, parameter by parameter, into an object that nothing here reads.
    const { origin, pathname } = context.url;
    const response: Response = await router.fetch({ method: head ? "GET" : method, url: origin + pathname }, context);
    if (response.status === GONE) context.log("refused", { method, route: context.route, status: GONE });
    context.runDeferred();
    return head ? new Response(null, response) : response;
  };
}

function refuseOversize({ oversize }: Context): undefined {
  if (oversize !== null) throw new HttpError(oversize);
}

function refuseForeignOrigins({ request }: Context): undefined {
  if (isFromOwnOrigin(request)) return;
  throw new HttpError("foreign-origin");
}

function leaveTrailingSlash({ url }: Context): Response | undefined {
  if (url.pathname === "/" || !url.pathname.endsWith("/")) return undefined;
  // One leading slash: two would make the rest a host name. Without an expression: thousands of slashes would cost it dear.
  const path = `/${url.pathname.split("/").filter(Boolean).join("/")}`;
  return new Response(null, { status: 308, headers: { Location: path + url.search } });
}

function allowedMethods(choices: readonly Route[]): string {
  return choices.map(({ method }) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
}

/** Anything but an HttpError is our failure: it is logged without its message and shown as a plain 503. */
async function showError(error: unknown, context: Context, routes: readonly Route[]): Promise<Response> {
  context.cookies.clear();
  const refusal = error instanceof HttpError ? error : failure(error, context);
  const { method } = context.request;
  if (refusal === error) context.log("refused", { method, route: context.route, status: refusal.status });
  const session = refusal.status === 409 ? await context.session().catch(() => null) : null;
  const signedInAs = session?.account.email ?? null;
  const parts = context.url.pathname.split("/");
  const canOpen = routes.some((route) => route.method === "GET" && fits(route.path.split("/"), parts));
  const page = <RefusalPage {...{ context, refusal, signedInAs, canOpen }} />;
  return html(renderDocument(page), refusal.status, refusal.headers);
}

/** Whether a path is one that a route's pattern describes, both in parts. */
function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    parts.length === pattern.length &&
    pattern.every((part, index) => (part.startsWith(":") ? parts[index] !== "" : parts[index] === part))
  );
}

function failure(error: unknown, context: Context): HttpError {
  if (error instanceof HashQueueFull) {
    context.log("hash-queue-full");
    return refuseForNow("too-busy", RETRY_AFTER_SECONDS);
  }
  context.log("request-failed", { method: context.request.method, route: context.route, ...describeError(error) });
  return refuseForNow("unavailable", RETRY_AFTER_SECONDS);
}

/** `config`: null as long as it is not one. */
type Finish = Pick<Context, "url" | "requestId" | "cookies" | "languageCookie" | "view"> & {
  readonly config: Pick<Config, "hstsIncludesSubdomains"> | null;
};

/** What every answer carries, whoever made it. */
export async function finishResponse(
  response: Response,
  { config, url, requestId, cookies, languageCookie, view }: Finish,
): Promise<Response> {
  const { headers } = response;
  const isPage = headers.get("Content-Type")?.startsWith("text/html") === true;
  if (isPage) headers.set("Content-Language", view.language);
  if (languageCookie !== null && (isPage || headers.has("Location"))) headers.append("Set-Cookie", languageCookie);
  setSecurityHeaders(headers, {
    https: url.protocol === "https:",
    hstsIncludesSubdomains: config?.hstsIncludesSubdomains === true,
    styleSources: await styleSources(),
  });
  headers.set("X-Request-Id", requestId);
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  for (const cookie of cookies.values()) headers.append("Set-Cookie", cookie);
  return response;
}
