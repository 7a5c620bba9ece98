/**
 * A page. `document` is complete HTML. One that shows an email is not to be rewritten on the way: where Cloudflare hides
 * emails from scrapers, it replaces each by a link of its own and a script that the content security policy refuses. No
 * other page says so, because one that is not to be transformed is not compressed either.
 */
export function html(document: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  // The styles in the head have that sign, too.
  const showsEmail = document.includes("@", document.indexOf("<body"));
  const own = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": showsEmail ? "no-store, no-transform" : "no-store",
  };
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
