import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PARTS = ["dev", "src", "drizzle", "wrangler.toml", "package.json", "tsconfig.json"];

/** `npm run dev` takes a second, until it has ended wrangler and closed its stores. */
const ENDING_MAX_MILLISECONDS = 10_000;

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
  /** Replaces one file of the installed packages, such as `wrangler/bin/wrangler.js`, for the commands of this copy. */
  replaceInstalled(path: string, text: string): void;
  /** Stops all commands that still run, with the processes that they have started, and removes the directory. */
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
    replaceInstalled: (path, text) => {
      const to = join(directory, "node_modules");
      rmSync(to, { recursive: true });
      linkAllBut(path, join(ROOT, "node_modules"), to);
      writeFileSync(join(to, path), text);
    },
    remove: async () => {
      for (const running of started) await end(running);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Creates the directory `to` with links to all that `from` has, apart from the file `path`. */
function linkAllBut(path: string, from: string, to: string): void {
  const [first = "", ...rest] = path.split("/");
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== first) symlinkSync(join(from, name), join(to, name));
  if (rest.length > 0) linkAllBut(rest.join("/"), join(from, first), join(to, first));
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
    // In a process group of its own, which ends as a whole. A command that waits for wrangler cannot pass a signal on.
    detached: true,
  });
  const endAtExit = () => void signal(child, "SIGKILL");
  process.prependOnceListener("exit", endAtExit);
  child.once("exit", () => process.off("exit", endAtExit));
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<CommandResult>((resolve) =>
    child.once("close", (code) => resolve({ code, output: printed })),
  );
  return { child, ended, output: () => printed };
}

/** Ends a command that still runs, and what it has started. */
async function end({ child, ended }: RunningCommand): Promise<void> {
  if (!signal(child, "SIGTERM")) return;
  await Promise.race([ended, sleep(ENDING_MAX_MILLISECONDS, undefined, { ref: false })]);
  // wrangler does not end while it waits for Cloudflare, and can outlive the command that has started it.
  signal(child, "SIGKILL");
  await ended;
}

/** Returns false if there is no process left. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(-pid, name);
  } catch {
    return false;
  }
}

function inherit(...names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

const QUIET = { NO_COLOR: "1", WRANGLER_HIDE_BANNER: "true", WRANGLER_SEND_METRICS: "false" };
