/** Longer than any path of this service with its query, short enough for every header limit. */
const RETURN_PATH_MAX_CHARACTERS = 1024;

/** Any origin serves: it only shows whether a value, read as a browser reads it, leaves the page's own. */
const ANY_ORIGIN = "https://own.invalid";

/**
 * The place to go after a flow: `values[0]` if it is a path on this origin, otherwise null. It is parsed as browsers
 * parse a Location, so what they read as another host (`//host`, `/\host`, `/.//host`, tabs and line breaks between)
 * is refused, and what is returned is plain ASCII. A value given more than once is nobody's honest link.
 */
export function safeReturnPath(values: readonly string[]): string | null {
  const [value] = values;
  if (value === undefined || values.length > 1 || value.length > RETURN_PATH_MAX_CHARACTERS) return null;
  if (!value.startsWith("/") || !URL.canParse(value, ANY_ORIGIN)) return null;
  const target = new URL(value, ANY_ORIGIN);
  if (target.origin !== ANY_ORIGIN || target.pathname.startsWith("//")) return null;
  return target.pathname + target.search + target.hash;
}

/** `path` with the place to go on to afterwards, if there is one. */
export function withReturnPath(path: string, returnPath: string | null): string {
  if (returnPath === null) return path;
  return `${path}${path.includes("?") ? "&" : "?"}redirectTo=${encodeURIComponent(returnPath)}`;
}
