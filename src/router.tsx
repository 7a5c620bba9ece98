import { type IRequest, Router } from "itty-router";
import type { Entrance } from "./access.ts";
import type { Context } from "./context.ts";
import { HttpError, RETRY_AFTER_SECONDS } from "./http/errors.ts";
import { isFromOwnOrigin, isLoopbackHttp } from "./http/origin.ts";
import { html } from "./http/responses.ts";
import { setSecurityHeaders } from "./http/security-headers.ts";
import { describeError } from "./log.ts";
import { renderDocument, styleSource } from "./views/document.tsx";
import { ErrorPage } from "./views/error-page.tsx";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly entrance: Entrance;
}

const TITLES: Record<HttpError["status"], string> = {
  400: "That did not arrive whole",
  403: "That did not come from here",
  404: "There is no such page",
  405: "That cannot be done here",
  413: "That is too large",
  415: "That is not a form",
  429: "Too many tries",
  503: "We cannot do that right now",
};

/** Answers every request: by a route of the site map, or by a page that says why not. Never rejects. */
export function createRouter(routes: readonly Route[]): (request: Request, context: Context) => Promise<Response> {
  const router = Router<IRequest, [Context]>({
    before: [requireHttps, refuseForeignOrigins, leaveTrailingSlash],
    catch: showError,
    finally: [(response: Response, _: IRequest, context: Context) => finishResponse(response, context)],
  });
  const isFixed = ({ path }: Route) => !path.includes(":");
  // Fixed paths first, with all their methods: /verify-email/resend is not a token, whoever GETs it.
  for (const group of [routes.filter(isFixed), routes.filter((route) => !isFixed(route))]) {
    for (const { method, path, entrance } of group) {
      const add = method === "GET" ? router.get : router.post;
      add(path, (request, context) => {
        context.route = path;
        context.params = request.params;
        return entrance(context);
      });
    }
    for (const [path, allowed] of allowedMethods(group)) {
      router.all(path, () => {
        throw new HttpError(405, "This address exists, but not for that kind of request.", { Allow: allowed });
      });
    }
  }
  router.all("*", () => {
    throw new HttpError(404, "Check the address, or start again from the front page.");
  });

  return async (request, context) => {
    const head = request.method === "HEAD";
    const response: Response = await router.fetch(head ? new Request(request, { method: "GET" }) : request, context);
    context.runDeferred();
    return head ? new Response(null, response) : response;
  };
}

/** A page that somebody opens leads on to https. All else is refused: a client that sends secrets in clear must notice. */
function requireHttps({ method, headers }: IRequest, { url }: Context): Response | undefined {
  if (url.protocol === "https:" || isLoopbackHttp(url)) return undefined;
  if (method !== "GET" || !headers.get("Accept")?.includes("text/html")) {
    throw new HttpError(403, "This service answers by https only. Use its address with https:// in front.");
  }
  const location = `https://${url.hostname}${url.pathname}${url.search}`;
  return new Response(null, { status: 308, headers: { Location: location } });
}

function refuseForeignOrigins(request: IRequest): void {
  if (isFromOwnOrigin(request)) return;
  throw new HttpError(403, "Forms are only taken from pages of this site. Open the page again and send it from there.");
}

function leaveTrailingSlash(_: IRequest, { url }: Context): Response | undefined {
  if (url.pathname === "/" || !url.pathname.endsWith("/")) return undefined;
  // One leading slash: two would make the rest a host name. Without an expression: thousands of slashes would cost it dear.
  const path = `/${url.pathname.split("/").filter(Boolean).join("/")}`;
  return new Response(null, { status: 308, headers: { Location: path + url.search } });
}

function allowedMethods(routes: readonly Route[]): Map<string, string> {
  const allowed = new Map<string, string>();
  for (const { method, path } of routes) {
    const methods = method === "GET" ? "GET, HEAD" : method;
    const before = allowed.get(path);
    allowed.set(path, before === undefined ? methods : `${before}, ${methods}`);
  }
  return allowed;
}

/** What is not a refusal is a failure of a store or of ours: logged without its message, told without its cause. */
function showError(error: unknown, _: IRequest, context: Context): Response {
  context.cookies.length = 0;
  const refusal = error instanceof HttpError ? error : failure(error, context);
  if (refusal === error)
    context.log("refused", { method: context.request.method, route: context.route, status: refusal.status });
  const page = (
    <ErrorPage
      title={TITLES[refusal.status]}
      message={refusal.publicMessage}
      requestId={context.requestId}
      action={wayOn(refusal, context)}
    />
  );
  return html(renderDocument(page), refusal.status, refusal.headers);
}

function wayOn({ status }: HttpError, { request, url }: Context): { href: string; label: string } {
  if (status === 503 && request.method === "GET") return { href: url.pathname + url.search, label: "Try again" };
  return { href: "/", label: "Front page" };
}

function failure(error: unknown, context: Context): HttpError {
  context.log("request-failed", { method: context.request.method, route: context.route, ...describeError(error) });
  return new HttpError(503, "Something we depend on did not answer in time. Nothing is lost: try again in a moment.", {
    "Retry-After": RETRY_AFTER_SECONDS,
  });
}

/** What every answer carries, whoever made it. */
export function finishResponse(
  response: Response,
  { url, requestId, cookies }: Pick<Context, "url" | "requestId" | "cookies">,
): Response {
  const headers = new Headers(response.headers);
  setSecurityHeaders(headers, url.protocol === "https:", styleSource());
  headers.set("X-Request-Id", requestId);
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(response.body, { status: response.status, headers });
}
