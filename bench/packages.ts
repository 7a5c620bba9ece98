import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { ROOT } from "./options.ts";
import { say } from "./progress.ts";

/** What only the benchmark needs has a package file of its own, and is installed when it is first asked for. */
export async function installPackages(): Promise<void> {
  if (areInstalled()) return;
  say("installing what only the benchmark needs: npm ci in bench/");
  const npm = spawn("npm", ["ci", "--no-audit", "--no-fund"], { cwd: `${ROOT}bench`, stdio: "inherit" });
  const [status] = await once(npm, "exit");
  if (status !== 0) throw new Error("npm ci failed in bench/");
}

/** npm writes down what it has installed, when it is done. */
function areInstalled(): boolean {
  const written = (file: string) => statSync(`${ROOT}bench/${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return written("node_modules/.package-lock.json") >= written("package-lock.json");
}
