/** More than any browser sends; the rest is not looked at. */
const HEADER_MAX_CHARACTERS = 256;

/**
 * Which of `available` (primary subtags, such as "de") an `Accept-Language` header likes best; null if none. By weight,
 * then by order (RFC 9110, 12.5.4); "de-AT" is met by "de" (RFC 4647, 3.4). A weight that is none counts as 0.
 */
export function chooseLanguage<Tag extends string>(header: string | null, available: readonly Tag[]): Tag | null {
  const ranges = (header ?? "").slice(0, HEADER_MAX_CHARACTERS).split(",").map(readRange);
  ranges.sort((one, other) => other.weight - one.weight);
  for (const { subtag, weight } of ranges) {
    const found = available.find((tag) => tag === subtag);
    if (found !== undefined && weight > 0) return found;
  }
  return null;
}

function readRange(text: string): { readonly subtag: string; readonly weight: number } {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const [subtag = ""] = range.split("-");
  const [weight] = parameters.flatMap((parameter) => /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameter)?.[1] ?? []);
  return { subtag, weight: parameters.length === 0 ? 1 : Number(weight ?? 0) };
}
