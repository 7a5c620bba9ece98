import { fileURLToPath } from "node:url";
import { databaseUrlFor, type Snapshot, type StandIns, startStandIns } from "@gatehouse/stand-ins";
import { Client } from "@planetscale/database";
import { Redis } from "@upstash/redis";
import { Redis as IoRedis } from "ioredis";
import { createConnection } from "mysql2/promise";
import { inject } from "vitest";
import { applyMigrations, MIGRATIONS } from "../../dev/migrate.ts";
import { Browser } from "./browser.ts";
import { Inbox } from "./inbox.ts";
import type { RunningWorker } from "./running-workers.ts";
import { SECRET_KEYS } from "./secret-keys.ts";
import { startWorker } from "./worker.ts";

export interface Gatehouse {
  readonly origin: string;
  readonly standIns: StandIns;
  /**
   * Direct access to the stores, without the Worker: to read them, and to create states that take time or an attacker.
   */
  readonly database: Client;
  readonly redis: Redis;
  readonly inbox: Inbox;
  /** Sends a request to the Worker for any URL, without cookies. */
  readonly fetch: typeof fetch;
  /** Creates a browser without cookies. */
  browser(origin?: string): Browser;
  /** Like `browser`, for requests from a country (two letters of ISO 3166-1). Requests of `browser` have no country. */
  browserIn(country: string): Browser;
  /** Waits until the work after the responses of `fetch`, of the browsers here and of scheduled runs is done. */
  settle(): Promise<void>;
  /** Runs the scheduled handler as if the time were `time` (epoch milliseconds). Resolves to its outcome. */
  runScheduled(time: number, cron?: string): Promise<string>;
  /** Everything that the Worker has logged since the last reset. */
  logs(): string;
  /** Returns the logged lines and clears them. */
  takeLogs(): string[];
  /** Removes all accounts, counters and simulated failures. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The stores of a test file: stand-ins on the engines of the project that runs it, with the tables of the newest migration.
 * Embedded engines, which refuse to change tables, can have those of another `schema`.
 */
export async function startStores(schema: string | Snapshot = MIGRATIONS): Promise<StandIns> {
  if (inject("engines") === "embedded") return startStandIns({ schema });
  const standIns = await startStandIns(await realStores());
  await applyMigrations(standIns.databaseUrl);
  return standIns;
}

/** Whether the engines of this project are not installed. The global setup has then printed a warning. */
export function enginesAreMissing(): boolean {
  return inject("engines") === "real" && inject("realEngines") === null;
}

/** The bundle that is deployed. Its password hashes have their real cost: some 30 ms of CPU time each. */
export const DEPLOYED_BUNDLE = fileURLToPath(new URL("../../dist", import.meta.url));

const DEFAULT_VERIFICATION = "optional";

/**
 * Starts the built Worker in workerd, with stores of its own. `vars` override its variables and secrets. By default
 * `bundle` is the deployed one with cheap password hashes (test/support/cheap-hashes.ts), because hashes would take a
 * third of a run.
 */
export async function startGatehouse(
  vars: Readonly<Record<string, string>> = {},
  bundle = inject("cheapBundle"),
): Promise<Gatehouse> {
  const key = JSON.stringify([inject("engines"), bundle, { EMAIL_VERIFICATION: DEFAULT_VERIFICATION, ...vars }]);
  const index = idle.findIndex((entry) => entry.key === key);
  const [found] = index < 0 ? [] : idle.splice(index, 1);
  if (found !== undefined) {
    found.uses += 1;
    return found.gatehouse;
  }
  const [started] = await startGatehouses([async () => vars], bundle);
  if (started === undefined) throw new Error("Nothing was started");
  // A Worker that depends on another server of its test file is not used again.
  if (Object.values(vars).some((value) => value.includes("127.0.0.1"))) return started;
  const entry: IdleGatehouse = {
    key,
    uses: 1,
    end: started.close,
    gatehouse: { ...started, close: () => keepIdle(entry) },
  };
  return entry.gatehouse;
}

interface IdleGatehouse {
  readonly key: string;
  readonly gatehouse: Gatehouse;
  readonly end: () => Promise<void>;
  /** The number of test files that have used it. */
  uses: number;
}

/**
 * Workers that one test file has closed and a later one of the same process can use again. Starting workerd and
 * creating the tables takes longer than many files do. The Workers that are left end with the process.
 */
const idle: IdleGatehouse[] = [];

/** Each takes some 150 MB. */
const IDLE_MAX = 4;

/** Ends the one that was used least often if there are too many. Most files use one of two configurations. */
async function keepIdle(entry: IdleGatehouse): Promise<void> {
  await entry.gatehouse.reset();
  idle.push(entry);
  if (idle.length <= IDLE_MAX) return;
  const [least = entry] = idle.toSorted((a, b) => a.uses - b.uses);
  idle.splice(idle.indexOf(least), 1);
  await least.end();
}

/**
 * Starts one Worker for each function in `each`, which returns its variables after its stores have started. `schema` is
 * for embedded engines, as for `startStores`.
 */
export async function startGatehouses(
  each: readonly ((standIns: StandIns) => Promise<Readonly<Record<string, string>>>)[],
  bundle = inject("cheapBundle"),
  schema?: string,
): Promise<Gatehouse[]> {
  return Promise.all(
    each.map(async (describeVars) => {
      const standIns = await startStores(schema);
      const vars = {
        PUBLIC_ORIGIN: "https://gatehouse.test",
        EMAIL_VERIFICATION: DEFAULT_VERIFICATION,
        SECRET_KEYS,
        MAIL_FROM: "Gatehouse <accounts@gatehouse.test>",
        BREACHED_PASSWORDS: standIns.breachedPasswordsUrl,
        // The Worker gets only the database role that the README gives it.
        DATABASE_URL: databaseUrlFor(standIns, "readwriter"),
        UPSTASH_REDIS_REST_URL: standIns.redisUrl,
        UPSTASH_REDIS_REST_TOKEN: standIns.redisToken,
        ...(await describeVars(standIns)),
      };
      return createGatehouse(await startWorker(bundle, vars), standIns);
    }),
  );
}

/** The stores must be idle for this many polls in a row: on a busy machine, the Worker can pause between two calls. */
const QUIET_POLLS = 2;
const POLL_MILLISECONDS = 15;

function createGatehouse(worker: RunningWorker, standIns: StandIns): Gatehouse {
  const settle = async () => {
    const isCertain = await worker.idle();
    if (isCertain) return;
    const { traffic } = standIns;
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_POLLS; ) {
      const isQuiet = seen === traffic.calls.length && traffic.calls.every(({ endedAt }) => endedAt !== Infinity);
      quiet = isQuiet ? quiet + 1 : 0;
      seen = traffic.calls.length;
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  };
  const inbox = new Inbox(worker.mails, settle);
  return {
    origin: worker.origin,
    standIns,
    inbox,
    database: new Client({ url: standIns.databaseUrl }),
    redis: new Redis({ url: standIns.redisUrl, token: standIns.redisToken, enableTelemetry: false }),
    fetch: worker.fetch,
    browser: (origin = worker.origin) => new Browser(origin, worker.fetch),
    browserIn: (country) => new Browser(worker.origin, worker.fetchFrom(country)),
    settle,
    runScheduled: (time, cron = "43 3 * * *") => worker.runScheduled(time, cron),
    logs: () => worker.lines.join("\n"),
    takeLogs: () => worker.lines.splice(0),
    reset: async () => {
      // Work that the last test left running must not reach the next test as a row or an email message.
      standIns.traffic.restore();
      await inbox.empty();
      await standIns.reset();
      worker.lines.length = 0;
    },
    close: async () => {
      await worker.close();
      await standIns.close();
    },
  };
}

/** A MariaDB database and a Redis database of their own, both empty. */
export async function realStores(): Promise<{ sql: string; redis: string }> {
  const engines = inject("realEngines");
  if (engines === null) throw new Error("MariaDB and Redis are not installed");
  const number = await reserveDatabaseNumber(engines.redis);
  const name = `gatehouse_${number}`;
  const connection = await createConnection(engines.sql);
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await connection.end();
  return { sql: `${engines.sql}/${name}`, redis: `${engines.redis}/${number}` };
}

/** Returns a number from 1 up that no other process of this run gets. */
async function reserveDatabaseNumber(redisUrl: string): Promise<number> {
  const redis = new IoRedis(redisUrl);
  try {
    return await redis.incr("databases");
  } finally {
    redis.disconnect();
  }
}
