import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface BundleCopy {
  /** The directory of the copy. */
  readonly bundle: string;
  remove(): void;
}

const BUNDLE = fileURLToPath(new URL("../../dist", import.meta.url));

/** The Argon2id factors of src/auth/credentials/password/hash.ts, as they appear in the bundle. */
const FACTORS = "memory:19*1024,passes:2";

/** Changes the text of the bundle so that a password hash costs almost nothing. An argument for `copyBundle`. */
export function withCheapHashes(text: string): string {
  if (text.split(FACTORS).length !== 2) throw new Error(`The bundle does not hold "${FACTORS}" once`);
  return text.replace(FACTORS, "memory:8,passes:1");
}

/** Copies the built Worker into a directory of its own, and applies `change` to its script. */
export function copyBundle(change: (text: string) => string = (text) => text): BundleCopy {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-bundle-"));
  cpSync(BUNDLE, directory, { recursive: true });
  const script = join(directory, "index.js");
  writeFileSync(script, change(readFileSync(script, "utf8")));
  return { bundle: directory, remove: () => rmSync(directory, { recursive: true }) };
}
