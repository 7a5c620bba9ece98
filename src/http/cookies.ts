/** The value of the cookie `name`; null if it is absent or, which no browser does to a `__Host-` cookie, given twice. */
export function readCookie(request: Request, name: string): string | null {
  const values = (request.headers.get("Cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** A `Set-Cookie` line for the whole site, out of reach of scripts and of posts from elsewhere. */
export function serializeCookie(name: string, value: string, expires: Date, secure: boolean): string {
  const attributes = [`Expires=${expires.toUTCString()}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  return [`${name}=${value}`, ...attributes, ...(secure ? ["Secure"] : [])].join("; ");
}
