import { gzipSync } from "node:zlib";
import type { Browser } from "../../test/support/browser.ts";
import { median } from "../../test/support/statistics.ts";
import { readCpuMilliseconds } from "../process-figures.ts";
import { Connection, getRequest } from "../load/connection.ts";
import { saturate, type Target } from "../load/saturate.ts";
import type { Measurements } from "../measurements.ts";
import type { Metric } from "../metrics.ts";
import { admitPeople, cookieOf, emailOf, settle } from "../people.ts";
import type { Plan } from "../plan.ts";
import { say } from "../progress.ts";
import { inTurns, lastOf } from "../rounds.ts";
import type { Stage } from "../stage.ts";
import { type CannedUpstream, startCannedUpstream } from "../upstream/canned.ts";
import type { WorkerProcess } from "../worker-process.ts";

/** A Worker that shows the protected page to people who are signed in, with an upstream that costs nothing. */
interface Ready {
  readonly stage: Stage;
  readonly worker: WorkerProcess;
  readonly upstream: CannedUpstream;
  readonly target: Target;
}

/** The protected page: how many a second, what one costs, and how long it takes when the stores take their time. */
export async function measurePage(stages: readonly Stage[], plan: Plan, measurements: Measurements): Promise<void> {
  const ready: Ready[] = [];
  for (const stage of stages) ready.push(await makeReady(stage, plan.page.connections, measurements));
  for (const each of ready) await saturate(each.target, plan.page.warmUpSeconds * 2);
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of inTurns(ready, round)) await measureRate(each, plan, measurements);
    say(`page at saturation, round ${round + 1} of ${plan.rounds}: ${lastOf("page.rate", ready, measurements)}`);
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of inTurns(ready, round)) await measureLatency(each, plan, measurements);
    say(`page, 20 ms a call, round ${round + 1} of ${plan.rounds}: ${lastOf("latency.20", ready, measurements)}`);
  }
  for (const { worker } of ready) await worker.stop();
}

async function makeReady(stage: Stage, connections: number, measurements: Measurements): Promise<Ready> {
  const { variant } = stage;
  const upstream = await startCannedUpstream(stage.standIns.port);
  const worker = await stage.start({ upstreamPort: upstream.port });
  const people = await admitPeople(stage, worker.origin, connections);
  await settle(stage);
  const bytes = await readPages(stage, people, measurements);
  const requests = people.map((browser) => getRequest(worker.port, "/app", cookieOf(browser)));
  // Once through the stand-ins, so that their answers are known.
  upstream.remembers = true;
  const before = upstream.calls;
  for (const request of requests) await saturate({ port: worker.port, requests: [request], bytes }, 0);
  measurements.add("page.calls", variant, (upstream.calls - before) / requests.length);
  return { stage, worker, upstream, target: { port: worker.port, requests, bytes } };
}

let expectedPage: string | undefined;

/** Looks at everybody's page, which must be the same but for the address, whoever makes it. Returns its length in bytes. */
async function readPages({ variant }: Stage, people: readonly Browser[], measurements: Measurements): Promise<number> {
  let bytes = 0;
  for (const [index, browser] of people.entries()) {
    const page = await browser.open("/app");
    const email = emailOf(variant === "floor" ? 0 : index);
    if (page.status !== 200 || !page.body.includes(email)) {
      throw new Error(`${variant} shows no page to ${email}: ${page.status} ${page.body.slice(0, 400)}`);
    }
    const text = page.body.replaceAll(email, "{email}");
    expectedPage ??= text;
    if (text !== expectedPage) throw new Error(`${variant} shows another page than the one before:\n${page.body}`);
    bytes = Buffer.byteLength(page.body);
    if (index > 0) continue;
    measurements.add("size.page", variant, bytes);
    measurements.add("size.compressedPage", variant, gzipSync(page.body).length);
  }
  return bytes;
}

async function measureRate({ stage, worker, target }: Ready, { page }: Plan, measurements: Measurements): Promise<void> {
  await saturate(target, page.warmUpSeconds);
  const before = readCpuMilliseconds(worker.pid);
  const { answers, seconds } = await saturate(target, page.seconds);
  const after = readCpuMilliseconds(worker.pid);
  measurements.add("page.rate", stage.variant, answers / seconds);
  if (before === null || after === null) return;
  measurements.add("page.cpu", stage.variant, ((after - before) * 1_000) / answers);
  measurements.add("page.busy", stage.variant, (after - before) / (seconds * 10));
}

async function measureLatency({ stage, upstream, target }: Ready, plan: Plan, measurements: Measurements): Promise<void> {
  const connection = await Connection.open(target.port);
  const [request = Buffer.alloc(0)] = target.requests;
  for (const { delayMilliseconds, requests } of plan.latency) {
    upstream.delayMilliseconds = delayMilliseconds;
    const times: number[] = [];
    for (let sent = 0; sent < requests; sent += 1) {
      const startedAt = performance.now();
      const { status } = await connection.request(request);
      if (status !== 200) throw new Error(`${stage.variant} answered ${status}`);
      times.push(performance.now() - startedAt);
    }
    measurements.add(`latency.${delayMilliseconds}` as Metric, stage.variant, median(times));
  }
  upstream.delayMilliseconds = 0;
  connection.close();
}
