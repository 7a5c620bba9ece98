import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Applies the diffs in `docs/how-to/<page>.md` to a copy of the repository, without fuzz. `options` of `git apply`
 * select files. Throws if a diff does not apply.
 */
export function applyHowTo(directory: string, page: string, ...options: readonly string[]): void {
  const problem = runGitApply(directory, page, options);
  if (problem !== null) throw new Error(`docs/how-to/${page}.md does not apply: ${problem}`);
}

/**
 * Whether the page exists and applies to this checkout. If it does not apply, prints a warning. In CI it throws
 * instead.
 */
export function isApplicable(page: string): boolean {
  if (!existsSync(pathOf(page))) return false;
  const problem = runGitApply(ROOT, page, ["--check"]);
  if (problem === null) return true;
  const remedy = "Update its diffs, or delete the page if you have made this change";
  if (process.env["CI"] !== undefined) throw new Error(`docs/how-to/${page}.md does not apply. ${remedy}:\n${problem}`);
  console.warn(`Left out: docs/how-to/${page}.md does not apply to this checkout. ${remedy}:\n${problem}`);
  return false;
}

function runGitApply(directory: string, page: string, options: readonly string[]): string | null {
  const { status, stderr } = spawnSync("git", ["apply", ...options, "-"], {
    cwd: directory,
    input: readDiffs(page),
    encoding: "utf8",
  });
  return status === 0 ? null : stderr.trim();
}

function readDiffs(page: string): string {
  const blocks = readFileSync(pathOf(page), "utf8").matchAll(/^```diff\n(.*?)^```$/gms);
  return [...blocks].map(([, diff]) => diff).join("");
}

function pathOf(page: string): string {
  return join(ROOT, "docs/how-to", `${page}.md`);
}
