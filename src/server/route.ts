import type { GuardedHandler } from "../request/access.ts";
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
