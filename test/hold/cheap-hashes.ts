import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildChangedWorker } from "../support/build-worker.ts";

/** A build of the Worker for tests that hash tens of thousands of passwords, and are not about that. */
export interface Build {
  readonly bundle: string | undefined;
  remove(): void;
}

/**
 * The Worker as it is, but that a password hash costs next to nothing: most of the time of the whole matrix would go into
 * hashes. `wanted` false: the Worker as it is, for a sample does not make up for the time of a build.
 */
export function buildWithCheapHashes(wanted: boolean): Build {
  if (!wanted) return { bundle: undefined, remove: () => {} };
  const directory = buildChangedWorker("src/auth/password-hash.ts", (text) =>
    text.replace("memory: 19 * 1024, passes: 2", "memory: 8, passes: 1"),
  );
  return { bundle: join(directory, "dist"), remove: () => rmSync(directory, { recursive: true }) };
}
