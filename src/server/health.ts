import type { Context } from "../request/context.ts";
import { describeError } from "../request/log.ts";
import { type Database, isDenied, isOtherSchema } from "../store/database.ts";
import { tryDatabase } from "../store/try-database.ts";
import { REFUSED, StoreUnavailable } from "../store/upstream.ts";

/**
 * `refused`: the store rejects the login or a privilege is missing. `not migrated`: a table or column is missing, or a
 * column that this release does not know requires a value. `unavailable`: the store is slow, unreachable or failing.
 */
export type StoreHealth = "ok" | "refused" | "not migrated" | "unavailable";

export interface Health {
  readonly database: StoreHealth;
  readonly redis: StoreHealth;
}

type Log = Context["log"];

/**
 * Tests in MySQL the steps that a sign-up needs: reading, and writing in a transaction, which is rolled back. Logs a
 * failure and never rejects.
 */
export async function checkDatabase(database: Database, log: Log): Promise<StoreHealth> {
  return (await check(log, () => tryDatabase(database))).health;
}

/**
 * Tests Redis with `attempt`, which runs a script that writes, as every form does. Logs a failure and never rejects.
 */
export function checkRedis<T>(log: Log, attempt: () => Promise<T>): Promise<Checked<T>> {
  return check(log, attempt);
}

interface Checked<T> {
  readonly health: StoreHealth;
  /** The result of the attempt, or null if it failed. */
  readonly result: T | null;
}

export function isHealthy({ database, redis }: Health): boolean {
  return database === "ok" && redis === "ok";
}

async function check<T>(log: Log, attempt: () => Promise<T>): Promise<Checked<T>> {
  try {
    return { health: "ok", result: await attempt() };
  } catch (error) {
    const health = classify(error);
    log("store-unhealthy", { health, ...describeError(error) });
    return { health, result: null };
  }
}

function classify(error: unknown): StoreHealth {
  if (isDenied(error) || (error instanceof StoreUnavailable && error.reason === REFUSED)) return "refused";
  return isOtherSchema(error) ? "not migrated" : "unavailable";
}
