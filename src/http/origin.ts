const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Protects against cross-site request forgery. Returns true for safe methods, and for other methods only if the request
 * comes from a page of this origin. Browsers send `Origin` with such requests. In the few cases where they omit it,
 * `Sec-Fetch-Site` is checked. Pages and scripts of other origins cannot set either header. `Origin: null` (a sandboxed
 * frame or a privacy redirect) counts as another origin.
 */
export function isFromOwnOrigin(request: Request): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const origin = request.headers.get("Origin");
  if (origin !== null) return origin === new URL(request.url).origin;
  return request.headers.get("Sec-Fetch-Site") === "same-origin";
}

/**
 * Returns whether `url` is plain http on a loopback host, as used in development. `Secure` cookies do not work there.
 */
export function isLoopbackHttp(url: URL): boolean {
  return url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}
