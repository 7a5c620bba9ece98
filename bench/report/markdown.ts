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
    `Made by \`npm run bench\`${quick ? " with `--quick`, so no more than a look" : ""}, ${machine.measuredAt.slice(0, 10)}${machine.commit === null ? "" : `, commit ${machine.commit}`}. Not edited: all figures are in`,
    "[`performance.json`](performance.json). Compared are, each in a workerd of its own:",
    "",
    ...VARIANTS.map((variant) => `- **${variant}**: ${DESCRIPTIONS[variant]}`),
    "",
    `Figures are medians of ${plan.rounds} rounds in which the variants took turns, with the least and the most in brackets.`,
    "Ratios are of the same round, so that what disturbs a machine for a while falls out of them.",
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
    ? ["", "What stands in the way of those that were missed: [decision 11](decisions/0011-cost-of-a-page.md)."]
    : [];
  return ["## Targets", "", ...formatTable(["target", "measured", ""], rows), ...missed, ...cautions];
}

function describeRatios({ measurements, leftOut }: Results): string[] {
  return [
    "## Gatehouse beside the others",
    "",
    "Its value, and by how many times it is that of another: below 1 is better for times, calls and sizes, above 1 for requests",
    "a second.",
    "",
    ...formatTable(RATIO_HEAD, ratioRows(measurements)),
    ...(leftOut.length === 0 ? [] : ["", "Left out here:", "", ...leftOut.map((what) => `- ${what}`)]),
    "",
    "![Time of the protected page over the time of a call](images/performance-latency.svg)",
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
    `On ${growth.engines}: the time that the stores take for all the calls of one page, form or list, those after the answer`,
    `too, and what they take up. Medians of ${plan.growth.samples}.`,
    "",
    ...formatTable(["users", ...flows, "tables, B a user", "Redis, B a user"], byUsers),
    "",
    "![Time in the stores over the number of users](images/performance-users.svg)",
    "",
    ...formatTable(["sessions of a user", ...flows, "Redis, B a session"], bySessions),
    "",
    "![Time in the stores over the number of sessions](images/performance-sessions.svg)",
    "",
    ...extrapolate(growth),
  ];
}

function describeMethod({ machine, plan }: Results): string[] {
  return [
    "## How it was measured",
    "",
    `On ${machine.cores} cores of ${machine.processor}, ${machine.memoryGigabytes} GB, ${machine.platform}; Node ${machine.node}, workerd ${machine.workerd},`,
    `Lucia ${machine.lucia}, better-auth ${machine.betterAuth}. ${machine.pinned ? "The Workers had one core, everything that asks or answers them another." : "Processes were not pinned to cores: this system has no `taskset`, or one core."}`,
    "",
    "- **Bundles** are built by wrangler, minified, and served by `workerd serve`. Sizes are what wrangler says it uploads.",
    "- **The page** is Gatehouse's own, byte for byte, headers included; the others fill the address into a text, which is cheaper",
    `  than rendering. ${plan.page.connections} people ask on a connection each, again as soon as they are answered. Behind all of them stand`,
    "  the stand-ins' own answers, given again from memory, so that the stores cost next to nothing. Any answer but the page",
    "  ends the run. How busy the Worker's core was tells whether it, and not the load, was the limit.",
    "- **Forms** go through the stand-ins with their embedded engines. For Gatehouse the look-up of stolen passwords and the",
    "  mail after a sign-up are part of it, though the mail is not counted as a call to a store. The others have no such thing,",
    "  nor limits, nor a trail of the account.",
    "- **A password check** is a whole sign-in with stores that answer at once, so a little more than the hash. Memory is that",
    "  of the process, from before the first password to its peak.",
    "- **Start-up** is from the start of the process to the first answer, a page that asks nobody.",
    "- **Growth** fills the stores with copies of what one person has left there who signed up through the Worker, then lets",
    "  people from all over the tables come in through it.",
  ];
}
