/**
 * Removes the white space that HTTP knows (RFC 9110, 5.6.3: SP and HTAB) from both ends. `trim` removes a score of others
 * besides, which are part of a name or a value for every browser and proxy.
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

/** Lower-cases A to Z alone. `toLowerCase` also turns the Kelvin sign into a k, so that two names become one. */
export function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
