/**
 * Creates the response for a page. `document` is complete HTML. A page that shows an email gets `no-transform`. Without
 * it, Cloudflare's email obfuscation, if it is turned on, replaces every email with a link and a script that the
 * content security policy blocks. Other pages do not get it, because Cloudflare does not compress a response with
 * `no-transform`.
 */
export function html(document: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  // Only searches the body, because the styles in the head also contain "@".
  const showsEmail = document.includes("@", document.indexOf("<body"));
  const pageHeaders = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": showsEmail ? "no-store, no-transform" : "no-store",
  };
  return new Response(document, { status, headers: { ...headers, ...pageHeaders } });
}

/**
 * Redirects with 303 after a form has succeeded. The browser follows with a GET, so that a reload does not resend the
 * form.
 */
export function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path } });
}

/** Creates a JSON response. */
export function json(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}
