import { pick } from "../seed.ts";

/** Pieces of text that are expensive to process in long runs, grouped by the reason. */
const RUNS: readonly string[] = [
  // Normal forms: marks are sorted and composed in quadratic time, and one character can become many.
  "\u0301",
  "\u0315\u0301\u0327",
  "\u0344",
  "\u0327",
  "e\u0301",
  "\u1100\u1161\u11a8",
  "\ufdfa",
  "\u1f82",
  "\u{1d1c0}",
  "\u0130",
  "\u212a",
  // Characters that take two bytes in V8, and lone surrogates.
  "\u{1f600}",
  "\u00e4",
  "\u0416",
  "\ud800",
  "\udc00",
  // White space, and characters that are trimmed.
  " ",
  "\t",
  "\u00a0",
  "\u2000",
  "\u200b",
  "\u202e",
  "\r\n",
  // Characters and sequences that are escaped, encoded or decoded.
  '"',
  "<",
  "&",
  "'",
  "%",
  "%25",
  "%2F",
  "%00",
  "%C3%A4",
  "%F0%9F%98%80",
  "%ED%A0%80",
  "+",
  "&amp;",
  "</script>",
  // Separators that the source splits text at.
  "a=b;",
  "a;",
  ";",
  ";;=",
  ",",
  "a,",
  "&a",
  "a=&",
  "=",
  "/",
  "a/",
  "./",
  "../",
  "\\",
  "#",
  "?",
  "??",
  "@",
  ":",
  // Repeated parts of the patterns in the source: emails, languages, browsers, charsets, codes, handles, numbers.
  "a",
  "A",
  ".",
  "-",
  "a.",
  "a-",
  "a@",
  "-a",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
  "de-DE,",
  "de-AT-1996-x-",
  "q=0.001;",
  "de;q=0.0000,",
  "*;q=0,",
  "; charset=utf-8",
  ";charset",
  "; charset = ",
  '; charset="',
  "Version/",
  "Version/1.",
  "Safari/ ",
  "Mac OS X",
  "Chrome",
  "0",
  "9",
  "1.",
  "f",
  "00:",
  "::",
  "ffff:",
  "\0",
  "--x\r\n",
  "\r\n\r\n",
  "lang=de&",
  "redirectTo=/&",
  "redirectTo=%2F&",
];

const STARTS = ["", "", "", "", "/", "1.", "a@", "Version/", "de-", "https://gatehouse.test", "application/", "{", '"'];
const ENDS = ["", "", "", "!", "\u0000", "@example.com", "Safari", "%", "\ud800"];

/**
 * A text of about this length in UTF-16 code units: one piece repeated, two pieces alternating, or two runs in a row.
 */
export function randomText(random: () => number, length: number): string {
  if (random() < 0.15) return drawRun(random, length >> 1) + drawRun(random, length >> 1);
  return drawRun(random, length);
}

function drawRun(random: () => number, length: number): string {
  const piece = pick(random, RUNS) + (random() < 0.2 ? pick(random, RUNS) : "");
  const start = pick(random, STARTS);
  const end = pick(random, ENDS);
  const room = Math.max(length - start.length - end.length, 0);
  return start + piece.repeat(Math.ceil(room / piece.length)).slice(0, room) + end;
}

/** A length at one of the limits of the source, just above it, or below it. */
export function randomLength(random: () => number, bounds: readonly number[]): number {
  const bound = pick(random, bounds);
  const shift = random();
  if (shift < 0.5) return bound;
  return shift < 0.7 ? bound + 1 : Math.ceil(bound * random());
}
