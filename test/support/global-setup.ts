import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { unstable_readConfig } from "wrangler";
import { buildWorker } from "./build-worker.ts";
import { copyBundle, withCheapHashes } from "./cheap-hashes.ts";
import { canReadCpuTime } from "./cpu-time.ts";
import { findProgram } from "./processes.ts";
import { findMissingEngines, startRealEngines } from "./real-engines.ts";
import type { WorkerSettings } from "./worker.ts";

declare module "vitest" {
  interface ProvidedContext {
    engines: "embedded" | "real";
    /** Null if MariaDB or Redis is not installed. */
    realEngines: { readonly sql: string; readonly redis: string } | null;
    /** The path of Chromium. Null if it is not installed. */
    chromium: string | null;
    /**
     * The path of Chromium's headless shell, which starts in half the time. If it is not installed, the path of
     * Chromium.
     */
    headlessShell: string | null;
    /** The path of Lighthouse. Null if it or Chromium is not installed. */
    lighthouse: string | null;
    /** The directory of a copy of the built Worker whose password hashes cost almost nothing. */
    cheapBundle: string;
    workerSettings: WorkerSettings;
  }
}

/**
 * Builds the Worker once, as it is deployed, and starts what all tests share. Prints which tests are left out, and why.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // Processes of a run keep stores open until they exit, so their files are removed here, at the end.
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-tests-"));
  process.env["TMPDIR"] = directory;
  // Node keeps here what it has compiled, and a hundred processes of a run load the same packages.
  process.env["NODE_COMPILE_CACHE"] ??= join(directory, "compiled");
  const chromium = findProgram("chromium");
  const missing = findMissingEngines();
  if (chromium === null) reportSkipped("browser tests (test/browser)", "chromium is not installed");
  if (missing.length > 0) reportSkipped("the suite on MariaDB and Redis", `not installed: ${missing.join(", ")}`);
  if (!canReadCpuTime())
    reportSkipped("the cost of requests (test/resilience/cost)", "this system does not tell CPU time in /proc");
  // MariaDB creates its tables while the Worker is built.
  const starting = missing.length === 0 ? startRealEngines() : null;
  buildWorker();
  const engines = await starting;

  const lighthouse = chromium && findProgram("lighthouse");
  // No package installs Lighthouse and no run requires it: axe-core checks the same rules on every page.
  if (lighthouse === null) console.warn("\nLeft out: Lighthouse's grades: lighthouse is not installed\n");

  project.provide("chromium", chromium);
  project.provide("lighthouse", lighthouse);
  project.provide("headlessShell", findProgram("chromium-headless-shell") ?? chromium);
  project.provide("realEngines", engines && { sql: engines.sql, redis: engines.redis });
  project.provide("workerSettings", readWorkerSettings());
  const cheap = copyBundle(withCheapHashes);
  project.provide("cheapBundle", cheap.bundle);
  return async () => {
    await engines?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

function readWorkerSettings(): WorkerSettings {
  const { compatibility_date: date, compatibility_flags: compatibilityFlags, vars } = unstable_readConfig({});
  if (date === undefined) throw new Error("wrangler.toml names no compatibility date");
  return { compatibilityDate: date, compatibilityFlags, vars: vars as Record<string, string> };
}

/** On a developer's machine some engines may be missing. In CI a test that does not run is a failure. */
function reportSkipped(what: string, reason: string): void {
  if (process.env["CI"] === "true") throw new Error(`CI must run everything, but leaves out ${what}: ${reason}`);
  console.warn(`\nLeft out: ${what}: ${reason}\n`);
}
