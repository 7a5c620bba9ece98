import { mkdirSync, writeFileSync } from "node:fs";
import { findCautions } from "./cautions.ts";
import { extrapolate } from "./extrapolation.ts";
import { writeMarkdown } from "./markdown.ts";
import { drawPlots } from "./plots.ts";
import { listRatios } from "./ratios.ts";
import type { Results } from "./results.ts";

/** Writes the report, its charts and the figures into a directory. Overwrites those of the previous run. */
export function writeReport(results: Results, directory: string): void {
  mkdirSync(`${directory}images`, { recursive: true });
  writeFileSync(`${directory}performance.md`, writeMarkdown(results));
  for (const [name, svg] of Object.entries(drawPlots(results))) writeFileSync(`${directory}images/${name}`, svg);
  const { measurements, ...rest } = results;
  const derived = {
    ratios: listRatios(measurements),
    cautions: findCautions(measurements),
    extrapolation: extrapolate(results.growth),
  };
  writeFileSync(
    `${directory}performance.json`,
    `${JSON.stringify({ ...rest, ...derived, measurements: measurements.series() }, null, 1)}\n`,
  );
}
