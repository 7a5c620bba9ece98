/**
 * What no cache keeps and nobody on the way rewrites: where Cloudflare hides emails from scrapers, it replaces every one on
 * a page by a link of its own and a script that the content security policy refuses.
 */
const PERSONAL_PAGE = "no-store, no-transform";

/** A page. `document` is complete HTML. */
export function html(document: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  const own = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": PERSONAL_PAGE };
  return new Response(document, { status, headers: { ...headers, ...own } });
}

/** The answer to a form that succeeded: the browser goes on with a GET, so going back or reloading repeats nothing. */
export function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path } });
}

/** Data for scripts of this origin. */
export function json(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}
