import { median } from "../../support/statistics.ts";
import { seededRandom } from "../seed.ts";
import { takeSnapshot } from "../snapshot.ts";
import { randomHostileRequest } from "./hostile.ts";
import { type Cost, Meter, settle } from "./meter.ts";
import { type CostRequest, listOrdinary, type OrdinaryRequest } from "./ordinary.ts";
import { prepareScene } from "./scene.ts";
import type { Service } from "./service.ts";

/** A hostile request may cost twice what an ordinary one does, or 3 ms more, whichever is larger. */
const RATIO_MAX = 2;
const EXCESS_MAX_MILLISECONDS = 3;

const YARDSTICK_REPETITIONS = 2;

/** An ordinary request and what it costs. */
interface Yardstick extends Cost {
  readonly request: OrdinaryRequest;
}

/** People in the middle of every flow, what they send, and what measures it. */
export interface Stage {
  readonly meter: Meter;
  readonly yardsticks: readonly Yardstick[];
  /** The hostile request of that number: the same one for the same seed. */
  draw(number: number): CostRequest;
}

export interface Pair {
  readonly hostile: CostRequest;
  /** Its counterpart. */
  readonly ordinary: CostRequest;
}

/** What both cost: medians, in milliseconds. */
export interface Comparison<P extends Pair = Pair> {
  readonly pair: P;
  readonly hostile: number;
  readonly ordinary: number;
  /** What the hostile one costs, of what it may cost. */
  readonly share: number;
}

/** Milliseconds. */
export function allowed(ordinary: number): number {
  return Math.max(RATIO_MAX * ordinary, ordinary + EXCESS_MAX_MILLISECONDS);
}

/** Empties the stores, has people sign up, and measures what they send. */
export async function openStage(service: Service): Promise<Stage> {
  await service.standIns.reset();
  service.mails.splice(0);
  const scene = await prepareScene(service, () => settle(service));
  const ordinary = await listOrdinary(scene);
  await settle(service);
  const meter = new Meter(service, await takeSnapshot(service));
  const yardsticks: Yardstick[] = [];
  for (const request of ordinary) {
    yardsticks.push({ request, ...(await measureLeast(meter, request, YARDSTICK_REPETITIONS)) });
  }
  return { meter, yardsticks, draw: (number) => randomHostileRequest(seededRandom(`cost ${number}`), ordinary) };
}

/** The least of some measurements: no pause of the runtime is in it. Good enough to rank requests by. */
export async function measureLeast(meter: Meter, request: CostRequest, times: number): Promise<Cost> {
  let least = await meter.measure(request);
  for (let time = 1; time < times; time += 1) {
    const cost = await meter.measure(request);
    if (cost.milliseconds < least.milliseconds) least = cost;
  }
  return least;
}

/** What a request has cost, of what it may cost. */
export function shareOf(stage: Stage, request: CostRequest, { milliseconds, status }: Cost): number {
  return milliseconds / allowed(findYardstick(stage, request, status).milliseconds);
}

/**
 * What the request is compared with: the most expensive ordinary one of the same route and method that ends with the same
 * status, whoever sends it, for a cookie that is spoilt makes one visitor another. Where none does, the request was
 * refused: then it is the cheapest that this visitor sends there.
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
 * Measures each in turn with its counterpart, so that whatever slows the machine down meets both. Stops after `rounds`, or
 * after `roundsMin` if by then no share is above `clearShare`.
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
