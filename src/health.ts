import type { Context } from "./context.ts";
import { describeError } from "./log.ts";

export type StoreHealth = "ok" | "unavailable";

export interface Health {
  readonly database: StoreHealth;
  readonly redis: StoreHealth;
}

/** Asks each store the simplest question. What fails is logged. */
export async function checkStores({
  database,
  redis,
  log,
}: Pick<Context, "database" | "redis" | "log">): Promise<Health> {
  const check = async (ask: () => Promise<unknown>): Promise<StoreHealth> => {
    try {
      await ask();
      return "ok";
    } catch (error) {
      log("store-unhealthy", describeError(error));
      return "unavailable";
    }
  };
  const answers = await Promise.all([check(() => database.execute("select 1")), check(() => redis("PING", ["PING"]))]);
  return { database: answers[0], redis: answers[1] };
}

export function isHealthy({ database, redis }: Health): boolean {
  return database === "ok" && redis === "ok";
}
