import { median } from "../../test/support/statistics.ts";
import type { Deployment } from "../deployment.ts";
import { browserAt, signIn, signOut, signUp, waitUntilIdle } from "../people.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { emailOf, sessionIdOf } from "./person.ts";

/** The flows that are measured at each size. */
export const MEASURED_FLOWS = ["page", "devices", "signup", "signin", "signout"] as const;

type MeasuredFlow = (typeof MEASURED_FLOWS)[number];

/** The median time of the stores, in milliseconds, for all calls of a flow, including calls after the response. */
export type StoreTimes = Readonly<Record<MeasuredFlow, number>>;

interface Size {
  /** The number of people in the stores. Their numbers begin with 1. */
  readonly people: number;
  /** Sessions per person. */
  readonly sessions: number;
  /** Runs per flow. */
  readonly samples: number;
}

/** Runs every flow for people from all parts of the tables, one person at a time. Rejects if a page or form fails. */
export async function sampleFlows(deployment: Deployment, { origin }: WorkerProcess, size: Size): Promise<StoreTimes> {
  const times: Record<MeasuredFlow, number[]> = { page: [], devices: [], signup: [], signin: [], signout: [] };
  const { traffic } = deployment.standIns;
  const measure = async (flow: MeasuredFlow, run: () => Promise<unknown>) => {
    traffic.clear();
    await run();
    await waitUntilIdle(deployment);
    times[flow].push(traffic.calls.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0));
  };
  for (let index = 0; index < size.samples; index += 1) {
    // The samples are spread over all people, and no person is used twice.
    const number = 1 + Math.floor(((index + 0.5) * size.people) / size.samples);
    const visitor = browserAt(origin);
    visitor.cookies.set("gatehouse", sessionIdOf(number, size.sessions - 1));
    await measure("page", async () => requireOk((await visitor.open("/app")).status));
    await measure("devices", async () => requireOk((await visitor.open("/app/account/sessions")).status));
    const guest = browserAt(origin);
    await measure("signin", () => signIn(guest, emailOf(number)));
    await measure("signout", () => signOut(guest));
    await measure("signup", () => signUp(browserAt(origin), `new-${crypto.randomUUID()}@example.com`));
  }
  return {
    page: median(times.page),
    devices: median(times.devices),
    signup: median(times.signup),
    signin: median(times.signin),
    signout: median(times.signout),
  };
}

function requireOk(status: number): void {
  if (status !== 200) throw new Error(`A page answered ${status}`);
}
