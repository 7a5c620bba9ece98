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

/** After these requests V8 has compiled most of the code. */
const WARM_UP_REQUESTS = 1_000;

/** Reported if the count of a variant fails. */
export const COUNTING_FAILED = "instructions of a request: valgrind did not work here";

/** The reason why instructions are not counted; null if they are. */
export function reasonNotCounted(requests: number): string | null {
  if (requests === 0) return "instructions of a request: only without --quick";
  const missing = ["valgrind", "callgrind_control"].filter((program) => findProgram(program) === null);
  return missing.length === 0 ? null : `instructions of a request: ${missing.join(" and ")} not installed`;
}

/**
 * Counts the instructions of one request. Other load on the machine does not change them. Fifty times slower than
 * without.
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
    await ask(targetAt(worker.port), WARM_UP_REQUESTS);
    count("on", worker);
    await ask(targetAt(worker.port), requests);
    // Before the process exits.
    count("off", worker);
    await worker.stop();
    const total = /^totals: (\d+)$/m.exec(readFileSync(file, "utf8"))?.[1];
    const instructions = Number(total) / requests;
    measurements.add("page.instructions", deployment.variant, instructions / 1_000);
    logProgress(`instructions of a request: ${deployment.variant} ${Math.round(instructions).toLocaleString("en")}`);
  } catch (error) {
    // The tool is optional, and everything else has been measured.
    logProgress(`${COUNTING_FAILED}: ${error}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function count(state: "on" | "off", { pid }: WorkerProcess): void {
  const { status } = spawnSync("callgrind_control", [`--instr=${state}`, `${pid}`]);
  if (status !== 0) throw new Error("callgrind_control failed");
}

async function ask({ port, requests }: Target, times: number): Promise<void> {
  const connection = await Connection.open(port);
  for (let asked = 0; asked < times; asked += 1) {
    const { status } = await connection.request(requests[asked % requests.length] ?? Buffer.alloc(0));
    if (status !== 200) throw new Error(`Under callgrind: status ${status}`);
  }
  connection.close();
}
