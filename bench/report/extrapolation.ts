import type { Growth, UsersStep } from "../growth/measure.ts";
import { formatNumber } from "./format.ts";

const USERS = 100_000_000;

const GIGABYTE = 1e9;

/** The maximum data size of a "Pay as You Go" database: https://upstash.com/pricing/redis */
const UPSTASH_DATA_GIGABYTES = 100;

/**
 * The storage limit of an organization, which PlanetScale raises on request:
 * https://planetscale.com/docs/vitess/cluster-configuration/disk-autoscaling
 */
const PLANETSCALE_STORAGE_GIGABYTES = 4_000;

/** Extrapolates the measurements to 100 million users. Returns sentences with the documented limits of the services. */
export function extrapolate(growth: Growth): string[] {
  const largest = growth.byUsers.at(-1);
  if (largest === undefined) return [];
  return [
    `With 100 million users, extrapolated from the averages of ${formatNumber(largest.users, 0)} users:`,
    "",
    `- **Tables**: ${describeTables(largest)}`,
    `- **Redis**: ${describeRedis(largest, growth)}`,
    `- **Time**: ${describeTime(growth.byUsers)}`,
  ];
}

function describeTables({ tableBytesPerUser, eventBytesPerUser }: UsersStep): string {
  if (eventBytesPerUser === null) return "not extrapolated, because no MariaDB was measured.";
  const gigabytes = (tableBytesPerUser * USERS) / GIGABYTE;
  const event = `, of which the event takes ${formatNumber(eventBytesPerUser, 0)}`;
  const share = (gigabytes / PLANETSCALE_STORAGE_GIGABYTES) * 100;
  return [
    `${formatNumber(gigabytes, 0)} GB, at ${formatNumber(tableBytesPerUser, 0)} bytes for a row, a key and one event with their indexes${event}.`,
    `PlanetScale lets a disk [grow to 4 TB](https://planetscale.com/docs/vitess/cluster-configuration/disk-autoscaling) unless it raises the limit on request; the tables take ${formatNumber(share, 0)} % of that.`,
    "It [allows](https://planetscale.com/docs/vitess/troubleshooting/planetscale-system-limits) 100,000 rows per statement and 20 s per transaction; Gatehouse removes expired rows in batches of 1,000.",
  ].join(" ");
}

function describeRedis({ redisBytesPerUser }: UsersStep, { bySessions }: Growth): string {
  if (redisBytesPerUser === null) return "not extrapolated, because no real Redis was measured.";
  const totalGigabytes = (redisBytesPerUser * USERS) / GIGABYTE;
  const peopleThatFit = (UPSTASH_DATA_GIGABYTES * GIGABYTE) / redisBytesPerUser;
  const mostSessions = bySessions.at(-1);
  const bytesPerSession = mostSessions?.redisBytesPerSession;
  const sessionsNote = bytesPerSession
    ? ` With ${mostSessions.sessionsPerUser} sessions per user, each session takes ${formatNumber(bytesPerSession, 0)}.`
    : "";
  return [
    `${formatNumber(totalGigabytes, 0)} GB if all of them have used their account within a day, at ${formatNumber(redisBytesPerUser, 0)} bytes for a user with one session: session, index, snapshot.${sessionsNote}`,
    `Upstash's pay-as-you-go databases hold [100 GB](https://upstash.com/pricing/redis): ${formatNumber(peopleThatFit / 1e6, 0)} million such users. More users need a larger plan; Gatehouse does not spread sessions over several databases.`,
  ].join(" ");
}

function describeTime(steps: readonly UsersStep[]): string {
  return [
    `the stores' part of a sign-in ${describeTrend(steps.map(({ users, times }) => [users, times.signin]))}`,
    `and that of a page ${describeTrend(steps.map(({ users, times }) => [users, times.page]))},`,
    "as long as the indexes fit into memory: every lookup uses a primary or unique key.",
  ].join(" ");
}

function describeTrend(points: readonly Point[]): string {
  const { slope, at } = fit(points);
  const longest = Math.max(...points.map(([, milliseconds]) => milliseconds));
  // A value that falls while the tables grow is noise and is not extrapolated.
  if (slope <= 0) return `has not grown with the users (${formatNumber(longest, 1)} ms at most)`;
  return `has grown by ${formatNumber(slope, 2)} ms with each tenfold increase of users, to ${formatNumber(at(USERS), 1)} ms`;
}

type Point = readonly [users: number, milliseconds: number];

/** Fits a least-squares line over the logarithm of the number of users. */
function fit(points: readonly Point[]) {
  const xs = points.map(([users]) => Math.log10(users));
  const meanX = mean(xs);
  const meanY = mean(points.map(([, y]) => y));
  const deviation = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const slope =
    points.reduce((sum, [, y], index) => sum + ((xs[index] ?? 0) - meanX) * (y - meanY), 0) / (deviation || 1);
  const at = (users: number) => meanY + slope * (Math.log10(users) - meanX);
  return { slope, at };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
