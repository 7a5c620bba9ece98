import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/** Builds the Worker as it is deployed, into `dist` of the directory that holds its `wrangler.toml`. */
export function buildWorker(directory = ROOT): void {
  const build = spawnSync(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", "dist"], {
    cwd: directory,
    encoding: "utf8",
  });
  if (build.status !== 0) throw new Error(`The Worker does not build:\n${build.stdout}${build.stderr}`);
}

/** What a build of the Worker reads. */
const WORKER = ["src", "wrangler.toml", "package.json", "tsconfig.json"];

/**
 * Copies folders and files of the repository, by default the Worker, with the packages that are installed. Returns the
 * directory of the copy. The caller removes it.
 */
export function copyRepository(parts: readonly string[] = WORKER): string {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-copy-"));
  const filter = (path: string) => !path.endsWith("node_modules");
  for (const part of parts) cpSync(join(ROOT, part), join(directory, part), { recursive: true, filter });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
}

/**
 * Copies the Worker, changes the text of some of its files or adds files, and builds the copy. Returns the directory of
 * the copy. The caller removes it.
 */
export function buildChangedWorker(changes: Readonly<Record<string, (text: string) => string>>): string {
  const directory = copyRepository();
  for (const [path, change] of Object.entries(changes)) {
    const before = existsSync(join(directory, path)) ? readFileSync(join(directory, path), "utf8") : "";
    const after = change(before);
    if (after === before) throw new Error(`${path} is as it was`);
    writeFileSync(join(directory, path), after);
  }
  buildWorker(directory);
  return directory;
}

/**
 * Builds the Worker of an earlier commit with the packages that are installed now. Returns its directory, which the
 * caller removes. If the history of this checkout does not contain the commit, prints a warning and returns null. In CI
 * it throws instead.
 */
export function buildFormerWorker(commit: string): string | null {
  const archive = spawnSync("git", ["archive", commit, ...WORKER], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (archive.status !== 0) {
    if (process.env["CI"] !== undefined) throw new Error(`git has no ${commit}: ${archive.stderr}`);
    console.warn(`Left out: there is no ${commit} in this checkout's history (git fetch --unshallow brings it).`);
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-former-"));
  const unpacked = spawnSync("tar", ["-x", "-C", directory], { input: archive.stdout });
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr}`);
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  buildWorker(directory);
  return directory;
}
