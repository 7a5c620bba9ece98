import type { Config } from "../config/config.ts";
import { countSelfCheck } from "../request/limits/ip.ts";
import { createLog, describeError, type Log } from "../request/log.ts";
import { createDatabase, type Database } from "../store/database.ts";
import { createRedis, type Redis } from "../store/redis.ts";
import { checkDatabase, checkRedis, isHealthy } from "./health.ts";
import { removeExpired } from "./remove-expired.ts";
import { repeatRevocations } from "./repeat-revocations.ts";

/** As in `[triggers]` of wrangler.toml. */
const REVOCATIONS = "* * * * *";
const SELF_CHECK = "*/5 * * * *";
const CLEAN_UP = "43 3 * * *";

/** What `[triggers]` in wrangler.toml has done. Rejects if a store fails: the platform shows that run as failed. */
export async function runScheduled(config: Config, cron: string, now: number): Promise<void> {
  const log = createLog(config.metrics);
  const database = createDatabase(config);
  const redis = createRedis(config);
  switch (cron) {
    case REVOCATIONS:
      return orLog(log, async () => {
        const repeated = await repeatRevocations(database, redis, now);
        if (repeated.sessions + repeated.snapshots > 0) log("revocations-repeated", { ...repeated });
      });
    case SELF_CHECK:
      await checkStores(database, redis, log);
      return orLog(log, () => cleanUp(database, log, now, { evenIfNothing: false }));
    case CLEAN_UP:
      return orLog(log, () => cleanUp(database, log, now, { evenIfNothing: true }));
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
  { evenIfNothing }: { readonly evenIfNothing: boolean },
): Promise<void> {
  const removed = await removeExpired(database, now);
  if (evenIfNothing || Object.values(removed).some((count) => count > 0)) log("expired-removed", { ...removed });
}

async function orLog(log: Log, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    log("scheduled-run-failed", describeError(error));
    throw error;
  }
}
