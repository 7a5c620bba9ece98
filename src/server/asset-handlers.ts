import type { Handler } from "../request/access.ts";
import type { Asset } from "../views/assets.ts";

/** One year, the longest time that RFC 9111 suggests. The URL changes with the file. */
const CACHE_SECONDS = 31_536_000;

/** Serves a file that pages load. Caches keep it only under the URL with its own version. */
export function serve({ text, type, version }: Asset): Handler {
  return ({ url }) => {
    const isCurrent = url.searchParams.get("v") === version;
    return new Response(text, {
      headers: {
        "Content-Type": type,
        ...(isCurrent && { "Cache-Control": `public, max-age=${CACHE_SECONDS}, immutable` }),
      },
    });
  };
}
