/** An OAuth authorization request with all options has about 800 characters. This leaves room for longer values. */
const RETURN_PATH_MAX_CHARACTERS = 2048;

/** The limit on the encoded return path, so that the query of a link with it stays within `QUERY_MAX_CHARACTERS`. */
const ENCODED_MAX_CHARACTERS = 3_500;

/** A placeholder for our own origin: shows whether a browser would resolve a value to a different origin. */
const PLACEHOLDER_ORIGIN = "https://own.invalid";

/**
 * Validates a return path, to prevent open redirects. Returns `values[0]` if it is a path on this origin, otherwise
 * null. The value is parsed the way browsers parse `Location`. Values that browsers read as another host are rejected:
 * `//host`, `/\host`, `/.//host`, and the same with tabs or line breaks in between. The result is plain ASCII. Repeated
 * parameters are rejected as well, because no link of ours repeats one.
 */
export function safeReturnPath(values: readonly string[]): string | null {
  const [value] = values;
  if (value === undefined || values.length > 1 || value.length > RETURN_PATH_MAX_CHARACTERS) return null;
  if (!value.startsWith("/") || !URL.canParse(value, PLACEHOLDER_ORIGIN)) return null;
  const target = new URL(value, PLACEHOLDER_ORIGIN);
  if (target.origin !== PLACEHOLDER_ORIGIN || target.pathname.startsWith("//")) return null;
  const path = target.pathname + target.search + target.hash;
  return encodeURIComponent(path).length > ENCODED_MAX_CHARACTERS ? null : path;
}

/** Adds the return path to the query of `path`. Returns `path` unchanged if `returnPath` is null. */
export function withReturnPath(path: string, returnPath: string | null): string {
  if (returnPath === null) return path;
  return `${path}${path.includes("?") ? "&" : "?"}redirectTo=${encodeURIComponent(returnPath)}`;
}
