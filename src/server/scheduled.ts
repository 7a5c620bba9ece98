import type { SecretKeys } from "../auth/secret-keys.ts";
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
import { resealSecrets } from "./reseal-secrets.ts";

/** The cron expressions in `[triggers]` of wrangler.toml. */
const EVERY_MINUTE = "* * * * *";
const SELF_CHECK = "*/5 * * * *";
const CLEAN_UP = "43 3 * * *";

/**
 * Runs the tasks of a cron trigger. Rejects if a store fails or the cron expression is unknown, so that the platform
 * shows the run as failed. `now` is epoch milliseconds.
 */
export async function runScheduled(config: Config, cron: string, now: number): Promise<void> {
  const log = createLog(config.metrics);
  const database = createDatabase(config);
  const redis = createRedis(config);
  switch (cron) {
    case EVERY_MINUTE:
      return runAll([
        () => logFailure(log, () => repeatRevocationsAndLog(database, redis, log, now)),
        () =>
          logFailure(log, () =>
            deliverNoticesAndLog({ config, log, services: { database, redis, mailer: createMailer(config) } }, now),
          ),
      ]);
    case SELF_CHECK:
      await checkStores(database, redis, log);
      return runAll([
        () => logFailure(log, () => removeExpiredAndLog(database, log, now, { logAlways: false })),
        () => logFailure(log, () => resealAndLog(database, config.secretKeys, log)),
      ]);
    case CLEAN_UP:
      return logFailure(log, () => removeExpiredAndLog(database, log, now, { logAlways: true }));
    default:
      log("misconfigured", { problems: [{ variable: "crons", problem: `contains ${cron}, which has no task` }] });
      throw new Error("Unknown cron expression");
  }
}

/** Checks that both stores can do what a sign-in needs. Throws if one of them cannot. */
async function checkStores(database: Database, redis: Redis, log: Log): Promise<void> {
  const [databaseHealth, redisCheck] = await Promise.all([
    checkDatabase(database, log),
    checkRedis(log, () => countSelfCheck(redis)),
  ]);
  const health = { database: databaseHealth, redis: redisCheck.health };
  log("self-check", health);
  if (!isHealthy(health)) throw new Error("A store is unhealthy");
}

/**
 * Removes expired rows with every self-check, because one run a day could not remove as many rows as clients can add.
 * Logs the result if rows were removed. With `logAlways`, once a day, it also logs that there were none.
 */
async function removeExpiredAndLog(
  database: Database,
  log: Log,
  now: number,
  { logAlways }: { readonly logAlways: boolean },
): Promise<void> {
  const removed = await removeExpired(database, now);
  if (logAlways || Object.values(removed).some((count) => count > 0)) log("expired-removed", { ...removed });
}

async function resealAndLog(database: Database, keys: SecretKeys | null, log: Log): Promise<void> {
  const secrets = keys === null ? 0 : await resealSecrets(database, keys);
  if (secrets > 0) log("secrets-resealed", { secrets });
}

async function repeatRevocationsAndLog(database: Database, redis: Redis, log: Log, now: number): Promise<void> {
  const repeated = await repeatRevocations(database, redis, now);
  if (repeated.sessions + repeated.snapshots > 0) log("revocations-repeated", { ...repeated });
}

async function deliverNoticesAndLog(context: NoticeContext, now: number): Promise<void> {
  const notices = await deliverNotices(context, now);
  if (notices > 0) context.log("notices-delivered", { notices });
}

/** Runs all tasks one after the other, even if some of them fail. Then throws the first error, if there was one. */
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
