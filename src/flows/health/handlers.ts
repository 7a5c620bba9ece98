import type { Context } from "../../context.ts";
import { checkStores, isHealthy } from "../../health.ts";
import { RETRY_AFTER_SECONDS } from "../../http/errors.ts";
import { json } from "../../http/responses.ts";

/** Whether each store answers. For machines: 200 if all do, else 503. */
export async function showHealth(context: Context): Promise<Response> {
  const health = await checkStores(context);
  const healthy = isHealthy(health);
  const answer = json({ status: healthy ? "ok" : "unavailable", ...health }, healthy ? 200 : 503);
  if (!healthy) answer.headers.set("Retry-After", `${RETRY_AFTER_SECONDS}`);
  return answer;
}
