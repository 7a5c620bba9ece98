import { expect, test } from "vitest";
import { type Mode, startLanes } from "./lane.ts";
import { CELLS_MAX, runMatrix } from "./matrix.ts";
import type { Operation } from "./operation.ts";

const TIMEOUT_MILLISECONDS = 90 * 60_000;

/**
 * Defines the test of one part of the matrix. It runs on the embedded engines only: the Worker treats a response the
 * same on any engine.
 */
export function holdFaults(name: string, operations: readonly Operation[], modes: readonly Mode[]): void {
  test(
    `${name}: after any failure of any call the response is in time and reveals nothing, and a retry leaves the account consistent`,
    async () => {
      const lanes = await startLanes(modes);
      try {
        const { problems, ...figures } = await runMatrix(name, lanes, operations);
        if (!Number.isFinite(CELLS_MAX)) console.log({ faults: name, ...figures });
        expect(problems).toEqual([]);
      } finally {
        await lanes.close();
      }
    },
    TIMEOUT_MILLISECONDS,
  );
}
