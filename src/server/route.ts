import { IttyRouter } from "itty-router/IttyRouter";
import { HttpError } from "../http/refusals.ts";
import type { GuardedHandler, Handler } from "../request/access.ts";
import type { MatchedRoute } from "../request/context.ts";
import type { LinkFormHandler, LinkPageHandler } from "../request/mailed-link.tsx";

export type Route =
  | { readonly method: "GET"; readonly path: string; readonly handler: GuardedHandler }
  | { readonly method: "POST"; readonly path: string; readonly handler: GuardedHandler | LinkFormHandler };

/** A path that holds the token of a mailed link. */
type TokenPath = `${string}:token${string}`;

/** A route that answers GET and HEAD. Never one that may consume a mailed link. */
export function get<Path extends string>(
  path: Path,
  handler: Path extends TokenPath ? LinkPageHandler : GuardedHandler,
): Route {
  return { method: "GET", path, handler };
}

/** A route that answers the form of a page. */
export function post<Path extends string>(
  path: Path,
  handler: Path extends TokenPath ? LinkFormHandler : GuardedHandler | LinkFormHandler,
): Route {
  return { method: "POST", path, handler };
}

export interface FoundRoute extends MatchedRoute {
  /** By method, in the order of the site map. */
  readonly handlers: ReadonlyMap<string, Handler>;
}

/** Finds the route of a path, in the order of the site map. Throws HttpError 404 where there is none. */
export function createRouteFinder(routes: readonly Route[]): (url: URL) => Promise<FoundRoute> {
  const router = IttyRouter();
  for (const [path, choices] of Map.groupBy(routes, (route) => route.path)) {
    const handlers = new Map(choices.map(({ method, handler }) => [method, handler]));
    router.all(path, ({ params }): FoundRoute => ({ path, params, handlers }));
  }

  return async ({ origin, pathname }) => {
    // Not the request itself: the router notes on it what it has found. Not the query either: the router would copy it,
    // parameter by parameter, into an object that nothing here reads.
    const found: FoundRoute | undefined = await router.fetch({ method: "GET", url: origin + pathname });
    if (found === undefined) throw new HttpError("no-such-page");
    return found;
  };
}
