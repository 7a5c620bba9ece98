import { IttyRouter } from "itty-router/IttyRouter";
import type { FormFields } from "../http/form-body.ts";
import { HttpError } from "../http/refusals.ts";
import type { GuardedHandler, Handler } from "../request/access.ts";
import type { Context, MatchedRoute } from "../request/context.ts";
import type { LinkFormHandler, LinkPageHandler } from "../request/mailed-link.tsx";
import type { Refusal } from "../views/feedback.tsx";
import type { Markup } from "../views/jsx-runtime.ts";

export type Route =
  | { readonly method: "GET"; readonly path: string; readonly handler: GuardedHandler }
  | {
      readonly method: "POST";
      readonly path: string;
      readonly handler: GuardedHandler | LinkFormHandler;
      readonly showAgain?: ShowAgain | undefined;
    };

/**
 * Renders the page of a form with the typed values, and with the reason why the form was refused for now. Null, or a
 * rejection, if that is not possible: then the error page is shown.
 */
export type ShowAgain = (context: Context, fields: FormFields, refusal: Refusal) => Markup | Promise<Markup | null>;

/** The pattern of a path that contains the token of a mailed link. */
type TokenPath = `${string}:token${string}`;

/** A route for GET and HEAD. It cannot consume a mailed link. */
export function get<Path extends string>(
  path: Path,
  handler: Path extends TokenPath ? LinkPageHandler : GuardedHandler,
): Route {
  return { method: "GET", path, handler };
}

/** A route that accepts the form of a page. `showAgain` gives the form back if it was refused for now. */
export function post<Path extends string>(
  path: Path,
  handler: Path extends TokenPath ? LinkFormHandler : GuardedHandler | LinkFormHandler,
  showAgain?: ShowAgain,
): Route {
  return { method: "POST", path, handler, showAgain };
}

export interface FoundRoute extends MatchedRoute {
  /** The handlers by method, in the order of the route table. */
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly showAgain: ShowAgain | null;
}

/**
 * Creates a function that finds the first route in the table whose pattern matches the path of a URL. It throws
 * HttpError 404 if there is none.
 */
export function createRouteFinder(routes: readonly Route[]): (url: URL) => Promise<FoundRoute> {
  const router = IttyRouter();
  for (const [path, routesOfPath] of Map.groupBy(routes, (route) => route.path)) {
    const handlers = new Map(routesOfPath.map(({ method, handler }) => [method, handler]));
    const [showAgain = null] = routesOfPath.flatMap((route) => (route.method === "POST" && route.showAgain) || []);
    const hasPage = handlers.has("GET");
    router.all(path, ({ params }): FoundRoute => ({ path, params, hasPage, handlers, showAgain }));
  }

  return async ({ origin, pathname }) => {
    // Does not pass the request itself, because the router stores its results on it. Does not pass the query either,
    // because the router would copy it, parameter by parameter, into an object that is not used here.
    const route: FoundRoute | undefined = await router.fetch({ method: "GET", url: origin + pathname });
    if (route === undefined) throw new HttpError("no-such-page");
    return route;
  };
}
