const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request may have effects: a safe method has none, and any other must come from a page of this origin.
 * Browsers send `Origin` with every such request; `Sec-Fetch-Site` answers for the few cases in which they omit it.
 * Scripts and pages elsewhere can set neither. `Origin: null` (a sandboxed frame, a privacy redirect) is foreign.
 */
export function isFromOwnOrigin(request: Request): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const origin = request.headers.get("Origin");
  if (origin !== null) return origin === new URL(request.url).origin;
  return request.headers.get("Sec-Fetch-Site") === "same-origin";
}

/** Whether `url` is plain http on this very machine, where development happens and a Secure cookie cannot live. */
export function isLoopbackHttp(url: URL): boolean {
  return url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}
