import { MEASURED_FLOWS } from "../growth/sample-flows.ts";
import { METRICS, type Metric } from "../metrics.ts";
import { DESCRIPTIONS, VARIANTS } from "../variants.ts";
import { findCautions } from "./cautions.ts";
import { extrapolate } from "./extrapolation.ts";
import { formatNumber, formatSummary, formatTable } from "./format.ts";
import { FLOW_NAMES } from "./plots.ts";
import { RATIO_HEAD, ratioRows } from "./ratios.ts";
import type { Results } from "./results.ts";

/** Writes the report as Markdown. Every number in it comes from the run. */
export function writeMarkdown(results: Results): string {
  const sections = [
    introduce(results),
    describeVerdicts(results),
    describeRatios(results),
    describeValues(results),
    describeGrowth(results),
    describeMethod(results),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function introduce({ machine, quick, plan }: Results): string[] {
  return [
    "# Performance",
    "",
    `Written by \`npm run bench\`${quick ? " with `--quick`, so the figures are rough" : ""}, ${machine.measuredAt.slice(0, 10)}${machine.commit === null ? "" : `, commit ${machine.commit}`}. It is not edited by hand. All figures are in`,
    "[`performance.json`](performance.json). The compared variants, each in its own workerd:",
    "",
    ...VARIANTS.map((variant) => `- **${variant}**: ${DESCRIPTIONS[variant]}`),
    "",
    `Figures are medians of ${plan.rounds} rounds in which the variants alternated, with the lowest and the highest value in parentheses.`,
    "Ratios compare values of the same round, which cancels disturbances that last longer than a round.",
  ];
}

function describeVerdicts({ verdicts, measurements }: Results): string[] {
  const rows = verdicts.map(({ target, measured, digits, unit, met }) => [
    target,
    measured === null ? "not measured" : `${formatSummary(measured, digits)} ${unit}`,
    met ? "met" : "**missed**",
  ]);
  const cautions = findCautions(measurements).flatMap((caution) => ["", `**Caution**: ${caution}`]);
  const missed = verdicts.some(({ met }) => !met)
    ? ["", "[Decision 11](decisions/0011-cost-of-a-page.md) explains why targets are missed."]
    : [];
  return ["## Targets", "", ...formatTable(["target", "measured", ""], rows), ...missed, ...cautions];
}

function describeRatios({ measurements, leftOut }: Results): string[] {
  return [
    "## Gatehouse compared with the others",
    "",
    "Gatehouse's value, and its ratio to the value of each other variant. For times, calls and sizes, below 1 is better; for",
    "requests per second, above 1 is better.",
    "",
    ...formatTable(RATIO_HEAD, ratioRows(measurements)),
    ...(leftOut.length === 0 ? [] : ["", "Left out here:", "", ...leftOut.map((measurement) => `- ${measurement}`)]),
    "",
    "![Time of the protected page by the time of a call](images/performance-latency.svg)",
  ];
}

function describeValues({ measurements }: Results): string[] {
  const rows = (Object.keys(METRICS) as Metric[]).flatMap((metric) => {
    const cells = VARIANTS.map((variant) => {
      const summary = measurements.summary(metric, variant);
      return summary === null ? "–" : formatSummary(summary, METRICS[metric].digits);
    });
    return cells.every((cell) => cell === "–") ? [] : [[`${METRICS[metric].label}, ${METRICS[metric].unit}`, ...cells]];
  });
  return ["## All values", "", ...formatTable(["", ...VARIANTS], rows)];
}

function describeGrowth({ growth, plan }: Results): string[] {
  const flows = MEASURED_FLOWS.map((flow) => `${FLOW_NAMES[flow]}, ms`);
  const times = (step: { readonly times: Readonly<Record<string, number>> }) =>
    MEASURED_FLOWS.map((flow) => formatNumber(step.times[flow] ?? Number.NaN, 2));
  const bytes = (value: number | null) => (value === null ? "–" : formatNumber(value, 0));
  const byUsers = growth.byUsers.map((step) => [
    formatNumber(step.users, 0),
    ...times(step),
    bytes(step.tableBytesPerUser),
    bytes(step.redisBytesPerUser),
  ]);
  const bySessions = growth.bySessions.map((step) => [
    formatNumber(step.sessionsPerUser, 0),
    ...times(step),
    bytes(step.redisBytesPerSession),
  ]);
  return [
    "## Growth",
    "",
    `On ${growth.engines}: the time that the stores take for all calls of a page, form or list, including calls after the`,
    `response, and their size. Medians of ${plan.growth.samples} samples.`,
    "",
    ...formatTable(["users", ...flows, "tables, B a user", "Redis, B a user"], byUsers),
    "",
    "![Time in the stores by the number of users](images/performance-users.svg)",
    "",
    ...formatTable(["sessions of a user", ...flows, "Redis, B a session"], bySessions),
    "",
    "![Time in the stores by the number of sessions](images/performance-sessions.svg)",
    "",
    ...extrapolate(growth),
  ];
}

function describeMethod({ machine, plan }: Results): string[] {
  return [
    "## How it was measured",
    "",
    `On ${machine.cores} cores of ${machine.processor}, ${machine.memoryGigabytes} GB, ${machine.platform}; Node ${machine.node}, workerd ${machine.workerd},`,
    `Lucia ${machine.lucia}, better-auth ${machine.betterAuth}. ${machine.pinned ? "The Workers used one core, and the load and the stores another." : "Processes were not pinned to cores, because this system has no `taskset` or only one core."}`,
    "",
    "- **Bundles** are built by wrangler, minified, and served by `workerd serve`. Sizes are those that wrangler reports for the upload.",
    "- **The page** of every variant is Gatehouse's, byte for byte, including the headers. The other variants fill the email into",
    `  a template, which is cheaper than rendering. ${plan.page.connections} people use one connection each and send the next request as soon as`,
    "  the response arrives. The responses of the stores are cached copies of the stand-ins' responses, so that they cost almost",
    "  nothing. A response other than the page ends the run. The busy percentage of the Worker's core shows whether the Worker,",
    "  and not the load, was the limit.",
    "- **Forms** use the stand-ins with their embedded engines. For Gatehouse, they include the lookup of breached passwords and",
    "  the email message after a sign-up, although the message is not counted as a call to a store. The other variants have",
    "  neither of these, and no limits and no audit log.",
    "- **A password check** is a complete sign-in with stores that answer immediately, so it includes slightly more than the",
    "  hash. Memory is the growth of the process from before the first password to its peak.",
    "- **Start-up** is the time from the start of the process to the first response, which is a page that calls no store.",
    "- **Growth** fills the stores with copies of the values of one person who signed up through the Worker. People from all",
    "  parts of the tables then use the Worker.",
  ];
}
