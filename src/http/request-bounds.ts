import type { RefusalReason } from "./refusals.ts";

/** Twenty times the longest path of the site map. */
const PATH_MAX_CHARACTERS = 1024;

/** Room for the longest return path beside everything else that a page of ours takes. */
export const QUERY_MAX_CHARACTERS = 4 * 1024;

/** All cookies of a request together. Ours take about 1 KiB; the rest belongs to applications on the same host. */
const COOKIES_MAX_CHARACTERS = 8 * 1024;

export interface BoundedRequest {
  /** Without its path or its query if that is too long. */
  readonly url: URL;
  /** Why the request is refused before any part of it is parsed; null if it is within its bounds. */
  readonly oversize: RefusalReason | null;
}

/** Checks the lengths of what a request brings besides its body (`form-body.ts` bounds that one). */
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
