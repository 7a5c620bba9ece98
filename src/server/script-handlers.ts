import script from "../views/enhance.client.js";

const CACHE_SECONDS = 3_600;

/** The one script, which no page needs. */
export function showScript(): Response {
  return new Response(script, {
    headers: {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": `public, max-age=${CACHE_SECONDS}`,
    },
  });
}
