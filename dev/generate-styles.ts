import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { transformSync } from "esbuild";

const DIRECTORY = new URL("../src/views/", import.meta.url);

/** Sheets as people write them, and as pages have them. */
const SHEETS = [
  ["style.css", "style.min.css"],
  ["account.css", "account.min.css"],
] as const;

/** Compacts every sheet whose compacted form is out of date; returns the names of these. */
export function generateStyles({ write }: { readonly write: boolean }): string[] {
  return SHEETS.flatMap(([from, to]) => {
    const source = readFileSync(new URL(from, DIRECTORY), "utf8");
    const compacted = transformSync(source, { loader: "css", minify: true }).code.trim();
    if (existsSync(new URL(to, DIRECTORY)) && readFileSync(new URL(to, DIRECTORY), "utf8") === compacted) return [];
    if (write) writeFileSync(new URL(to, DIRECTORY), compacted);
    return [from];
  });
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const outdated = generateStyles({ write: !isCheck });
  if (isCheck && outdated.length > 0) {
    console.error(`Compacted sheets are out of date (${outdated.join(", ")}): npm run styles`);
    process.exit(1);
  }
}
