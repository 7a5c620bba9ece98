import { expect, test } from "vitest";
import { type Mode, startLanes } from "./lane.ts";
import { CELLS_MAX, runMatrix } from "./matrix.ts";
import type { Operation } from "./operation.ts";

const TIMEOUT_MILLISECONDS = 30 * 60_000;

/** The test of a part of the matrix, on the embedded engines: what the Worker makes of an answer is the same on any. */
export function holdFaults(name: string, operations: readonly Operation[], modes: readonly Mode[]): void {
  test(
    `${name}: whatever call fails however, the answer is in time and tells nothing; tried again, the account is whole`,
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
