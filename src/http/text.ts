/**
 * Removes optional white space of HTTP (RFC 9110, 5.6.3: space and tab) from both ends. `trim` removes about twenty
 * more characters, which browsers and proxies treat as part of a name or value.
 */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text[start])) start += 1;
  while (end > start && isOws(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isOws(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

/**
 * Lower-cases only A to Z. `toLowerCase` also turns the Kelvin sign (U+212A) into a k, so two different names become
 * equal.
 */
export function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
