import { setTimeout as sleep } from "node:timers/promises";
import { SEED_NOTE, seededRandom, shuffle } from "../seed.ts";
import { type Cell, FAULTS, type Learned, learn, runCell } from "./cells.ts";
import { isExcusable } from "./checks.ts";
import type { Lane, Lanes } from "./lane.ts";
import type { Operation } from "./operation.ts";

/** The number of cells in a run, by default a sample. `npm run test:resilience` runs all. */
export const CELLS_MAX = Number(process.env["GATEHOUSE_FAULT_CELLS"] ?? 24);

/** The number of cells per operation in a sample. To arrange an operation takes longer than to run one of its cells. */
const CELLS_OF_ONE = 6;

export interface MatrixReport {
  readonly operations: number;
  readonly cells: number;
  readonly twice: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

/** Runs every operation × every call that it makes × every fault, or a random sample of `CELLS_MAX` cells. */
export async function runMatrix(name: string, lanes: Lanes, operations: readonly Operation[]): Promise<MatrixReport> {
  const startedAt = performance.now();
  const isSample = Number.isFinite(CELLS_MAX);
  const random = seededRandom(name);
  const problems: string[] = [];
  /** Cells that failed beside others are run again at the end, by themselves. */
  const doubtful: Cell[] = [];
  let cells = 0;
  let learning = 0;
  // All cells of an operation run before the next operation: codes and sessions expire meanwhile.
  const pending: Record<Lane["mode"], Operation[]> = { optional: [], required: [] };
  const ready: Record<Lane["mode"], Cell[]> = { optional: [], required: [] };
  const wanted = isSample ? shuffle(random, operations).slice(0, Math.ceil(CELLS_MAX / CELLS_OF_ONE)) : operations;
  for (const operation of wanted) pending[operation.mode ?? "optional"].push(operation);

  const report = (where: string, found: readonly string[]) => {
    for (const each of found) {
      problems.push(`${where}: ${each} (${SEED_NOTE})`);
      // The full matrix takes minutes, so print each problem at once.
      console.warn(problems.at(-1));
    }
  };
  const prepare = async (lane: Lane, operation: Operation) => {
    learning += 1;
    try {
      const [learned, found] = await learn(lane, lanes, operation);
      report(operation.name, found);
      const all = cellsOf(learned);
      ready[lane.mode].push(...(isSample ? shuffle(random, all).slice(0, CELLS_OF_ONE) : all));
    } catch (error) {
      report(operation.name, [`does not begin: ${error}`]);
    } finally {
      learning -= 1;
    }
  };
  const run = async (lane: Lane) => {
    for (;;) {
      const cell = ready[lane.mode].pop();
      const operation = cell === undefined ? pending[lane.mode].shift() : undefined;
      if (cell !== undefined) {
        cells += 1;
        const found = await tryCell(lane, lanes, cell);
        if (found.length > 0 && found.every(isExcusable)) doubtful.push(cell);
        else report(nameOf(cell), found);
      } else if (operation !== undefined) await prepare(lane, operation);
      else if (learning > 0) await sleep(50);
      else return;
    }
  };
  await Promise.all(lanes.lanes.map(run));
  for (const cell of doubtful) {
    const lane = lanes.lanes.find(({ mode }) => mode === (cell.learned.operation.mode ?? "optional"));
    if (lane === undefined) continue;
    const [learned] = await learn(lane, lanes, cell.learned.operation);
    report(nameOf(cell), await tryCell(lane, lanes, { ...cell, learned }));
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  return { operations: wanted.length, cells, twice: doubtful.length, seconds, problems };
}

async function tryCell(lane: Lane, lanes: Lanes, cell: Cell): Promise<string[]> {
  try {
    return await runCell(lane, lanes, cell);
  } catch (error) {
    return [`${error}`];
  }
}

function cellsOf(learned: Learned): Cell[] {
  const seen = new Map<string, number>();
  return learned.calls.flatMap(({ service }) => {
    const index = seen.get(service) ?? 0;
    seen.set(service, index + 1);
    return FAULTS.map((fault) => ({ learned, service, index, fault }));
  });
}

function nameOf({ learned, service, index, fault }: Cell): string {
  const call = learned.calls.filter((each) => each.service === service)[index];
  const kind = fault.kind === "status" ? `status ${fault.status}` : fault.kind;
  return `${learned.operation.name} × ${service} ${index + 1} ${call?.operation} × ${kind}`;
}
