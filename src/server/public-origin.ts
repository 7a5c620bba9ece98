import type { Config } from "../config/config.ts";
import { acceptsHtml } from "../http/accept.ts";
import { isLoopbackHttp } from "../http/origin.ts";
import { HttpError } from "../http/refusals.ts";
import type { ReceivedRequest } from "../request/context.ts";

/** What monitors ask, by whatever name they reach the Worker. It tells nothing that depends on the host. */
const HEALTH_PATH = "/healthz";

/**
 * Serves people at PUBLIC_ORIGIN alone. A Worker answers by other names, too: its `workers.dev` host, a second route, plain
 * http. There the session's cookie would not be, and forms would count as sent from the own origin. A page that somebody
 * opens leads to the same path at PUBLIC_ORIGIN, in one step whichever part of the origin is another. Everything else is
 * refused, for a client that sends secrets to the wrong place, or in clear, must notice. Plain http on loopback is a
 * developer's machine, which a deployed Worker never sees.
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
