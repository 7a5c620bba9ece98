import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../test/support/processes.ts";
import { Connection } from "../load/connection.ts";
import type { Target } from "../load/saturate.ts";
import type { Measurements } from "../measurements.ts";
import { logProgress } from "../progress.ts";
import type { WorkerProcess } from "../worker-process.ts";
import type { ReadyPage } from "./ready-page.ts";

/** The number of requests after which V8 has compiled most of the code. */
const WARM_UP_REQUESTS = 1_000;

/** The message for a variant whose instructions could not be counted. */
export const COUNTING_FAILED = "instructions of a request: valgrind did not work here";

/** Returns the reason why instructions are not counted, or null if they are. */
export function reasonNotCounted(requests: number): string | null {
  if (requests === 0) return "instructions of a request: only without --quick";
  const missing = ["valgrind", "callgrind_control"].filter((program) => findProgram(program) === null);
  return missing.length === 0 ? null : `instructions of a request: ${missing.join(" and ")} not installed`;
}

/**
 * Counts the instructions of one request with callgrind. Other load on the machine does not change the count.
 * Requests take about fifty times as long. A failure is only logged.
 */
export async function countInstructions(
  { deployment, upstream, targetAt }: ReadyPage,
  requests: number,
  measurements: Measurements,
): Promise<void> {
  if (reasonNotCounted(requests) !== null) return;
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-callgrind-"));
  try {
    const file = join(directory, "callgrind.out");
    const wrapper = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", `--callgrind-out-file=${file}`];
    const worker = await deployment.start({ upstreamPort: upstream.port, wrapper });
    await sendRequests(targetAt(worker.port), WARM_UP_REQUESTS);
    switchCounting("on", worker);
    await sendRequests(targetAt(worker.port), requests);
    // Counting must stop before the process exits, so that the exit is not counted.
    switchCounting("off", worker);
    await worker.stop();
    const total = /^totals: (\d+)$/m.exec(readFileSync(file, "utf8"))?.[1];
    const instructions = Number(total) / requests;
    measurements.add("page.instructions", deployment.variant, instructions / 1_000);
    logProgress(`instructions of a request: ${deployment.variant} ${Math.round(instructions).toLocaleString("en")}`);
  } catch (error) {
    // valgrind is optional, so its failure does not end the run.
    logProgress(`${COUNTING_FAILED}: ${error}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function switchCounting(state: "on" | "off", { pid }: WorkerProcess): void {
  const { status } = spawnSync("callgrind_control", [`--instr=${state}`, `${pid}`]);
  if (status !== 0) throw new Error("callgrind_control failed");
}

async function sendRequests({ port, requests }: Target, times: number): Promise<void> {
  const connection = await Connection.open(port);
  for (let sent = 0; sent < times; sent += 1) {
    const { status } = await connection.request(requests[sent % requests.length] ?? Buffer.alloc(0));
    if (status !== 200) throw new Error(`Under callgrind: status ${status}`);
  }
  connection.close();
}
