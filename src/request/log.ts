import type { MetricsBinding } from "../config/config.ts";
import { MailNotSent } from "../mail/mailer.ts";
import { sqlErrorNumber } from "../store/database.ts";
import { StoreUnavailable } from "../store/upstream.ts";

/**
 * Logs one line of JSON with the time in UTC. Log lines contain nothing sensitive: no emails, IPs, secrets, SQL, or
 * error messages of libraries.
 */
export function log(event: string, fields: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}

export type Log = typeof log;

/** Creates a log that also writes each event to Analytics Engine. `metrics` is null if no data set is bound. */
export function createLog(metrics: MetricsBinding | null): Log {
  return (event, fields) => {
    log(event, fields);
    const { store, limit, status, milliseconds } = fields;
    const details = [store, limit, status].map((detail) => (detail === undefined ? null : `${detail}`));
    const duration = typeof milliseconds === "number" ? milliseconds : 0;
    metrics?.writeDataPoint({ indexes: [event], blobs: [event, ...details], doubles: [duration] });
  };
}

/**
 * Returns the fields of an error that are safe to log. For a store, these are the call and the reason it failed.
 * Otherwise they are the name of the error and the first frames of its stack.
 */
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
