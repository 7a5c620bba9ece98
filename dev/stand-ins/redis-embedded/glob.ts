import type { Bytes } from "../redis-engine.ts";

/** Redis's patterns: `*`, `?`, `[abc]`, `[^abc]`, `[a-z]`, and a backslash before what is meant as it stands. */
export function createGlob(pattern: Bytes): (bytes: Bytes) => boolean {
  let source = "";
  for (const [part, inside] of pattern.matchAll(/\[((?:\\.|[^\]\\])*)\]|\\.|./gs)) {
    if (part === "*") source += ".*";
    else if (part === "?") source += ".";
    else if (inside !== undefined) source += toCharacterClass(inside);
    else source += escapeCharacter(part.length > 1 ? part.slice(1) : part);
  }
  const expression = new RegExp(`^${source}$`, "s");
  return (bytes) => expression.test(bytes);
}

function toCharacterClass(inside: string): string {
  const negated = inside.startsWith("^");
  const characters = (negated ? inside.slice(1) : inside).replace(/\\?([^a-z0-9-])/gis, (_, character) =>
    escapeCharacter(character),
  );
  // An empty class matches nothing in Redis; so does `[]` in an expression, and `[^]` matches anything in both.
  return `[${negated ? "^" : ""}${characters}]`;
}

function escapeCharacter(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
