import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PARTS = ["dev", "src", "drizzle", "wrangler.toml", "package.json", "tsconfig.json"];

export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Everything that the command has printed. */
  output(): string;
}

/** A copy of this repository to run its commands in. The commands keep their data inside it. */
export interface Checkout {
  readonly directory: string;
  /** Runs a script of package.json as npm does. */
  run(script: string, args?: readonly string[], env?: Readonly<Record<string, string>>): RunningCommand;
  /** Stops all commands that still run, and removes the directory. */
  remove(): Promise<void>;
}

export function createCheckout(): Checkout {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-checkout-"));
  for (const part of PARTS) cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  const started: RunningCommand[] = [];
  return {
    directory,
    run: (script, args = [], env = {}) => {
      const running = start(directory, script, args, env);
      started.push(running);
      return running;
    },
    remove: async () => {
      for (const { child, ended } of started) {
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function start(
  cwd: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const child = spawn(process.execPath, ["-r", "./dev/require-node.cjs", `dev/${script}.ts`, ...args], {
    cwd,
    env: { ...inherit("PATH", "HOME", "NODE_COMPILE_CACHE"), ...QUIET, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<CommandResult>((resolve) =>
    child.once("close", (code) => resolve({ code, output: printed })),
  );
  return { child, ended, output: () => printed };
}

function inherit(...names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

const QUIET = { NO_COLOR: "1", WRANGLER_HIDE_BANNER: "true", WRANGLER_SEND_METRICS: "false" };
