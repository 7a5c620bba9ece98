import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { onFinish } from "./ending.ts";
import { ROOT, STATE_DIRECTORY } from "./options.ts";
import type { Variant } from "./variants.ts";

const run = promisify(execFile);

/** The bundle of a Worker in the form that would be deployed. */
export interface Bundle {
  readonly directory: string;
  /** The size of the compressed upload that wrangler reports. 1 kB is 1000 bytes. */
  readonly gzipKilobytes: number;
}

/** Builds the bundle with wrangler, like `npm run deploy`. Rejects with wrangler's output if the build fails. */
export async function build(variant: Variant): Promise<Bundle> {
  const directory = makeDirectory(variant);
  const entry =
    variant === "gatehouse" ? [] : [`bench/variants/${variant}.ts`, "--config", "bench/variants/wrangler.toml"];
  const { stdout } = await run(
    join(ROOT, "node_modules/.bin/wrangler"),
    ["deploy", ...entry, "--dry-run", "--outdir", directory],
    { cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
  );
  const [, kibibytes] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
  if (kibibytes === undefined) throw new Error(`wrangler does not tell the size of ${variant}:\n${stdout}`);
  return { directory, gzipKilobytes: (Number(kibibytes) * 1_024) / 1_000 };
}

/** Creates a directory that is removed at the end of the run. */
function makeDirectory(variant: Variant): string {
  mkdirSync(STATE_DIRECTORY, { recursive: true });
  const directory = mkdtempSync(join(STATE_DIRECTORY, `${variant}-`));
  onFinish(async () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
