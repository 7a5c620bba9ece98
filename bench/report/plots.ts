import type { Growth, SessionsStep, UsersStep } from "../growth/measure.ts";
import { MEASURED_FLOWS } from "../growth/sample-flows.ts";
import type { Measurements } from "../measurements.ts";
import type { Metric } from "../metrics.ts";
import type { Plan } from "../plan.ts";
import { VARIANTS } from "../variants.ts";
import { drawPlot } from "./plot.ts";
import type { Results } from "./results.ts";

/** The name of each flow in the legends. */
export const FLOW_NAMES: Readonly<Record<(typeof MEASURED_FLOWS)[number], string>> = {
  page: "page",
  devices: "list of devices",
  signup: "sign-up",
  signin: "sign-in",
  signout: "sign-out",
};

/** Draws the charts of the report. Returns the SVG of each by its file name. */
export function drawPlots({ measurements, plan, growth }: Results): Record<string, string> {
  return {
    "performance-latency.svg": drawLatency(measurements, plan),
    "performance-users.svg": drawUsers(growth),
    "performance-sessions.svg": drawSessions(growth),
  };
}

function drawLatency(measurements: Measurements, { latency }: Plan): string {
  const lines = VARIANTS.filter((variant) => variant !== "floor").map((name) => ({
    name,
    points: latency.map(({ delayMilliseconds }) => {
      const summary = measurements.summary(`latency.${delayMilliseconds}` as Metric, name);
      return [delayMilliseconds, summary?.median ?? 0] as const;
    }),
  }));
  return drawPlot({
    title: "Time of the protected page",
    xLabel: "time of a call to a store, ms",
    yLabel: "ms",
    logarithmic: false,
    lines,
  });
}

function drawUsers({ byUsers }: Growth): string {
  return drawTimes("Time in the stores, by users", "users", byUsers, (step: UsersStep) => step.users);
}

function drawSessions({ bySessions }: Growth): string {
  const title = "Time in the stores, by sessions of a user";
  return drawTimes(title, "sessions of a user", bySessions, (step: SessionsStep) => step.sessionsPerUser);
}

function drawTimes<Step extends UsersStep | SessionsStep>(
  title: string,
  xLabel: string,
  steps: readonly Step[],
  xOf: (step: Step) => number,
): string {
  const lines = MEASURED_FLOWS.map((flow) => ({
    name: FLOW_NAMES[flow],
    points: steps.map((step) => [xOf(step), step.times[flow]] as const),
  }));
  return drawPlot({ title, xLabel, yLabel: "ms", logarithmic: true, lines });
}
