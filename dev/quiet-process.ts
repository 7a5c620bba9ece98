import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The maximum number of lines that are kept during the start, to be printed if it fails. */
const BUFFERED_LINES_MAX = 200;

export interface QuietProcess {
  readonly child: ChildProcess;
  /**
   * Ends the buffering of output. After a successful start, only new log lines of the Worker and errors are printed.
   * After a failed start, the kept lines and all later lines are printed.
   */
  endBuffering(started: boolean): void;
}

/**
 * Starts wrangler and buffers its output. It gets its own process group, because ending only wrangler would leave
 * workerd running.
 */
export function startQuietly(
  [command = "", ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): QuietProcess {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const buffered: string[] = [];
  let started: boolean | null = null;
  const show = (line: string, isError: boolean) => {
    if (started === null) {
      buffered.push(line);
      if (buffered.length > BUFFERED_LINES_MAX) buffered.shift();
    } else if (!started || isError || line.startsWith("{")) {
      (isError ? console.error : console.log)(line);
    }
  };
  createInterface({ input: child.stdout }).on("line", (line) => show(line, false));
  createInterface({ input: child.stderr }).on("line", (line) => show(line, true));
  return {
    child,
    endBuffering: (success) => {
      started = success;
      if (!success) for (const line of buffered) console.error(line);
    },
  };
}
