import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A build of the Worker for tests that hash tens of thousands of passwords, and are not about that. */
export interface Build {
  /** The directory that holds it; undefined for the one that is deployed. */
  readonly bundle: string | undefined;
  remove(): void;
}

export interface BundleCopy extends Build {
  readonly bundle: string;
}

const BUNDLE = fileURLToPath(new URL("../../dist", import.meta.url));

/** The factors of a hash in src/auth/credentials/password/hash.ts, as the bundle holds them. */
const FACTORS = "memory:19*1024,passes:2";

/**
 * The Worker as it is built, but that a password hash costs next to nothing: most of the time of the whole matrix would go
 * into hashes. `wanted` false: the Worker as it is.
 */
export function buildWithCheapHashes(wanted: boolean): Build {
  return wanted ? copyBundle(withCheapHashes) : { bundle: undefined, remove: () => {} };
}

/** For `copyBundle`. */
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
