import { Client, cast, DatabaseError } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import type { Config } from "../config.ts";
import { deadline, reach, StoreUnavailable } from "./upstream.ts";

/** MySQL over HTTP: `client` for Lucia's adapter and transactions, `orm` for typed queries outside of one. */
export interface Database {
  readonly client: Client;
  readonly orm: ReturnType<typeof drizzle>;
}

export function createDatabase(config: Config): Database {
  const client = new Client({
    ...config.database,
    fetch: fetchWithDeadline,
    // 64-bit integers come as strings; ours are milliseconds and counts, far below 2^53.
    cast: (field, value) => (field.type === "INT64" && value !== null ? Number(value) : cast(field, value)),
  });
  return { client, orm: drizzle(client) };
}

type ClientFetch = NonNullable<Client["config"]["fetch"]>;

/**
 * The client has no time limit, takes a page of HTML for a syntax error and a gateway's 500 for the database's word.
 * Here every answer is read within the deadline and is JSON, or the store counts as unavailable.
 */
const fetchWithDeadline: ClientFetch = (url, init) =>
  reach("database", "execute", async () => {
    const startedAt = Date.now();
    const response = await fetch(url, { ...init, signal: deadline() });
    const text = await response.text();
    if (!response.ok) {
      throw new StoreUnavailable("database", "execute", `status ${response.status}`, Date.now() - startedAt);
    }
    JSON.parse(text);
    return { ok: true, status: response.status, statusText: response.statusText, text: () => Promise.resolve(text) };
  });

/**
 * The MySQL error number in what the database said of a statement, null if `error` is something else. Drizzle wraps the
 * client's error. Only the number is safe to show or log: the text holds SQL and values.
 */
export function sqlErrorNumber(error: unknown): number | null {
  const cause = error instanceof Error && error.cause instanceof DatabaseError ? error.cause : error;
  if (!(cause instanceof DatabaseError)) return null;
  const number = /\(errno (\d+)\)/.exec(cause.body.message)?.[1];
  return number === undefined ? 0 : Number(number);
}

/** MySQL's ER_DUP_ENTRY: a unique index refused the row. */
export const DUPLICATE_ENTRY = 1062;
