import type { RequestLike } from "itty-router";
import { Router } from "itty-router/Router";
import type { Entrance } from "./access.ts";
import type { Config } from "./config.ts";
import type { Context } from "./context.ts";
import { HttpError, RETRY_AFTER_SECONDS, refuseForNow } from "./http/errors.ts";
import { isFromOwnOrigin } from "./http/origin.ts";
import { html } from "./http/responses.ts";
import { setSecurityHeaders } from "./http/security-headers.ts";
import { describeError } from "./log.ts";
import { requirePublicOrigin } from "./public-origin.ts";
import { describeWait, WORDS } from "./refusal-words.ts";
import { renderDocument, styleSources } from "./views/document.tsx";
import { ErrorPage } from "./views/error-page.tsx";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly entrance: Entrance;
}

/** Answers every request: by a route of the site map, or by a page that says why not. Never rejects. */
export function createRouter(routes: readonly Route[]): (context: Context) => Promise<Response> {
  const router = Router<RequestLike, [Context]>({
    before: [requirePublicOrigin, refuseForeignOrigins, leaveTrailingSlash].map(
      (check) => (_, context) => check(context),
    ),
    catch: (error, _, context) => showError(error, context),
    finally: [(response: Response, _: RequestLike, context: Context) => finishResponse(response, context)],
  });
  for (const [path, choices] of Map.groupBy(routes, (route) => route.path)) {
    router.all(path, ({ method, params }, context) => {
      const route = choices.find((choice) => choice.method === method);
      if (route === undefined) throw new HttpError("wrong-method", { Allow: allowedMethods(choices) });
      context.route = path;
      context.params = params;
      return route.entrance(context);
    });
  }
  router.all("*", () => {
    throw new HttpError("no-such-page");
  });

  return async (context) => {
    const { method, url } = context.request;
    const head = method === "HEAD";
    // Not the request itself: the router reads the method anew for every route, and notes on it what it has found.
    const response: Response = await router.fetch({ method: head ? "GET" : method, url }, context);
    context.runDeferred();
    return head ? new Response(null, response) : response;
  };
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

/** What is not a refusal is a failure of a store or of ours: logged without its message, told without its cause. */
function showError(error: unknown, context: Context): Response {
  context.cookies.length = 0;
  const refusal = error instanceof HttpError ? error : failure(error, context);
  if (refusal === error)
    context.log("refused", { method: context.request.method, route: context.route, status: refusal.status });
  const { view, requestId } = context;
  const { title, message } = WORDS[view.language].refusals[refusal.reason];
  const wait = describeWait(view.language, Number(refusal.headers["Retry-After"] ?? 0));
  const page = (
    <ErrorPage
      view={view}
      title={title}
      message={message(wait)}
      requestId={requestId}
      action={wayOn(refusal, context)}
      enhanced={refusal.status !== 421}
    />
  );
  return html(renderDocument(page), refusal.status, refusal.headers);
}

function wayOn({ status }: HttpError, { config, request, url, view }: Context): { href: string; label: string } {
  const words = WORDS[view.language];
  if (status === 421) return { href: `${config.publicOrigin}/`, label: words.frontPage };
  if (status === 503 && request.method === "GET") return { href: url.pathname + url.search, label: words.tryAgain };
  return { href: "/", label: words.frontPage };
}

function failure(error: unknown, context: Context): HttpError {
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
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return response;
}
