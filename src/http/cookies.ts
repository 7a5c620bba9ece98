import { trimOws } from "./text.ts";

/**
 * Reads the cookies of a request by name. The value is null if a name occurs twice, which browsers never do for a
 * `__Host-` cookie. Names are compared byte for byte, without trimming Unicode white space. Browsers protect the prefix
 * only at the very start of a name. A sibling host can therefore set a cookie named U+2000 followed by `__Host-…`, and
 * that cookie must not be read as ours.
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
  /** When the request arrived, as epoch milliseconds. */
  readonly now: number;
  /** When the cookie expires, as epoch milliseconds. */
  readonly expires: number;
  readonly secure: boolean;
}

/**
 * Creates a `Set-Cookie` line for the whole site. Scripts cannot read the cookie, and cross-site POST requests do not
 * include it. The expiry is set twice: `Max-Age` is relative, so it is correct on a device whose clock is wrong, and
 * `Expires` is for clients that do not support `Max-Age`.
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
