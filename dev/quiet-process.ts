import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Lines of the start that are kept in case it fails. */
const KEPT_LINES_MAX = 200;

export interface QuietProcess {
  readonly child: ChildProcess;
  /**
   * Ends the silence. After a successful start, only log lines of the Worker and errors are printed. After a failed one,
   * everything that was printed so far is printed.
   */
  speak(started: boolean): void;
}

/** Starts wrangler without its own output, in a process group of its own, because ending only it would leave workerd running. */
export function startQuietly(
  [command = "", ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): QuietProcess {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kept: string[] = [];
  let started: boolean | null = null;
  const show = (line: string, isError: boolean) => {
    if (started === null) {
      kept.push(line);
      if (kept.length > KEPT_LINES_MAX) kept.shift();
    } else if (!started || isError || line.startsWith("{")) {
      (isError ? console.error : console.log)(line);
    }
  };
  createInterface({ input: child.stdout }).on("line", (line) => show(line, false));
  createInterface({ input: child.stderr }).on("line", (line) => show(line, true));
  return {
    child,
    speak: (success) => {
      started = success;
      if (!success) for (const line of kept) console.error(line);
    },
  };
}
