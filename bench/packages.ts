import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { ROOT } from "./options.ts";
import { logProgress } from "./progress.ts";

/** Installs the packages that only the benchmark needs, from `bench/package.json`. Rejects if npm fails. */
export async function installPackages(): Promise<void> {
  if (areInstalled()) return;
  logProgress("installing what only the benchmark needs: npm ci in bench/");
  const npm = spawn("npm", ["ci", "--no-audit", "--no-fund"], { cwd: `${ROOT}bench`, stdio: "inherit" });
  const [status] = await once(npm, "exit");
  if (status !== 0) throw new Error("npm ci failed in bench/");
}

/** Compares modification times. npm writes the record of installed packages at the end of an installation. */
function areInstalled(): boolean {
  const modifiedAt = (file: string) => statSync(`${ROOT}bench/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return modifiedAt("node_modules/.package-lock.json") >= modifiedAt("package-lock.json");
}
