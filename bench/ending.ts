import type { ChildProcess } from "node:child_process";

type CleanUp = () => Promise<unknown>;

const children = new Set<ChildProcess>();
const cleanUps: CleanUp[] = [];

/** Ends `child` before this process ends, in any way. */
export function killAtExit<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/**
 * Registers a clean-up for the end of the run, also after a failure or an interruption. The last registered runs first.
 * The returned function runs it earlier. It runs once.
 */
export function onFinish(cleanUp: CleanUp): () => Promise<void> {
  let done: Promise<void> | undefined;
  const once = () => {
    done ??= cleanUp().then(() => {});
    return done;
  };
  cleanUps.push(once);
  return once;
}

let finishing: Promise<void> | undefined;

/** Runs all clean-ups once. If one fails, the others still run. */
export function finish(): Promise<void> {
  finishing ??= (async () => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp().catch((error) => console.error(error));
  })();
  return finishing;
}

process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // A terminal and npm both send the signal. The second one must not interrupt the clean-up.
  process.on(signal, () => {
    if (finishing === undefined) console.error(`\nBroken off by ${signal}.`);
    void finish().then(() => process.exit(1));
  });
}
