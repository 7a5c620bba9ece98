import { randomBytes } from "node:crypto";
import type { SqlEngine, SqlOutcome, SqlTransaction, Unavailable } from "../sql/engine.ts";

/** Why a transaction cannot be used, in the words of `Numbered.Get` in Vitess's go/pools/numbered.go. */
export type Unusable = { readonly kind: "unusable"; readonly reason: string };

export interface Transactions {
  /** Opens a transaction and returns its id, which nobody can guess. */
  open(): Promise<string | Unavailable>;
  execute(id: string, sql: string): Promise<SqlOutcome | Unusable>;
  commit(id: string): Promise<SqlOutcome | Unusable>;
  rollback(id: string): Promise<Unusable | null>;
  /** Rolls all of them back, whatever they are doing. */
  abandonAll(): Promise<void>;
}

interface Open {
  readonly transaction: SqlTransaction;
  readonly timer: NodeJS.Timeout;
  /** What it is doing, in Vitess's words; null when nothing. */
  use: string | null;
  /** Its time was over while it was busy. */
  expired: boolean;
}

/** How many ended transactions are remembered with their reason; older ones are merely not found. */
const REMEMBERED_ENDS = 1000;

/** @param timeoutMs after which the service kills an open transaction, in milliseconds */
export function createTransactions(engine: SqlEngine, timeoutMs: number, now: () => Date): Transactions {
  const open = new Map<string, Open>();
  const ended = new Map<string, string>();

  const forget = (id: string, reason: string) => {
    clearTimeout(open.get(id)?.timer);
    open.delete(id);
    ended.set(id, `ended at ${formatTime(now())} (${reason})`);
    const oldest = ended.keys().next();
    if (ended.size > REMEMBERED_ENDS && !oldest.done) ended.delete(oldest.value);
  };

  const kill = async (id: string) => {
    const entry = open.get(id);
    if (!entry) return;
    entry.expired = true;
    // As Vitess's killer, it lets a running statement end first.
    if (entry.use !== null) return;
    forget(id, `exceeded timeout: ${timeoutMs / 1000}s`);
    await entry.transaction.rollback();
  };

  const take = (id: string, use: string): Open | Unusable => {
    const entry = open.get(id);
    if (!entry) return { kind: "unusable", reason: ended.get(id) ?? "not found" };
    if (entry.use !== null) return { kind: "unusable", reason: `in use: ${entry.use}` };
    entry.use = use;
    return entry;
  };

  return {
    async open() {
      const transaction = await engine.begin();
      if ("kind" in transaction) return transaction;
      const id = String(randomBytes(8).readBigUInt64BE());
      const timer = setTimeout(() => void kill(id), timeoutMs).unref();
      open.set(id, { transaction, timer, use: null, expired: false });
      return id;
    },
    async execute(id, sql) {
      const entry = take(id, "for query");
      if ("kind" in entry) return entry;
      try {
        return await entry.transaction.execute(sql);
      } finally {
        entry.use = null;
        if (entry.expired) await kill(id);
      }
    },
    async commit(id) {
      const entry = take(id, "for commit");
      if ("kind" in entry) return entry;
      forget(id, "transaction committed");
      return entry.transaction.commit();
    },
    async rollback(id) {
      const entry = take(id, "for rollback");
      if ("kind" in entry) return entry;
      forget(id, "transaction rolled back");
      await entry.transaction.rollback();
      return null;
    },
    async abandonAll() {
      const entries = [...open];
      for (const [id] of entries) forget(id, "pool closed");
      await Promise.all(entries.map(([, entry]) => entry.transaction.rollback()));
    },
  };
}

const formatTime = (time: Date) => `${time.toISOString().replace("T", " ").replace("Z", "")} UTC`;
