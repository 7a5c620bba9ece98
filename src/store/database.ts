import { Client, cast, DatabaseError } from "@planetscale/database";
import type { Config } from "../config/config.ts";
import { callUpstream, REFUSED, StoreUnavailable } from "./upstream.ts";

/**
 * MySQL over HTTP. Statements are written out with `?` for every value. Drizzle describes the tables (schema.ts) and
 * generates the migrations; its query builder would be a quarter of the bundle.
 */
export type Database = Client;

/** A transaction, as `database.transaction` passes it. One statement at a time. */
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** Runs a statement alone or in a transaction. */
export type Executor = Pick<Database, "execute">;

export function createDatabase(config: Pick<Config, "database">): Database {
  return new RetryingClient({
    ...config.database,
    fetch: fetchWithDeadline,
    // 64-bit integers arrive as strings. Ours are milliseconds and counts, far below 2^53.
    cast: (field, value) => (field.type === "INT64" && value !== null ? Number(value) : cast(field, value)),
  });
}

/** ER_LOCK_DEADLOCK: InnoDB rolled back one of two transactions that wait for each other, to be tried again. */
const DEADLOCK = 1213;
const DEADLOCK_ATTEMPTS_MAX = 3;

/** Open transactions of this isolate. */
const open = new Set<{ readonly since: number }>();

/** An older entry was dropped with its request. */
const OPEN_MAX_MILLISECONDS = 5_000;

/** Whether a transaction of this isolate holds locks that others may wait for. `now` is epoch milliseconds. */
export function hasOpenTransaction(now: number): boolean {
  for (const transaction of open) if (now - transaction.since > OPEN_MAX_MILLISECONDS) open.delete(transaction);
  return open.size > 0;
}

/** Retries after a deadlock: two changes of one account may lock its rows through different indexes. */
class RetryingClient extends Client {
  override async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const entry = { since: Date.now() };
    open.add(entry);
    try {
      return await retryDeadlocks(() => super.transaction(work));
    } finally {
      open.delete(entry);
    }
  }

  override readonly execute = ((...args: Parameters<Client["execute"]>) =>
    retryDeadlocks(() => super.execute(...args))) as Client["execute"];
}

async function retryDeadlocks<T>(run: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (sqlErrorNumber(error) !== DEADLOCK || attempt === DEADLOCK_ATTEMPTS_MAX) throw error;
    return retryDeadlocks(run, attempt + 1);
  }
}

type ClientFetch = NonNullable<Client["config"]["fetch"]>;

/**
 * Repeats a ROLLBACK that fails: a transaction that is not rolled back holds its locks until the database ends it after
 * 20 s.
 */
const fetchWithDeadline: ClientFetch = (url, init) =>
  init?.body.startsWith('{"query":"ROLLBACK","session":{')
    ? fetchOnce(url, init).catch(() => fetchOnce(url, init))
    : fetchOnce(url, init);

/**
 * The client has no deadline, treats a page of HTML as a syntax error, and a gateway's 500 as the database's answer.
 * Here every answer is read within the deadline and must be JSON; otherwise the store counts as unavailable.
 */
const fetchOnce: ClientFetch = (url, init) =>
  callUpstream("database", "execute", async (signal) => {
    const startedAt = Date.now();
    // A redirect would send the login to another server.
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const text = await response.text();
    if (!response.ok) {
      const reason = [401, 403].includes(response.status) ? REFUSED : `status ${response.status}`;
      throw new StoreUnavailable("database", "execute", reason, Date.now() - startedAt);
    }
    JSON.parse(text);
    return { ok: true, status: response.status, statusText: response.statusText, text: () => Promise.resolve(text) };
  });

/**
 * The MySQL error number of a refused statement: null if `error` is something else, 0 if there is no number. Only the
 * number is safe to log, because the text holds SQL and values.
 */
export function sqlErrorNumber(error: unknown): number | null {
  if (!(error instanceof DatabaseError)) return null;
  return Number(/\(errno (\d+)\)/.exec(error.body.message)?.[1] ?? 0);
}

/** MySQL's ER_DUP_ENTRY. */
const DUPLICATE_ENTRY = 1062;

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  return sqlErrorNumber(error) === DUPLICATE_ENTRY;
}

/** Whether the login lacks a permission. PlanetScale reports that without a number. */
export function isDenied(error: unknown): boolean {
  return error instanceof DatabaseError && /code = PermissionDenied| command denied to user /.test(error.body.message);
}

/** MySQL's ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE, ER_NO_DEFAULT_FOR_FIELD. */
const OTHER_SCHEMA = [1054, 1146, 1364];

/** Whether the tables are not the ones that the statement expects. */
export function isOtherSchema(error: unknown): boolean {
  const number = sqlErrorNumber(error);
  return number !== null && OTHER_SCHEMA.includes(number);
}
