import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, totalmem } from "node:os";
import type { Cores } from "../cores.ts";
import { ROOT } from "../options.ts";

/** The machine and the versions that were measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly platform: string;
  readonly pinned: boolean;
  readonly node: string;
  readonly workerd: string;
  readonly betterAuth: string;
  readonly lucia: string;
  /** The measured commit, or null outside of a clone. */
  readonly commit: string | null;
  /** The time of the measurement in ISO 8601. */
  readonly measuredAt: string;
}

export function describeMachine(cores: Cores | null): Machine {
  const git = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" });
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1_024 ** 3),
    platform: platform(),
    pinned: cores !== null,
    node: process.version,
    workerd: versionOf("node_modules/workerd"),
    betterAuth: versionOf("bench/node_modules/better-auth"),
    lucia: versionOf("node_modules/lucia"),
    commit: git.status === 0 ? git.stdout.trim() : null,
    measuredAt: new Date().toISOString(),
  };
}

function versionOf(directory: string): string {
  const { version } = JSON.parse(readFileSync(`${ROOT}${directory}/package.json`, "utf8")) as { version: string };
  return version;
}
