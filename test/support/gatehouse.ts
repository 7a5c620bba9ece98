import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { databaseUrlFor, type Snapshot, type StandIns, startStandIns } from "@gatehouse/stand-ins";
import { Client } from "@planetscale/database";
import { Redis } from "@upstash/redis";
import { Redis as IoRedis } from "ioredis";
import { createConnection } from "mysql2/promise";
import { inject } from "vitest";
import { createTestHarness } from "wrangler";
import { applyMigrations, MIGRATIONS } from "../../dev/migrate.ts";
import { Browser } from "./browser.ts";
import { Inbox } from "./inbox.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface Gatehouse {
  readonly origin: string;
  readonly standIns: StandIns;
  /** Straight into the stores, past the Worker: to look, and to make what only time or an attacker makes. */
  readonly database: Client;
  readonly redis: Redis;
  readonly inbox: Inbox;
  /** Straight to the Worker, by whatever URL; without cookies of its own. */
  readonly fetch: typeof fetch;
  /** A new person: no cookies. */
  browser(origin?: string): Browser;
  /** Waits until nothing more is asked of the stores: what follows an answer is done. */
  settle(): Promise<void>;
  /** Has the platform's clock call the Worker, as if it were `time` (epoch milliseconds). Says how that ended. */
  runScheduled(time: number, cron?: string): Promise<string>;
  /** What the Worker has logged since the last reset. */
  logs(): string;
  /** The same line by line, and it is forgotten then. */
  takeLogs(): string[];
  /** Nobody has an account, nothing is broken, nothing is counted. */
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

/** Whether this project's engines are there; where not, the run has said so. */
export function enginesAreMissing(): boolean {
  return inject("engines") === "real" && inject("realEngines") === null;
}

/** The built Worker in workerd, with stores of its own behind it. `vars` override its variables and secrets; `bundle` is another build. */
export async function startGatehouse(vars: Readonly<Record<string, string>> = {}, bundle?: string): Promise<Gatehouse> {
  const [gatehouse] = await startGatehouses([async () => vars], bundle);
  if (gatehouse === undefined) throw new Error("Nothing was started");
  return gatehouse;
}

/**
 * One for each of `each`, which says its variables once its stores are there. All are in one workerd, which starts
 * sooner than one for each: they share their log, and the first to be closed closes workerd.
 */
export async function startGatehouses(
  each: readonly ((standIns: StandIns) => Promise<Readonly<Record<string, string>>>)[],
  bundle = "dist",
): Promise<Gatehouse[]> {
  const configs = writeConfigs(each.length);
  const stores = await Promise.all(each.map(() => startStores()));
  const vars = await Promise.all(each.map((say, index) => say(nth(stores, index))));
  const server = createTestHarness({
    root: ROOT,
    workers: configs.paths.map((configPath, index) => ({
      configPath,
      prebuiltWorkerDir: bundle,
      vars: {
        PUBLIC_ORIGIN: "https://gatehouse.test",
        EMAIL_VERIFICATION: "optional",
        MAIL_FROM: "Gatehouse <accounts@gatehouse.test>",
        BREACHED_PASSWORDS: nth(stores, index).breachedPasswordsUrl,
        ...without(SECRETS, vars[index] ?? {}),
      },
      secrets: { ...secretsOf(nth(stores, index)), ...only(SECRETS, vars[index] ?? {}) },
    })),
  });
  const { url } = await server.listen();
  configs.remove();
  return stores.map((standIns, index) => createGatehouse(server, nth(configs.names, index), url.origin, standIns));
}

/** Workers are told apart by the names in their files: the first is the one that is deployed, the others are copies. */
function writeConfigs(count: number): { names: string[]; paths: string[]; remove: () => void } {
  const names = Array.from({ length: count }, (_, index) => (index === 0 ? "gatehouse" : `gatehouse-${index}`));
  if (count === 1) return { names, paths: ["wrangler.toml"], remove: () => {} };
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-configs-"));
  const text = readFileSync(`${ROOT}wrangler.toml`, "utf8").replace('main = "', `main = "${ROOT}`);
  const paths = names.map((name) => {
    const path = join(directory, `${name}.toml`);
    writeFileSync(path, text.replace('name = "gatehouse"', `name = "${name}"`));
    return path;
  });
  return { names, paths, remove: () => rmSync(directory, { recursive: true }) };
}

function nth<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no number ${index}`);
  return item;
}

const SECRETS = ["DATABASE_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"];

type Variables = Readonly<Record<string, string>>;

const only = (names: readonly string[], vars: Variables) =>
  Object.fromEntries(Object.entries(vars).filter(([name]) => names.includes(name)));
const without = (names: readonly string[], vars: Variables) =>
  Object.fromEntries(Object.entries(vars).filter(([name]) => !names.includes(name)));

function secretsOf(standIns: StandIns): Record<string, string> {
  return {
    // No more than the README gives the Worker.
    DATABASE_URL: databaseUrlFor(standIns, "readwriter"),
    UPSTASH_REDIS_REST_URL: standIns.redisUrl,
    UPSTASH_REDIS_REST_TOKEN: standIns.redisToken,
  };
}

/** Between two calls that follow one another the Worker needs a moment, and on a busy machine a long one. */
const QUIET_POLLS = 2;
const POLL_MILLISECONDS = 15;

type Harness = ReturnType<typeof createTestHarness>;

function createGatehouse(server: Harness, name: string, ownOrigin: string, standIns: StandIns): Gatehouse {
  const inbox = new Inbox(ownOrigin);
  const worker = () => server.getWorker(name);
  const settle = async () => {
    const { traffic } = standIns;
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_POLLS; ) {
      const isQuiet = seen === traffic.calls.length && traffic.calls.every(({ endedAt }) => endedAt !== Infinity);
      quiet = isQuiet ? quiet + 1 : 0;
      seen = traffic.calls.length;
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
  };
  const readLogs = () => server.getLogs().map(({ message }) => message);
  return {
    origin: ownOrigin,
    standIns,
    inbox,
    database: new Client({ url: standIns.databaseUrl }),
    redis: new Redis({ url: standIns.redisUrl, token: standIns.redisToken, enableTelemetry: false }),
    // Straight to the Worker: on the way through the harness's own front, Strict-Transport-Security is taken off.
    fetch: worker().fetch as unknown as typeof fetch,
    browser: (origin = ownOrigin) => new Browser(origin, worker().fetch as unknown as typeof fetch),
    settle,
    runScheduled: async (time, cron = "43 3 * * *") => {
      const { outcome } = await worker().scheduled({ scheduledTime: new Date(time), cron });
      return outcome;
    },
    logs: () => readLogs().join("\n"),
    takeLogs: () => {
      const lines = readLogs();
      server.clearLogs();
      return lines;
    },
    reset: async () => {
      // What the last test has left under way must not arrive in the next: no row, and no mail.
      standIns.traffic.restore();
      await settle();
      await standIns.reset();
      await inbox.empty();
      server.clearLogs();
    },
    close: async () => {
      await server.close();
      await standIns.close();
    },
  };
}

/** A MariaDB database and a Redis database of their own, both empty. */
export async function realStores(): Promise<{ sql: string; redis: string }> {
  const engines = inject("realEngines");
  if (engines === null) throw new Error("MariaDB and Redis are not installed");
  const number = await takeDatabaseNumber(engines.redis);
  const name = `gatehouse_${number}`;
  const connection = await createConnection(engines.sql);
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await connection.end();
  return { sql: `${engines.sql}/${name}`, redis: `${engines.redis}/${number}` };
}

/** From 1 up, no number twice in a run, whichever process asks. */
async function takeDatabaseNumber(redisUrl: string): Promise<number> {
  const redis = new IoRedis(redisUrl);
  try {
    return await redis.incr("databases");
  } finally {
    redis.disconnect();
  }
}
