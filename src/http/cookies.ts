import { trimOws } from "./text.ts";

/**
 * The cookies of a request by their names; null for one that is given twice, which no browser does to a `__Host-` cookie.
 * A name is compared byte for byte: a browser gives the prefix its meaning only where the name begins with it, so that a
 * sibling host can set a cookie named U+2000 and `__Host-…`, which must not be read as ours.
 */
export function readCookies(request: Request): ReadonlyMap<string, string | null> {
  const cookies = new Map<string, string | null>();
  for (const pair of (request.headers.get("Cookie") ?? "").split(";").map(trimOws)) {
    const separator = pair.indexOf("=");
    const name = pair.slice(0, Math.max(separator, 0));
    cookies.set(name, cookies.has(name) ? null : pair.slice(separator + 1));
  }
  return cookies;
}

export interface CookieOptions {
  /** When the request came in and when the cookie ends, as epoch milliseconds. */
  readonly now: number;
  readonly expires: number;
  readonly secure: boolean;
}

/**
 * A `Set-Cookie` line for the whole site, out of reach of scripts and of posts from elsewhere. Its end is said twice:
 * `Max-Age` counts from the answer and so holds on a device whose clock is wrong, `Expires` is for who knows nothing else.
 */
export function serializeCookie(name: string, value: string, { now, expires, secure }: CookieOptions): string {
  const maxAge = Math.max(0, Math.ceil((expires - now) / 1_000));
  const attributes = [
    `Expires=${new Date(expires).toUTCString()}`,
    `Max-Age=${maxAge}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
  ];
  return [`${name}=${value}`, ...attributes, ...(secure ? ["Secure"] : [])].join("; ");
}
