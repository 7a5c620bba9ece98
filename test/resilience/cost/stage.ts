import { median } from "../../support/statistics.ts";
import { seededRandom } from "../seed.ts";
import { takeSnapshot } from "../snapshot.ts";
import { randomHostileRequest } from "./hostile.ts";
import { type Cost, Meter, settle } from "./meter.ts";
import { type CostRequest, listOrdinary, type OrdinaryRequest } from "./ordinary.ts";
import { prepareScene, type Scene } from "./scene.ts";
import type { Service } from "./service.ts";

/** A hostile request may cost twice as much as an ordinary one, or 3 ms more, whichever is larger. */
const RATIO_MAX = 2;
const EXCESS_MAX_MILLISECONDS = 3;

const YARDSTICK_REPETITIONS = 2;

/** An ordinary request and its cost. */
interface Yardstick extends Cost {
  readonly request: OrdinaryRequest;
}

/** People in the middle of every flow, their ordinary requests, and a meter for the cost of any request. */
export interface Stage {
  /** In milliseconds since this process started. Codes and unfinished sign-ins are valid for ten minutes. */
  readonly openedAt: number;
  readonly meter: Meter;
  readonly yardsticks: readonly Yardstick[];
  readonly foreign: Scene["foreign"];
  /** The hostile request with this number. It is the same for the same seed. */
  draw(number: number): CostRequest;
}

export interface Pair {
  readonly hostile: CostRequest;
  /** The ordinary request that the hostile one is compared with. */
  readonly ordinary: CostRequest;
}

/** The median costs of both requests, in milliseconds of CPU time. */
export interface Comparison<P extends Pair = Pair> {
  readonly pair: P;
  readonly hostile: number;
  readonly ordinary: number;
  /** The cost of the hostile request divided by the highest allowed cost. */
  readonly share: number;
}

/** The highest allowed cost of a hostile request, in milliseconds. */
export function allowed(ordinary: number): number {
  return Math.max(RATIO_MAX * ordinary, ordinary + EXCESS_MAX_MILLISECONDS);
}

/** Empties the stores, prepares the people and their flows, and measures their ordinary requests. */
export async function openStage(service: Service): Promise<Stage> {
  await service.standIns.reset();
  service.mails.splice(0);
  const openedAt = performance.now();
  const scene = await prepareScene(service, () => settle(service));
  const ordinary = await listOrdinary(scene);
  await settle(service);
  const meter = new Meter(service, await takeSnapshot(service));
  const yardsticks: Yardstick[] = [];
  for (const request of ordinary) {
    yardsticks.push({ request, ...(await measureLeast(meter, request, YARDSTICK_REPETITIONS)) });
  }
  const { foreign } = scene;
  const draw = (number: number) => randomHostileRequest(seededRandom(`cost ${number}`), ordinary, foreign);
  return { openedAt, meter, yardsticks, foreign, draw };
}

/** The minimum over several measurements, which excludes pauses of the runtime. Precise enough to rank requests. */
export async function measureLeast(meter: Meter, request: CostRequest, times: number): Promise<Cost> {
  let least = await meter.measure(request);
  for (let time = 1; time < times; time += 1) {
    const cost = await meter.measure(request);
    if (cost.milliseconds < least.milliseconds) least = cost;
  }
  return least;
}

/** The cost of a request divided by its highest allowed cost. */
export function shareOf(stage: Stage, request: CostRequest, { milliseconds, status }: Cost): number {
  return milliseconds / allowed(findYardstick(stage, request, status).milliseconds);
}

/**
 * The request to compare with: the most expensive ordinary one of the same route and method that gets the same status,
 * from any visitor, because a changed cookie can turn one visitor into another. If there is none, the request was
 * refused, and the cheapest ordinary one of this visitor is used.
 */
export function findYardstick({ yardsticks }: Stage, request: CostRequest, status: number): Yardstick {
  const { route, method, visitor } = request;
  const sorted = yardsticks
    .filter((each) => each.request.route === route && (each.request.method === "POST") === (method === "POST"))
    .toSorted((one, other) => one.milliseconds - other.milliseconds);
  const found =
    sorted.findLast((each) => each.status === status) ?? sorted.find((each) => each.request.visitor === visitor);
  if (found === undefined) throw new Error(`Nothing ordinary is known of ${method} ${route}`);
  return found;
}

/**
 * Measures each hostile request alternately with its ordinary one, so that a slowdown of the machine affects both.
 * Stops after `rounds`, or after `roundsMin` if by then no share exceeds `clearShare`.
 */
export async function compare<P extends Pair>(
  meter: Meter,
  pairs: readonly P[],
  { rounds, roundsMin = rounds, clearShare = 0 }: { rounds: number; roundsMin?: number; clearShare?: number },
): Promise<Comparison<P>[]> {
  const costs = new Map<CostRequest, number[]>();
  const readMedian = (request: CostRequest) => median(costs.get(request) ?? []);
  for (let round = 1; ; round += 1) {
    for (const request of new Set(pairs.flatMap(({ hostile, ordinary }) => [ordinary, hostile]))) {
      const { milliseconds } = await meter.measure(request);
      costs.set(request, [...(costs.get(request) ?? []), milliseconds]);
    }
    const comparisons = pairs.map((pair) => {
      const [hostile, ordinary] = [readMedian(pair.hostile), readMedian(pair.ordinary)];
      return { pair, hostile, ordinary, share: hostile / allowed(ordinary) };
    });
    const isClear = round >= roundsMin && comparisons.every(({ share }) => share <= clearShare);
    if (round >= rounds || isClear) return comparisons;
  }
}
