import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolConnection } from "mysql2/promise";
import { interrupted, type SqlOutcome } from "./engine.ts";
import { explainServerError, findMariaDbOnly } from "./server-refusals.ts";
import { readServerResult } from "./server-result.ts";

/** Between two attempts to interrupt a statement: the first may overtake it on the way to the server. */
const INTERRUPT_PAUSE_MS = 20;

export async function runOn(connection: PoolConnection, sql: string): Promise<SqlOutcome> {
  const refused = findMariaDbOnly(sql);
  if (refused) return refused;
  try {
    const [result, fields] = await connection.query({
      sql,
      rowsAsArray: true,
      // The bytes as the server sent them: every conversion is the client's business.
      typeCast: (field) => field.buffer(),
    });
    return readServerResult(result, fields);
  } catch (error) {
    return explainServerError(error, sql);
  }
}

/** Runs `sql` outside any transaction, on a connection of its own, until `cancel` interrupts it. */
export async function runAlone(
  pools: { readonly pool: Pool; readonly interrupter: Pool },
  sql: string,
  cancel: AbortSignal,
): Promise<SqlOutcome> {
  const connection = await takeConnection(pools.pool);
  if (!connection) return { kind: "unavailable" };
  const interruptions: Promise<void>[] = [];
  try {
    // Cancelled while it waited for the connection.
    if (cancel.aborted) return interrupted().outcome();
    const running = runOn(connection, sql);
    const stop = () => interruptions.push(interrupt(pools.interrupter, connection, running));
    cancel.addEventListener("abort", stop);
    const outcome = await running;
    cancel.removeEventListener("abort", stop);
    return outcome;
  } finally {
    await Promise.all(interruptions);
    connection.release();
  }
}

/** Ends what `connection` runs, and returns when nothing is under way that could hit its next statement. */
export async function interrupt(
  interrupter: Pool,
  connection: PoolConnection,
  running: Promise<unknown>,
): Promise<void> {
  let ended = false;
  const end = running.finally(() => {
    ended = true;
  });
  while (!ended) {
    await interrupter.query(`KILL QUERY ${connection.threadId}`).catch(() => {});
    await Promise.race([end, sleep(INTERRUPT_PAUSE_MS)]);
  }
}

/** Null when there is none to be had. */
async function takeConnection(pool: Pool): Promise<PoolConnection | null> {
  const connection = await pool.getConnection().catch(() => null);
  try {
    // A new one is still being set up, which an interruption must not hit.
    await connection?.ping();
    return connection;
  } catch {
    connection?.destroy();
    return null;
  }
}
