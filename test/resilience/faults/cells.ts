import { setTimeout as sleep } from "node:timers/promises";
import type { Call, Fault } from "@gatehouse/stand-ins";
import { ADA } from "../../support/people.ts";
import { putBack, type Snapshot, takeSnapshot } from "../snapshot.ts";
import { checkAnswer, checkLog, checkRedirect, checkStores, checkWaysIn, collectSecrets } from "./checks.ts";
import type { Lane, Lanes } from "./lane.ts";
import { NEW_PASSWORD, type Operation, type Scene } from "./operation.ts";

export const FAULTS: readonly Fault[] = [
  { kind: "refuse" },
  { kind: "hang" },
  { kind: "late", ms: 2_000 },
  { kind: "status", status: 500 },
  { kind: "status", status: 429 },
  { kind: "html" },
  { kind: "truncated" },
  { kind: "lostAnswer" },
];

/** Longer than any fault takes. The limit for a call that is made after the response, or not at all. */
const HIT_MAX_MILLISECONDS = 10_000;

/** A little longer than the deadline of a call to a store. */
const HANG_MILLISECONDS = 1_600;

/** An operation, its initial state, and the calls that it makes when none of them fails. */
export interface Learned {
  readonly operation: Operation;
  readonly snapshot: Snapshot;
  readonly scene: { readonly cookies: ReadonlyMap<string, string>; readonly facts: Scene["facts"] };
  readonly calls: readonly Pick<Call, "service" | "operation">[];
}

/** One fault at one call of an operation: call number `index` to `service`, counted from 0. */
export interface Cell {
  readonly learned: Learned;
  readonly service: Call["service"];
  readonly index: number;
  readonly fault: Fault;
}

/**
 * Runs an operation once without a fault, and checks the state that it leaves as after any fault. Resolves to the calls
 * that it made and the problems found.
 */
export async function learn(lane: Lane, lanes: Lanes, operation: Operation): Promise<[Learned, string[]]> {
  const { gatehouse } = lane;
  const { traffic } = gatehouse.standIns;
  await lane.reset();
  const scene = await operation.arrange(lane);
  await lane.quiet();
  const snapshot = await takeSnapshot(gatehouse);
  const begin = { cookies: new Map(scene.browser.cookies), facts: scene.facts };
  const lines = lanes.log().length;
  traffic.clear();
  const answer = await operation.act(lane, scene);
  await lane.quiet();
  const learned = { operation, snapshot, scene: begin, calls: [...traffic.calls] };
  const problems = (operation.unharmed ?? [200, 303]).includes(answer.status)
    ? []
    : [`unharmed it is answered with ${answer.status}`];
  problems.push(...checkRedirect(answer, operation));
  return [learned, [...problems, ...(await lookAfter(lane, lanes, operation, scene, lines, false))]];
}

/** Runs an operation with the fault, repeats it as a person would, and resolves to all problems found. */
export async function runCell(lane: Lane, lanes: Lanes, cell: Cell): Promise<string[]> {
  const { learned, service, index, fault } = cell;
  const { operation, snapshot, scene: begin } = learned;
  const { gatehouse } = lane;
  const { traffic } = gatehouse.standIns;
  await lane.reset();
  await putBack(snapshot, gatehouse);
  const scene = { browser: gatehouse.browser(), facts: begin.facts };
  for (const [name, value] of begin.cookies) scene.browser.cookies.set(name, value);
  const lines = lanes.log().length;
  traffic.clear();
  traffic.inject({ fault, service, skip: index, times: 1 });

  const startedAt = performance.now();
  const answer = await operation.act(lane, scene);
  const milliseconds = performance.now() - startedAt;
  const hit = () => traffic.calls.filter((call) => call.service === service)[index];
  const problems = (await holds(() => hit() !== undefined)) ? [] : ["the call was not made"];
  // The Worker abandons a hanging call after its deadline, but the call ends here only when it is broken off.
  if (fault.kind === "hang") await sleep(Math.max(0, (hit()?.startedAt ?? 0) + HANG_MILLISECONDS - performance.now()));
  traffic.restore();
  await gatehouse.settle();

  const { requestId } = answer;
  const secrets = collectSecrets(scene, operation, lane.mails, [ADA.password, NEW_PASSWORD]);
  // The saved codes are sealed for this session, and forms and the address carry them.
  const own = [begin.facts["link"], begin.facts["savedCodes"]];
  problems.push(...checkAnswer(answer, milliseconds, own, secrets));
  problems.push(...checkRedirect(answer, operation));
  const isLogged = () =>
    lanes
      .log()
      .slice(lines)
      .some((line) => isFailure(line, requestId));
  if (mustBeLogged(cell, answer.status) && !(await holds(isLogged))) problems.push("the failure is not logged");
  if (answer.status === 503) {
    const again = await (operation.again ?? operation.act)(lane, scene);
    const { status, requestId } = again;
    problems.push(...checkRedirect(again, operation));
    if (status >= 500 || status === 429) {
      const why = lanes.log().findLast((line) => requestId !== null && line.includes(requestId));
      problems.push(`done again it is answered with ${status}: ${why}`);
    }
  }
  return [...problems, ...(await lookAfter(lane, lanes, operation, scene, lines, true))];
}

async function lookAfter(
  lane: Lane,
  lanes: Lanes,
  operation: Operation,
  scene: Scene,
  lines: number,
  isHarmed: boolean,
): Promise<string[]> {
  await operation.finish?.(lane, scene);
  await lane.gatehouse.settle();
  const problems = [...(await checkStores(lane, operation, isHarmed)), ...(await checkWaysIn(lane, operation, scene))];
  const secrets = collectSecrets(scene, operation, lane.mails, [ADA.password, NEW_PASSWORD]);
  return [...problems, ...checkLog(lanes.log().slice(lines), secrets)];
}

/**
 * These need not be logged: a failed ROLLBACK, which is repeated; a truncated list of hashes, which is still a list;
 * and a late response, which fails only if the deadline is kept to the millisecond, as a busy machine does not.
 */
function mustBeLogged({ learned, service, index, fault }: Cell, status: number): boolean {
  const call = learned.calls.filter((each) => each.service === service)[index];
  const isHalfAList = call?.operation === "RANGE" && fault.kind === "truncated";
  return status === 503 || (call?.operation !== "ROLLBACK" && fault.kind !== "late" && !isHalfAList);
}

const FAILURE =
  /"event":"(?:request-failed|deferred-work-failed|store-unhealthy|scheduled-run-failed|session-not-renewed|breach-check-failed)"/;

function isFailure(line: string, requestId: string | null): boolean {
  return FAILURE.test(line) && (requestId === null || line.includes(requestId));
}

async function holds(condition: () => boolean): Promise<boolean> {
  for (const giveUpAt = performance.now() + HIT_MAX_MILLISECONDS; performance.now() < giveUpAt; await sleep(10)) {
    if (condition()) return true;
  }
  return false;
}
