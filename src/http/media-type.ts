import { lowerCaseAscii, trimOws } from "./text.ts";

/**
 * A parsed `Content-Type` header (RFC 9110, 8.3.1). The media type and the names of parameters are in lower case. The
 * values of parameters are unchanged.
 */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Longer than any browser sends. */
const HEADER_MAX_CHARACTERS = 256;

/** Two tokens (RFC 9110, 5.6.2). */
const ESSENCE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A parameter at the start of a string: a token, and a token or a quoted string (RFC 9110, 5.6.4) as its value. */
const PARAMETER =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[\t !#-[\]-~]|\\[\t -~])*)")[\t ]*(?:;|$)/;

/**
 * Parses a `Content-Type`. Returns null if it is invalid or has a repeated parameter, because two parsers could choose
 * different values.
 */
export function parseMediaType(header: string | null): MediaType | null {
  if (header === null || header.length > HEADER_MAX_CHARACTERS) return null;
  const semicolon = header.indexOf(";");
  const essence = trimOws(semicolon < 0 ? header : header.slice(0, semicolon));
  if (!ESSENCE.test(essence)) return null;
  const parameters = new Map<string, string>();
  let rest = semicolon < 0 ? "" : skipSeparators(header.slice(semicolon));
  while (rest !== "") {
    const [whole, name = "", token, quoted = ""] = PARAMETER.exec(rest) ?? [];
    const key = lowerCaseAscii(name);
    if (whole === undefined || parameters.has(key)) return null;
    parameters.set(key, token ?? quoted.replace(/\\(.)/g, "$1"));
    rest = skipSeparators(rest.slice(whole.length));
  }
  return { type: lowerCaseAscii(essence), parameters };
}

/** Skips semicolons and white space. An empty parameter is ignored (RFC 9110, 5.6.6). */
function skipSeparators(text: string): string {
  return text.replace(/^[\t ;]+/, "");
}
