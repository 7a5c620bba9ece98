/** A page. `document` is complete HTML. */
export function html(document: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(document, { status, headers: { ...headers, "Content-Type": "text/html; charset=utf-8" } });
}

/** The answer to a form that succeeded: the browser goes on with a GET, so going back or reloading repeats nothing. */
export function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path } });
}

/** Data for scripts of this origin. */
export function json(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}
