import { afterEach } from "vitest";
import { runningWorkers } from "./running-workers.ts";

/** The last lines are those of the step that failed. */
const LINES_MAX = 40;

// Prints the log of the Workers of a failed test.
afterEach(({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const { origin, lines } of runningWorkers)
    console.error([`The log of ${origin}:`, ...lines.slice(-LINES_MAX)].join("\n"));
});
