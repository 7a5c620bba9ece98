import { lowerCaseAscii, trimOws } from "../http/text.ts";

/** More than any browser sends; what comes after is not looked at. */
const HEADER_MAX_CHARACTERS = 256;

/**
 * Which of `available` (BCP 47 tags) an `Accept-Language` header likes best; null if none. By weight, then by order (RFC
 * 9110, 12.5.4). A range is met by its own tag or else by the longest beginning of it that there is: "de-AT" by "de"
 * (RFC 4647, 3.4). "*" is met by the first that is not refused by a weight of 0. A weight that is none counts as 0.
 */
export function chooseLanguage<Tag extends string>(header: string | null, available: readonly Tag[]): Tag | null {
  const ranges = readRanges(header ?? "");
  const refused = ranges.filter(({ weight }) => weight === 0).map(({ range }) => range);
  const welcome = available.filter((tag) => !refused.includes(lowerCaseAscii(tag)));
  const wanted = ranges.filter(({ weight }) => weight > 0).toSorted((one, other) => other.weight - one.weight);
  for (const { range } of wanted) {
    const found = range === "*" ? welcome[0] : lookUp(range, available);
    if (found !== undefined) return found;
  }
  return null;
}

function lookUp<Tag extends string>(range: string, available: readonly Tag[]): Tag | undefined {
  const parts = range.split("-");
  for (let length = parts.length; length > 0; length -= 1) {
    const beginning = parts.slice(0, length).join("-");
    const found = available.find((tag) => lowerCaseAscii(tag) === beginning);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readRanges(header: string): { readonly range: string; readonly weight: number }[] {
  const ranges = header.slice(0, HEADER_MAX_CHARACTERS).split(",");
  // Cut through, it could say the opposite.
  if (header.length > HEADER_MAX_CHARACTERS) ranges.pop();
  return ranges.map((text) => {
    const [range = "", ...parameters] = text.split(";").map((part) => lowerCaseAscii(trimOws(part)));
    const [, weight = 0] = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameters.join(";")) ?? [];
    return { range, weight: parameters.length === 0 ? 1 : Number(weight) };
  });
}
