import { lowerCaseAscii, trimOws } from "./text.ts";

/** Longer than any browser sends. The rest of the header is ignored. */
const HEADER_MAX_CHARACTERS = 1_024;

/**
 * Returns whether an `Accept` header lists `text/html`, like the header of a browser that opens a page. A wildcard is
 * not enough.
 */
export function acceptsHtml(header: string | null): boolean {
  const ranges = (header ?? "").slice(0, HEADER_MAX_CHARACTERS).split(",");
  return ranges.some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => lowerCaseAscii(trimOws(part)));
    return type === "text/html" && !parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter));
  });
}
