import type { RefusalReason } from "./refusals.ts";

/** Twenty times the longest path in the route table. */
const PATH_MAX_CHARACTERS = 1024;

/** Enough for the longest return path together with all other parameters of our pages. */
export const QUERY_MAX_CHARACTERS = 4 * 1024;

/** For all cookies of a request. Our own need about 1 KiB. The rest is for other applications on the same host. */
const COOKIES_MAX_CHARACTERS = 8 * 1024;

export interface BoundedRequest {
  /** The URL of the request. A path or query that is too long is removed. */
  readonly url: URL;
  /** The reason to refuse the request before it is parsed. Null if the request is within the limits. */
  readonly oversize: RefusalReason | null;
}

/** Checks the length of the path, the query and the cookies. `form-body.ts` limits the body. */
export function checkBounds(request: Request): BoundedRequest {
  const url = new URL(request.url);
  const oversize = findOversize(request, url);
  if (url.pathname.length > PATH_MAX_CHARACTERS) url.pathname = "/";
  if (url.search.length > QUERY_MAX_CHARACTERS) url.search = "";
  return { url, oversize };
}

function findOversize(request: Request, { pathname, search }: URL): RefusalReason | null {
  if (pathname.length > PATH_MAX_CHARACTERS) return "no-such-page";
  if (search.length > QUERY_MAX_CHARACTERS) return "query-too-long";
  return (request.headers.get("Cookie") ?? "").length > COOKIES_MAX_CHARACTERS ? "cookies-too-large" : null;
}
