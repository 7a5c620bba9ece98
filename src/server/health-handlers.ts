import { STORE_RETRY_SECONDS } from "../http/refusals.ts";
import { json } from "../http/responses.ts";
import type { Context } from "../request/context.ts";
import { consumeHealthCheck } from "../request/limits/ip.ts";
import { checkDatabase, checkRedis, type Health, isHealthy, type StoreHealth } from "./health.ts";

/** How long a result answers everybody whom this isolate serves: however many ask, the stores are asked seldom. */
const REMEMBERED_MILLISECONDS = 2_000;

/** Should the request that checks be cancelled half-way, the others wait for its result no longer than this. */
const CHECK_MAX_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 50;

/** `at` and `checkingSince` are epoch milliseconds. */
let last: { readonly at: number; readonly health: Health } | null = null;
let checkingSince = 0;

/** Whether people can sign in, for machines: 200 if they can, else 503 and which store keeps them from it. */
export async function showHealth(context: Context): Promise<Response> {
  const remembered = findRecent();
  if (remembered) return describe(remembered);
  const redis = await checkRedis(context.log, () => consumeHealthCheck(context));
  if (redis.answer?.allowed === false) return describeLimit(redis.answer.retryAfterSeconds);
  const health = { database: await checkDatabaseOnce(context), redis: redis.health };
  last = { at: Date.now(), health };
  return describe(health);
}

/** One check at a time. Requests must not wait for each other's promises, so they wait for a time. */
async function checkDatabaseOnce({ services, log }: Context): Promise<StoreHealth> {
  // Before each wait, too: another check may have ended while Redis was asked.
  for (let found = findRecent(); ; found = findRecent()) {
    if (found) return found.database;
    if (Date.now() >= checkingSince + CHECK_MAX_MILLISECONDS) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  checkingSince = Date.now();
  try {
    return await checkDatabase(services.database, log);
  } finally {
    checkingSince = 0;
  }
}

function findRecent(): Health | null {
  return last !== null && Date.now() < last.at + REMEMBERED_MILLISECONDS ? last.health : null;
}

function describe(health: Health): Response {
  const healthy = isHealthy(health);
  const answer = json({ status: healthy ? "ok" : "unavailable", ...health }, healthy ? 200 : 503);
  if (!healthy) answer.headers.set("Retry-After", `${STORE_RETRY_SECONDS}`);
  return answer;
}

/** Redis has counted, so it is well; the database was not asked. */
function describeLimit(retryAfterSeconds: number): Response {
  const answer = json({ status: "limited", database: "unknown", redis: "ok" }, 429);
  answer.headers.set("Retry-After", `${retryAfterSeconds}`);
  return answer;
}
