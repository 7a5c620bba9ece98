import type { Context } from "../request/context.ts";
import { describeError } from "../request/log.ts";
import { type Database, isDenied, isOtherSchema } from "../store/database.ts";
import { tryDatabase } from "../store/try-database.ts";
import { REFUSED, StoreUnavailable } from "../store/upstream.ts";

/**
 * `refused`: the login is wrong, or lacks a right. `not migrated`: a table or a column is missing, or one that this release
 * does not know demands a value. `unavailable`: late, unreachable or failing.
 */
export type StoreHealth = "ok" | "refused" | "not migrated" | "unavailable";

export interface Health {
  readonly database: StoreHealth;
  readonly redis: StoreHealth;
}

type Log = Context["log"];

/** Tries in MySQL what a sign-up needs: to read, and to write in a transaction, which is rolled back. What fails is logged. */
export async function checkDatabase(database: Database, log: Log): Promise<StoreHealth> {
  return (await check(log, () => tryDatabase(database))).health;
}

/** Says how Redis took `attempt`, which runs a script that writes, as every form does. What fails is logged. */
export function checkRedis<T>(log: Log, attempt: () => Promise<T>): Promise<Checked<T>> {
  return check(log, attempt);
}

interface Checked<T> {
  readonly health: StoreHealth;
  /** Null where the attempt failed. */
  readonly answer: T | null;
}

export function isHealthy({ database, redis }: Health): boolean {
  return database === "ok" && redis === "ok";
}

async function check<T>(log: Log, attempt: () => Promise<T>): Promise<Checked<T>> {
  try {
    return { health: "ok", answer: await attempt() };
  } catch (error) {
    const health = classify(error);
    log("store-unhealthy", { health, ...describeError(error) });
    return { health, answer: null };
  }
}

function classify(error: unknown): StoreHealth {
  if (isDenied(error) || (error instanceof StoreUnavailable && error.reason === REFUSED)) return "refused";
  return isOtherSchema(error) ? "not migrated" : "unavailable";
}
