import script from "../views/enhance.client.js";

const CACHE_SECONDS = 3_600;

/** Serves the only script. It is optional: every page works without it. */
export function showScript(): Response {
  return new Response(script, {
    headers: {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": `public, max-age=${CACHE_SECONDS}`,
    },
  });
}
