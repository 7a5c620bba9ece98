import type { Config } from "../config/config.ts";
import { createMailer } from "../mail/create-mailer.ts";
import { countSelfCheck } from "../request/limits/ip.ts";
import { createLog, describeError, type Log } from "../request/log.ts";
import type { NoticeContext } from "../request/send-notices.ts";
import { createDatabase, type Database } from "../store/database.ts";
import { createRedis, type Redis } from "../store/redis.ts";
import { deliverNotices } from "./deliver-notices.ts";
import { checkDatabase, checkRedis, isHealthy } from "./health.ts";
import { removeExpired } from "./remove-expired.ts";
import { repeatRevocations } from "./repeat-revocations.ts";

/** As in `[triggers]` of wrangler.toml. */
const EVERY_MINUTE = "* * * * *";
const SELF_CHECK = "*/5 * * * *";
const CLEAN_UP = "43 3 * * *";

/** What `[triggers]` in wrangler.toml has done. Rejects if a store fails: the platform shows that run as failed. */
export async function runScheduled(config: Config, cron: string, now: number): Promise<void> {
  const log = createLog(config.metrics);
  const database = createDatabase(config);
  const redis = createRedis(config);
  switch (cron) {
    case EVERY_MINUTE:
      return runAll([
        () => logFailure(log, () => endRevoked(database, redis, log, now)),
        () =>
          logFailure(log, () =>
            sendDue({ config, log, services: { database, redis, mailer: createMailer(config) } }, now),
          ),
      ]);
    case SELF_CHECK:
      await checkStores(database, redis, log);
      return logFailure(log, () => cleanUp(database, log, now, { logAlways: false }));
    case CLEAN_UP:
      return logFailure(log, () => cleanUp(database, log, now, { logAlways: true }));
    default:
      log("misconfigured", { problems: [{ variable: "crons", problem: `has ${cron}, which means nothing here` }] });
      throw new Error("Unknown clock");
  }
}

/** Throws where one of the stores does not do what a sign-in needs. */
async function checkStores(database: Database, redis: Redis, log: Log): Promise<void> {
  const [databaseHealth, counted] = await Promise.all([
    checkDatabase(database, log),
    checkRedis(log, () => countSelfCheck(redis)),
  ]);
  const health = { database: databaseHealth, redis: counted.health };
  log("self-check", health);
  if (!isHealthy(health)) throw new Error("Nobody can sign in");
}

/** It runs with every self-check, so that it removes more in a day than sources can add. Once a day it has a line anyway. */
async function cleanUp(
  database: Database,
  log: Log,
  now: number,
  { logAlways }: { readonly logAlways: boolean },
): Promise<void> {
  const removed = await removeExpired(database, now);
  if (logAlways || Object.values(removed).some((count) => count > 0)) log("expired-removed", { ...removed });
}

async function endRevoked(database: Database, redis: Redis, log: Log, now: number): Promise<void> {
  const repeated = await repeatRevocations(database, redis, now);
  if (repeated.sessions + repeated.snapshots > 0) log("revocations-repeated", { ...repeated });
}

async function sendDue(context: NoticeContext, now: number): Promise<void> {
  const notices = await deliverNotices(context, now);
  if (notices > 0) context.log("notices-delivered", { notices });
}

/** Runs one after the other, each whatever became of the others; then throws as the first that failed. */
async function runAll(runs: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const run of runs) await run().catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function logFailure(log: Log, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log("scheduled-run-failed", describeError(error));
    throw error;
  }
}
