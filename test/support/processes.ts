import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";

/** The directories in which Debian keeps servers. Not every shell has them in its PATH. */
const SERVER_DIRECTORIES = ["/usr/sbin", "/usr/local/sbin"];

/** The full path of `program`, or null if it is not installed. */
export function findProgram(program: string): string | null {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), ...SERVER_DIRECTORIES];
  const paths = directories.filter(Boolean).map((directory) => join(directory, program));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns a port that no process listens on at the moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

export interface ServerProcess {
  readonly port: number;
  /** Stops the process and waits until it has exited. */
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until `isReady` resolves to true. Rejects with its output if it exits first, or after 30 s.
 */
export async function startServer(
  command: string,
  args: readonly string[],
  port: number,
  isReady: () => Promise<boolean>,
): Promise<ServerProcess> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  // Kill the server however this process ends, before the directory that the server works in is removed.
  const kill = () => void child.kill("SIGKILL");
  process.prependOnceListener("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4000);
    });
  }
  const giveUpAt = Date.now() + 30_000;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      child.kill("SIGKILL");
      throw new Error(`${command} did not start:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { port, stop: () => stop(child) };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
