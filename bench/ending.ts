import type { ChildProcess } from "node:child_process";

type Undo = () => Promise<unknown>;

const children = new Set<ChildProcess>();
const undos: Undo[] = [];

/** Whatever ends this process ends `child` first. */
export function endWithUs<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** To be done when the run is over, has failed or is broken off, the last first; or before, by calling what is returned. Once. */
export function atTheEnd(undo: Undo): () => Promise<void> {
  let done: Promise<void> | undefined;
  const once = () => {
    done ??= undo().then(() => {});
    return done;
  };
  undos.push(once);
  return once;
}

let finishing: Promise<void> | undefined;

/** Does what was to be done, whoever asks, once. A failure of one keeps none of the others from it. */
export function finish(): Promise<void> {
  finishing ??= (async () => {
    for (const undo of undos.toReversed()) await undo().catch((error) => console.error(error));
  })();
  return finishing;
}

process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // A terminal and npm both send it: the second must not end what the first has begun.
  process.on(signal, () => {
    if (finishing === undefined) console.error(`\nBroken off by ${signal}.`);
    void finish().then(() => process.exit(1));
  });
}
