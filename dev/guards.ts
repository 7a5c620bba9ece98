import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Guard } from "../test/guards/guard.ts";
import { GUARDS } from "../test/guards/guards.ts";

/**
 * Applies every guard to a copy of the repository and runs its test, which must pass before the change and fail after
 * it. The arguments are parts of promises. With arguments, only the guards run whose promise contains one of them.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The number of copies of the repository that are used at the same time. A run of one test uses about one core. */
const COPIES = 2;

/** The folders that a run of one test reads. */
const FOLDERS = ["src", "test", "dev", "stand-ins", "bench", "docs", "drizzle"].filter((path) =>
  existsSync(join(ROOT, path)),
);
const SETTINGS = ["package.json", "tsconfig.json", "tsconfig.node.json", "vitest.config.ts", "wrangler.toml"];

type Outcome = "passed" | "failed" | "not found" | "not built";

interface Verdict {
  readonly guard: Guard;
  /** The reason why the guard fails, or null if it holds. */
  readonly problem: string | null;
}

const filters = process.argv.slice(2);
const guards = GUARDS.filter(({ promise }) => filters.length === 0 || filters.some((part) => promise.includes(part)));
const pending = [...guards];
const startedAt = Date.now();
const verdicts = (await Promise.all(Array.from({ length: COPIES }, checkPending))).flat();
const broken = verdicts.filter(({ problem }) => problem !== null);
const seconds = Math.round((Date.now() - startedAt) / 1_000);
console.log(`${verdicts.length - broken.length} of ${guards.length} guards hold, in ${seconds} s`);
process.exit(broken.length === 0 ? 0 : 1);

async function checkPending(): Promise<Verdict[]> {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-guards-"));
  try {
    for (const part of [...FOLDERS, ...SETTINGS]) {
      const filter = (path: string) => !path.endsWith("node_modules");
      cpSync(join(ROOT, part), join(directory, part), { recursive: true, filter });
    }
    for (const modules of ["node_modules", "bench/node_modules"])
      symlinkSync(join(ROOT, modules), join(directory, modules));
    const verdicts: Verdict[] = [];
    for (let guard = pending.shift(); guard !== undefined; guard = pending.shift()) {
      const problem = await findProblem(directory, guard);
      console.log(`${problem === null ? "ok  " : "FAIL"} ${guard.promise}${problem === null ? "" : `: ${problem}`}`);
      verdicts.push({ guard, problem });
    }
    return verdicts;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function findProblem(directory: string, guard: Guard): Promise<string | null> {
  const before = await runTest(directory, guard);
  if (before !== "passed") return `before the change its test has ${before}`;
  const path = join(directory, guard.file);
  const text = readFileSync(path, "utf8");
  if (text.split(guard.from).length !== 2) return "its change does not apply";
  writeFileSync(
    path,
    text.replace(guard.from, () => guard.to),
  );
  const after = await runTest(directory, guard);
  writeFileSync(path, text);
  return after === "failed" ? null : `after the change its test has ${after}`;
}

/** Runs only the test of a guard. */
async function runTest(directory: string, { project, test, title }: Guard): Promise<Outcome> {
  const report = join(directory, "report.json");
  rmSync(report, { force: true });
  // Vitest matches names in which the blocks are separated by " > ".
  const pattern = title
    .split(" ")
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("( > | )");
  const args = [
    "vitest",
    "run",
    "--project",
    project,
    test,
    "-t",
    pattern,
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  await new Promise((resolve) => {
    spawn("npx", args, { cwd: directory, stdio: "ignore" }).on("close", resolve);
  });
  const results = readReport(report);
  if (results === null) return "not built";
  const statuses = results
    .filter(({ fullName }) => fullName.includes(title))
    .map(({ status }) => status)
    .filter((status) => status === "passed" || status === "failed");
  if (statuses.length === 0) return "not found";
  return statuses.includes("failed") ? "failed" : "passed";
}

interface Result {
  readonly fullName: string;
  readonly status: string;
}

/** Returns null if the run ended before any test, for example because the Worker does not build. */
function readReport(path: string): readonly Result[] | null {
  try {
    const { testResults } = JSON.parse(readFileSync(path, "utf8")) as {
      testResults: { assertionResults: Result[] }[];
    };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } catch {
    return null;
  }
}
