import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface BundleCopy {
  /** The directory that holds it. */
  readonly bundle: string;
  remove(): void;
}

const BUNDLE = fileURLToPath(new URL("../../dist", import.meta.url));

/** The factors of a hash in src/auth/credentials/password/hash.ts, as the bundle holds them. */
const FACTORS = "memory:19*1024,passes:2";

/** Makes a password hash cost next to nothing. For `copyBundle`. */
export function withCheapHashes(text: string): string {
  if (text.split(FACTORS).length !== 2) throw new Error(`The bundle does not hold "${FACTORS}" once`);
  return text.replace(FACTORS, "memory:8,passes:1");
}

/** A copy of the built Worker, changed or not, in a directory of its own. */
export function copyBundle(change: (text: string) => string = (text) => text): BundleCopy {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-bundle-"));
  cpSync(BUNDLE, directory, { recursive: true });
  const script = join(directory, "index.js");
  writeFileSync(script, change(readFileSync(script, "utf8")));
  return { bundle: directory, remove: () => rmSync(directory, { recursive: true }) };
}
