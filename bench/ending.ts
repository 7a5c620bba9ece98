import type { ChildProcess } from "node:child_process";

type CleanUp = () => Promise<unknown>;

const children = new Set<ChildProcess>();
const cleanUps: CleanUp[] = [];

/** Kills `child` when this process exits, for whatever reason. */
export function killAtExit<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/**
 * Registers a clean-up for the end of the run. It also runs after a failure or an interruption. The clean-up that was
 * registered last runs first. The returned function runs the clean-up earlier. Each clean-up runs only once.
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
