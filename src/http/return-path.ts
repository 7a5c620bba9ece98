/** An authorization request of another service reaches 800 characters; this leaves room for one with all its options. */
const RETURN_PATH_MAX_CHARACTERS = 2048;

/** What a return path may take of a query, so that no link of ours is longer than the bound on queries. */
const ENCODED_MAX_CHARACTERS = 3_500;

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
  const path = target.pathname + target.search + target.hash;
  return encodeURIComponent(path).length > ENCODED_MAX_CHARACTERS ? null : path;
}

/** `path` with the place to go on to afterwards, if there is one. */
export function withReturnPath(path: string, returnPath: string | null): string {
  if (returnPath === null) return path;
  return `${path}${path.includes("?") ? "&" : "?"}redirectTo=${encodeURIComponent(returnPath)}`;
}
