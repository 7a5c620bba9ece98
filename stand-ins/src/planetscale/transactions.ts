import { randomBytes } from "node:crypto";
import type { SqlEngine, SqlOutcome, SqlTransaction, Unavailable } from "../sql/engine.ts";
import type { Failure } from "./errors.ts";

interface Open {
  readonly transaction: SqlTransaction;
  readonly timer: NodeJS.Timeout;
  /** Whether a statement is running. */
  busy: boolean;
  /** Its time ran out while it was busy. */
  expired: boolean;
}

interface Ended {
  readonly reason: string;
  /** Set if its client hung up; resolves when it is rolled back. */
  readonly rolledBack?: Promise<void>;
}

/** How many ended transactions keep their reason; older ones are not found. */
const REMEMBERED_ENDS = 1000;

/** The open transactions of all sessions. Each is killed after `timeoutMs` milliseconds. */
export function createTransactions(engine: SqlEngine, timeoutMs: number) {
  const open = new Map<string, Open>();
  const ended = new Map<string, Ended>();

  const forget = (id: string, reason: string, rolledBack?: Promise<void>) => {
    const now = new Date().toISOString().replace("T", " ").replace("Z", "");
    clearTimeout(open.get(id)?.timer);
    open.delete(id);
    ended.set(id, { reason: `ended at ${now} UTC (${reason})`, ...(rolledBack && { rolledBack }) });
    const oldest = ended.keys().next();
    if (ended.size > REMEMBERED_ENDS && !oldest.done) ended.delete(oldest.value);
  };

  const kill = async (id: string) => {
    const entry = open.get(id);
    if (!entry) return;
    entry.expired = true;
    // As Vitess's killer, it lets a running statement end first.
    if (entry.busy) return;
    forget(id, `exceeded timeout: ${timeoutMs / 1000}s`);
    await entry.transaction.rollback();
  };

  /** Vitess cancels the statement by closing the connection, and gives this as the reason. */
  const hangUpOn = (id: string) => {
    const entry = open.get(id);
    if (entry) forget(id, "unlocked closed connection", entry.transaction.rollback());
  };

  /** In the words of `Numbered.Get` in Vitess's go/pools/numbered.go. */
  const unusable = (id: string, reason = ended.get(id)?.reason ?? "not found"): Failure => ({
    kind: "failed",
    code: "Aborted",
    message: `transaction ${id}: ${reason}`,
  });

  const findIdle = (id: string): Open | Failure => {
    const entry = open.get(id);
    if (!entry) return unusable(id);
    return entry.busy ? unusable(id, "in use: for query") : entry;
  };

  return {
    /**
     * Opens a transaction and returns its id, which cannot be guessed. A client that hangs up before it has the id can never
     * end the transaction, so that it ends at once.
     */
    async open(hangUp: AbortSignal): Promise<string | Unavailable> {
      const transaction = await engine.begin();
      if ("kind" in transaction) return transaction;
      const id = String(randomBytes(8).readBigUInt64BE());
      const timer = setTimeout(() => void kill(id), timeoutMs).unref();
      open.set(id, { transaction, timer, busy: false, expired: false });
      hangUp.addEventListener("abort", () => hangUpOn(id));
      if (hangUp.aborted) hangUpOn(id);
      return id;
    },
    /** A client that hangs up before the statement is complete ends the whole transaction. */
    async execute(id: string, sql: string, hangUp: AbortSignal): Promise<SqlOutcome | Failure> {
      if (hangUp.aborted) hangUpOn(id);
      const entry = findIdle(id);
      if ("kind" in entry) return entry;
      const notice = () => hangUpOn(id);
      hangUp.addEventListener("abort", notice);
      entry.busy = true;
      try {
        return await entry.transaction.execute(sql);
      } finally {
        entry.busy = false;
        hangUp.removeEventListener("abort", notice);
        if (entry.expired) await kill(id);
      }
    },
    async commit(id: string): Promise<SqlOutcome | Failure> {
      const entry = findIdle(id);
      if ("kind" in entry) return entry;
      forget(id, "transaction committed");
      return entry.transaction.commit();
    },
    /** Also cancels a running statement, and also answers when a client that hung up has ended the transaction. */
    async rollback(id: string): Promise<Failure | null> {
      const entry = open.get(id);
      if (entry) {
        forget(id, "transaction rolled back");
        await entry.transaction.rollback();
        return null;
      }
      const rolledBack = ended.get(id)?.rolledBack;
      if (!rolledBack) return unusable(id);
      await rolledBack;
      return null;
    },
    /** Rolls all of them back. */
    async abandonAll(): Promise<void> {
      const entries = [...open];
      for (const [id] of entries) forget(id, "pool closed");
      await Promise.all(entries.map(([, entry]) => entry.transaction.rollback()));
      await Promise.all([...ended.values()].flatMap(({ rolledBack }) => rolledBack ?? []));
    },
  };
}
