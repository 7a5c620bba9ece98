/** The cookies of a request by their names; null for one that is given twice, which no browser does to a `__Host-` cookie. */
export function readCookies(request: Request): ReadonlyMap<string, string | null> {
  const cookies = new Map<string, string | null>();
  for (const pair of (request.headers.get("Cookie") ?? "").split(";")) {
    const separator = pair.indexOf("=");
    const name = pair.slice(0, Math.max(separator, 0)).trimStart();
    cookies.set(name, cookies.has(name) ? null : pair.slice(separator + 1).trimEnd());
  }
  return cookies;
}

/** A `Set-Cookie` line for the whole site, out of reach of scripts and of posts from elsewhere. */
export function serializeCookie(name: string, value: string, expires: Date, secure: boolean): string {
  const attributes = [`Expires=${expires.toUTCString()}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  return [`${name}=${value}`, ...attributes, ...(secure ? ["Secure"] : [])].join("; ");
}
