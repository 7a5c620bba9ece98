import type { MetricsBinding } from "../config/config.ts";
import { MailNotSent } from "../mail/mailer.ts";
import { sqlErrorNumber } from "../store/database.ts";
import { StoreUnavailable } from "../store/upstream.ts";

/** One line of JSON, with the moment in UTC. Everything in it is public: no addresses, secrets, SQL, and no message of a library. */
export function log(event: string, fields: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}

export type Log = typeof log;

/** The same, which also counts each event where the platform has a place for that. */
export function createLog(metrics: MetricsBinding | null): Log {
  return (event, fields) => {
    log(event, fields);
    const { store, limit, status, milliseconds } = fields;
    const details = [store, limit, status].map((detail) => (detail === undefined ? null : `${detail}`));
    const duration = typeof milliseconds === "number" ? milliseconds : 0;
    metrics?.writeDataPoint({ indexes: [event], blobs: [event, ...details], doubles: [duration] });
  };
}

/** What of an error is safe to log: for a store which call failed how, otherwise where in our code it was thrown. */
export function describeError(error: unknown): Record<string, unknown> {
  if (error instanceof StoreUnavailable) {
    const { store, operation, reason, milliseconds } = error;
    return { store, operation, reason, milliseconds };
  }
  if (error instanceof MailNotSent) return { mail: error.reason };
  const sqlError = sqlErrorNumber(error);
  if (sqlError !== null) return { store: "database", sqlError };
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return { error: error.name, at: frames.slice(0, 5).map((frame) => frame.trim()) };
}
