import { lowerCaseAscii, trimOws } from "./text.ts";

/** More than any browser sends; what comes after is not looked at. */
const HEADER_MAX_CHARACTERS = 1_024;

/** Whether an `Accept` header names pages, as that of a browser does which opens one; a wildcard does not. */
export function acceptsHtml(header: string | null): boolean {
  const ranges = (header ?? "").slice(0, HEADER_MAX_CHARACTERS).split(",");
  return ranges.some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => lowerCaseAscii(trimOws(part)));
    return type === "text/html" && !parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter));
  });
}
