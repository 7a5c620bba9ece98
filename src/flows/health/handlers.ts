import type { Context } from "../../context.ts";
import { RETRY_AFTER_SECONDS } from "../../http/errors.ts";
import { json } from "../../http/responses.ts";
import { describeError } from "../../log.ts";

type StoreHealth = "ok" | "unavailable";

/** Whether each store answers the simplest question. For machines: 200 if all do, else 503. */
export async function showHealth(context: Context): Promise<Response> {
  const [database, redis] = await Promise.all([
    check(context, () => context.database.execute("select 1")),
    check(context, () => context.redis("PING", ["PING"])),
  ]);
  const healthy = database === "ok" && redis === "ok";
  const answer = json({ status: healthy ? "ok" : "unavailable", database, redis }, healthy ? 200 : 503);
  if (!healthy) answer.headers.set("Retry-After", RETRY_AFTER_SECONDS);
  return answer;
}

async function check(context: Context, ask: () => Promise<unknown>): Promise<StoreHealth> {
  try {
    await ask();
    return "ok";
  } catch (error) {
    context.log("store-unhealthy", describeError(error));
    return "unavailable";
  }
}
