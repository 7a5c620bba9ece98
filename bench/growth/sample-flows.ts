import { median } from "../../test/support/statistics.ts";
import { browserAt, settle, signIn, signOut, signUp } from "../people.ts";
import type { Stage } from "../stage.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { emailOf, sessionIdOf } from "./person.ts";

/** What is done at each size. */
export const GROWING_FLOWS = ["page", "devices", "signup", "signin", "signout"] as const;

type GrowingFlow = (typeof GROWING_FLOWS)[number];

/** Milliseconds that the stores took for all the calls of one of each, those after the answer too: the median. */
export type StoreTimes = Readonly<Record<GrowingFlow, number>>;

interface Size {
  /** Numbered from 1. */
  readonly people: number;
  /** That each of them has. */
  readonly sessions: number;
  /** How often each flow is run. */
  readonly samples: number;
}

/** Has people from all over the tables do everything once, one after the other. */
export async function sampleFlows(stage: Stage, { origin }: WorkerProcess, size: Size): Promise<StoreTimes> {
  const times: Record<GrowingFlow, number[]> = { page: [], devices: [], signup: [], signin: [], signout: [] };
  const { traffic } = stage.standIns;
  const clock = async (flow: GrowingFlow, run: () => Promise<unknown>) => {
    traffic.clear();
    await run();
    await settle(stage);
    times[flow].push(traffic.calls.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0));
  };
  for (let index = 0; index < size.samples; index += 1) {
    // Spread over all of them, and none twice.
    const number = 1 + Math.floor(((index + 0.5) * size.people) / size.samples);
    const visitor = browserAt(origin);
    visitor.cookies.set("gatehouse", sessionIdOf(number, size.sessions - 1));
    await clock("page", async () => requireOk((await visitor.open("/app")).status));
    await clock("devices", async () => requireOk((await visitor.open("/app/account/sessions")).status));
    const guest = browserAt(origin);
    await clock("signin", () => signIn(guest, emailOf(number)));
    await clock("signout", () => signOut(guest));
    await clock("signup", () => signUp(browserAt(origin), `new-${crypto.randomUUID()}@example.com`));
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
