import { randomBytes } from "node:crypto";
import type { SqlEngine, SqlOutcome, SqlTransaction, Unavailable } from "../sql/engine.ts";

/** Why a transaction cannot be used, in the words of `Numbered.Get` in Vitess's go/pools/numbered.go. */
export type Unusable = { readonly kind: "unusable"; readonly reason: string };

export interface Transactions {
  /**
   * Opens a transaction and returns its id, which nobody can guess. A client that hangs up before it has the id can
   * never end the transaction, so that ends at once.
   */
  open(hangUp: AbortSignal): Promise<string | Unavailable>;
  /** A client that hangs up before the statement is carried out ends the whole transaction. */
  execute(id: string, sql: string, hangUp: AbortSignal): Promise<SqlOutcome | Unusable>;
  commit(id: string): Promise<SqlOutcome | Unusable>;
  /** Also cancels a statement under way, and also answers when a client that hung up has ended the transaction. */
  rollback(id: string): Promise<Unusable | null>;
  /** Rolls all of them back, whatever they are doing. */
  abandonAll(): Promise<void>;
}

interface Open {
  readonly transaction: SqlTransaction;
  readonly timer: NodeJS.Timeout;
  /** Whether a statement is under way. */
  busy: boolean;
  /** Its time was over while it was busy. */
  expired: boolean;
}

interface Ended {
  readonly reason: string;
  /** Its client hung up; resolves when nothing of it is left. */
  readonly rolledBack?: Promise<void>;
}

/** How many ended transactions are remembered with their reason; older ones are merely not found. */
const REMEMBERED_ENDS = 1000;

/** @param timeoutMs after which the service kills an open transaction, in milliseconds */
export function createTransactions(engine: SqlEngine, timeoutMs: number): Transactions {
  const open = new Map<string, Open>();
  const ended = new Map<string, Ended>();

  const forget = (id: string, reason: string, rolledBack?: Promise<void>) => {
    clearTimeout(open.get(id)?.timer);
    open.delete(id);
    ended.set(id, { reason: `ended at ${formatTime(new Date())} (${reason})`, ...(rolledBack && { rolledBack }) });
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

  const findIdle = (id: string): Open | Unusable => {
    const entry = open.get(id);
    if (!entry) return { kind: "unusable", reason: ended.get(id)?.reason ?? "not found" };
    return entry.busy ? { kind: "unusable", reason: "in use: for query" } : entry;
  };

  return {
    async open(hangUp) {
      const transaction = await engine.begin();
      if ("kind" in transaction) return transaction;
      const id = String(randomBytes(8).readBigUInt64BE());
      const timer = setTimeout(() => void kill(id), timeoutMs).unref();
      open.set(id, { transaction, timer, busy: false, expired: false });
      hangUp.addEventListener("abort", () => hangUpOn(id));
      if (hangUp.aborted) hangUpOn(id);
      return id;
    },
    async execute(id, sql, hangUp) {
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
    async commit(id) {
      const entry = findIdle(id);
      if ("kind" in entry) return entry;
      forget(id, "transaction committed");
      return entry.transaction.commit();
    },
    async rollback(id) {
      const entry = open.get(id);
      if (entry) {
        forget(id, "transaction rolled back");
        await entry.transaction.rollback();
        return null;
      }
      const end = ended.get(id);
      if (!end?.rolledBack) return { kind: "unusable", reason: end?.reason ?? "not found" };
      await end.rolledBack;
      return null;
    },
    async abandonAll() {
      const entries = [...open];
      for (const [id] of entries) forget(id, "pool closed");
      await Promise.all(entries.map(([, entry]) => entry.transaction.rollback()));
      await Promise.all([...ended.values()].flatMap(({ rolledBack }) => rolledBack ?? []));
    },
  };
}

const formatTime = (time: Date) => `${time.toISOString().replace("T", " ").replace("Z", "")} UTC`;
