import { STORE_RETRY_SECONDS } from "../http/refusals.ts";
import { json } from "../http/responses.ts";
import type { Context } from "../request/context.ts";
import { consumeHealthCheck } from "../request/limits/ip.ts";
import { checkDatabase, checkRedis, type Health, isHealthy, type StoreHealth } from "./health.ts";

/** How long this isolate caches a result, so that many concurrent requests cause few calls to the stores. */
const REMEMBERED_MILLISECONDS = 2_000;

/** How long other requests wait for the request that runs the check. It may be canceled before it has a result. */
const CHECK_MAX_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 50;

/** `at` and `checkingSince` are epoch milliseconds. */
let cached: { readonly at: number; readonly health: Health } | null = null;
let checkingSince = 0;

/**
 * Reports to monitors whether people can sign in: 200 if they can, otherwise 503 with the health of each store.
 * Responds with 429 if the limit on health checks is reached.
 */
export async function showHealth(context: Context): Promise<Response> {
  const recent = recentHealth();
  if (recent) return healthResponse(recent);
  const redis = await checkRedis(context.log, () => consumeHealthCheck(context));
  if (redis.result?.allowed === false) return limitedResponse(redis.result.retryAfterSeconds);
  const health = { database: await checkDatabaseOnce(context), redis: redis.health };
  cached = { at: Date.now(), health };
  return healthResponse(health);
}

/**
 * Runs one check at a time. A request cannot wait for a promise of another request (a rule of the platform), so it
 * polls for the result.
 */
async function checkDatabaseOnce({ services, log }: Context): Promise<StoreHealth> {
  // Looks for a result before the first wait as well, because another check may have ended during the call to Redis.
  for (let recent = recentHealth(); ; recent = recentHealth()) {
    if (recent) return recent.database;
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

function recentHealth(): Health | null {
  return cached !== null && Date.now() < cached.at + REMEMBERED_MILLISECONDS ? cached.health : null;
}

function healthResponse(health: Health): Response {
  const healthy = isHealthy(health);
  const response = json({ status: healthy ? "ok" : "unavailable", ...health }, healthy ? 200 : 503);
  if (!healthy) response.headers.set("Retry-After", `${STORE_RETRY_SECONDS}`);
  return response;
}

/** Redis is healthy, because it has counted the request. The database was not checked. */
function limitedResponse(retryAfterSeconds: number): Response {
  const response = json({ status: "limited", database: "unknown", redis: "ok" }, 429);
  response.headers.set("Retry-After", `${retryAfterSeconds}`);
  return response;
}
