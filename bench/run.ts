import { relative } from "node:path";
import { findMissingEngines } from "../test/support/real-engines.ts";
import { findCores, pinToCore } from "./cores.ts";
import { type Deployment, prepareDeployment } from "./deployment.ts";
import { finish } from "./ending.ts";
import { measureGrowth } from "./growth/measure.ts";
import { Measurements } from "./measurements.ts";
import { type Options, ROOT, readOptions } from "./options.ts";
import { installPackages } from "./packages.ts";
import { emailOf } from "./people.ts";
import { FULL_PLAN, type Plan, QUICK_PLAN } from "./plan.ts";
import { logProgress } from "./progress.ts";
import { findCautions } from "./report/cautions.ts";
import { extrapolate } from "./report/extrapolation.ts";
import { alignTable, formatSummary } from "./report/format.ts";
import { describeMachine } from "./report/machine.ts";
import { RATIO_HEAD, ratioRows } from "./report/ratios.ts";
import type { Results } from "./report/results.ts";
import { judge } from "./report/targets.ts";
import { writeReport } from "./report/write.ts";
import { measureFlows } from "./scenarios/flows.ts";
import { COUNTING_FAILED, reasonNotCounted } from "./scenarios/instructions.ts";
import { measurePage } from "./scenarios/page.ts";
import { measurePassword } from "./scenarios/password.ts";
import { measureStartUp } from "./scenarios/start-up.ts";
import { renderTemplate } from "./template.ts";
import { SERVICES, VARIANTS } from "./variants.ts";

const options = readOptions(process.argv.slice(2));
try {
  const results = await measure(options);
  writeReport(results, options.reportDirectory);
  print(results);
  logProgress(`the report is in ${relative(ROOT, options.reportDirectory)}/performance.md`);
  process.exitCode = results.verdicts.every(({ met }) => met) ? 0 : 1;
} finally {
  await finish();
}

async function measure({ quick }: Options): Promise<Results> {
  const plan = quick ? QUICK_PLAN : FULL_PLAN;
  await installPackages();
  const cores = findCores();
  const measurements = new Measurements();
  const deployments = await prepareDeployments(cores);
  for (const { variant, bundle } of deployments) measurements.add("size.bundle", variant, bundle.gzipKilobytes);
  if (cores !== null) pinToCore(cores.load);
  logProgress(
    cores === null ? "processes are not pinned to cores" : `Workers on core ${cores.worker}, load on ${cores.load}`,
  );

  await measurePage(deployments, plan, measurements);
  const services = deployments.filter(({ variant }) => (SERVICES as readonly string[]).includes(variant));
  await measureFlows(services, plan, measurements);
  await measurePassword(services, plan, measurements);
  await measureStartUp(deployments, plan, measurements);
  const growth = await measureGrowth(cores, plan);
  const verdicts = judge(measurements);
  return {
    machine: describeMachine(cores),
    plan,
    quick,
    measurements,
    growth,
    verdicts,
    leftOut: describeLeftOut(plan, measurements),
  };
}

/** Prepares all variants. Gatehouse is built first, because the other variants serve copies of its pages. */
async function prepareDeployments(cores: ReturnType<typeof findCores>): Promise<Deployment[]> {
  logProgress("building gatehouse");
  const gatehouse = await prepareDeployment("gatehouse", { cores, pages: {} });
  const pages = await renderTemplate(gatehouse);
  const deployments: Deployment[] = [];
  for (const variant of VARIANTS) {
    if (variant === "gatehouse") {
      deployments.push(gatehouse);
      continue;
    }
    logProgress(`building ${variant}`);
    const overrides = variant === "floor" ? { PAGE: String(pages["PAGE"]).replaceAll("{email}", emailOf(0)) } : {};
    deployments.push(await prepareDeployment(variant, { cores, pages: { ...pages, ...overrides } }));
  }
  return deployments;
}

/** Lists the measurements that were left out, each with its reason. */
function describeLeftOut(plan: Plan, measurements: Measurements): string[] {
  const engines = findMissingEngines();
  const memory = `memory of Redis, and more than 100,000 users: ${engines.join(", ")} not installed`;
  const counted = VARIANTS.every((variant) => measurements.values("page.instructions", variant).length > 0);
  const uncounted = reasonNotCounted(plan.page.countedRequests) ?? (counted ? null : COUNTING_FAILED);
  return [uncounted, engines.length === 0 ? null : memory].filter((why) => why !== null);
}

function print({ measurements, verdicts, growth, leftOut }: Results): void {
  console.log(`\n${alignTable(RATIO_HEAD, ratioRows(measurements)).join("\n")}\n`);
  for (const { target, measured, digits, unit, met } of verdicts) {
    const result = measured === null ? "not measured" : `${formatSummary(measured, digits)} ${unit}`;
    console.log(`${met ? "met   " : "MISSED"} ${target}: ${result}`);
  }
  console.log(`\n${extrapolate(growth).join("\n")}`);
  for (const measurement of leftOut) console.log(`\nLeft out: ${measurement}`);
  for (const caution of findCautions(measurements)) console.log(`\nCaution: ${caution}`);
  console.log();
}
