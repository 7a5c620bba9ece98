import type { Config } from "../config/config.ts";
import { acceptsHtml } from "../http/accept.ts";
import { isLoopbackHttp } from "../http/origin.ts";
import { HttpError } from "../http/refusals.ts";
import type { ReceivedRequest } from "../request/context.ts";

/** Monitors may request this path on any host of the Worker. The response does not depend on the host. */
const HEALTH_PATH = "/healthz";

/**
 * Restricts the service to PUBLIC_ORIGIN. A Worker is also reachable at other origins: its `workers.dev` host, a second
 * route, plain http. At such an origin the browser has no session cookie, and a form sent from there would pass the
 * same-origin check. Returns null if the request may continue.
 *
 * - A page opened in a browser is redirected to the same path at PUBLIC_ORIGIN, with a single redirect.
 * - Any other request throws HttpError 421, or 403 over plain http. A client that sends secrets to the wrong host or
 *   unencrypted must fail visibly.
 * - Plain http on a loopback host is allowed. It is a developer's machine, and a deployed Worker never receives it.
 */
export function requirePublicOrigin(
  { request: { method, headers }, url }: ReceivedRequest,
  { publicOrigin }: Pick<Config, "publicOrigin">,
): Response | null {
  if (url.origin === publicOrigin || isLoopbackHttp(url)) return null;
  const isHttps = url.protocol === "https:";
  if (isHttps && url.pathname === HEALTH_PATH) return null;
  if (!["GET", "HEAD"].includes(method) || !acceptsHtml(headers.get("Accept"))) {
    throw new HttpError(isHttps ? "wrong-host" : "plain-http");
  }
  const location = publicOrigin + url.pathname + url.search;
  return new Response(null, { status: 308, headers: { Location: location } });
}
