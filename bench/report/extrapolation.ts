import type { Growth } from "../growth/measure.ts";
import { formatNumber } from "./format.ts";

const USERS = 100_000_000;

const GIGABYTE = 1e9;

/** https://upstash.com/pricing/redis, "Pay as You Go": data size. */
const UPSTASH_DATA_GIGABYTES = 100;

/** https://planetscale.com/docs/vitess/cluster-configuration/disk-autoscaling: an organization's storage limit, unless raised. */
const PLANETSCALE_STORAGE_GIGABYTES = 4_000;

/** What the measured sizes would come to for 100 million users, in sentences, beside what the services document. */
export function extrapolate({ byUsers, bySessions }: Growth): string[] {
  const largest = byUsers.at(-1);
  if (largest === undefined) return [];
  const tables = (largest.tableBytesPerUser * USERS) / GIGABYTE;
  const signin = byUsers.map(({ users, times }) => [users, times.signin] as const);
  const page = byUsers.map(({ users, times }) => [users, times.page] as const);
  const lines = [
    `With 100 million users, extrapolated from ${formatNumber(largest.users, 0)} by what one takes:`,
    "",
    `- **Tables**: ${formatNumber(tables, 0)} GB at ${formatNumber(largest.tableBytesPerUser, 0)} bytes a user (row, key, one event, indexes); each event more is about a third of that. PlanetScale lets a keyspace's disk [grow to 4 TB](https://planetscale.com/docs/vitess/cluster-configuration/disk-autoscaling) before support has to be asked: ${describeShare(tables, PLANETSCALE_STORAGE_GIGABYTES)}. No statement of Gatehouse touches more than 1,000 rows, of [100,000 allowed](https://planetscale.com/docs/vitess/troubleshooting/planetscale-system-limits), and its transactions end within seconds, of 20 s allowed.`,
  ];
  if (largest.redisBytesPerUser !== null) {
    const everybody = (largest.redisBytesPerUser * USERS) / GIGABYTE;
    const fitting = (UPSTASH_DATA_GIGABYTES * GIGABYTE) / largest.redisBytesPerUser;
    const more = bySessions.at(-1)?.redisBytesPerSession;
    lines.push(
      `- **Redis**: ${formatNumber(everybody, 0)} GB if all of them had been in within a day, at ${formatNumber(largest.redisBytesPerUser, 0)} bytes for somebody with one session (session, index, snapshot)${more ? `, and ${formatNumber(more, 0)} for each of many sessions` : ""}. Upstash's pay-as-you-go databases hold [100 GB](https://upstash.com/pricing/redis), which is ${formatNumber(fitting / 1e6, 0)} million people signed in; beyond that a larger plan is needed, or sessions spread over several databases, which Gatehouse does not do.`,
    );
  } else {
    lines.push("- **Redis**: not extrapolated, because no real Redis was measured.");
  }
  lines.push(
    `- **Time**: each tenfold of users has added ${describeSlope(signin)} to the stores' part of a sign-in and ${describeSlope(page)} to that of a page; two more tenfolds would make ${formatNumber(predict(signin), 1)} and ${formatNumber(predict(page), 1)} ms of them, as long as indexes fit into memory. Every look-up is by a primary or unique key.`,
  );
  return lines;
}

function describeShare(gigabytes: number, limit: number): string {
  return gigabytes <= limit ? `${formatNumber((gigabytes / limit) * 100, 0)} % of it` : "more than that";
}

type Points = readonly (readonly [users: number, milliseconds: number])[];

function describeSlope(points: Points): string {
  return `${formatNumber(fit(points).slope, 2)} ms`;
}

function predict(points: Points): number {
  const { slope, offset } = fit(points);
  return offset + slope * Math.log10(USERS);
}

/** The least squares line over the logarithm of the users. */
function fit(points: Points): { readonly slope: number; readonly offset: number } {
  const xs = points.map(([users]) => Math.log10(users));
  const meanX = mean(xs);
  const meanY = mean(points.map(([, y]) => y));
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [, y], index) => sum + ((xs[index] ?? 0) - meanX) * (y - meanY), 0) / (spread || 1);
  return { slope, offset: meanY - slope * meanX };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
