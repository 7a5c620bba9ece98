import { hasOpenTransaction } from "../store/database.ts";

/** Between two hashes, so that answers which have arrived meanwhile are read: a transaction must not wait for a queue. */
const PAUSE_MILLISECONDS = 10;

/**
 * And so much more while a transaction of this isolate is open: each of its steps would wait for a hash, and whoever waits
 * for its locks, for all of them.
 */
const TRANSACTION_PAUSE_MILLISECONDS = 200;

/** Should the request that hashes be cancelled half-way, the others wait for it no longer than this. */
const TURN_MAX_MILLISECONDS = 1_000;

/** Epoch milliseconds. */
let freeAt = 0;

/**
 * Runs `hash`, which keeps the whole isolate busy, when no other hash has just done so. Without it a crowd of sign-ins
 * would be hashed in one go, while every call that any of them has made to a store runs into its deadline unread.
 * Requests must not wait for each other's promises, so they wait for a time.
 */
export async function inTurn<T>(hash: () => Promise<T>): Promise<T> {
  while (isTaken(Date.now())) await wait(PAUSE_MILLISECONDS);
  freeAt = Date.now() + TURN_MAX_MILLISECONDS;
  try {
    return await hash();
  } finally {
    // The clock stands still while code runs; only after a turn of the event loop does it know when the hash ended.
    // It is waited for, because what a request leaves behind when it is answered is dropped.
    await wait(0);
    freeAt = Date.now() + PAUSE_MILLISECONDS;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function isTaken(now: number): boolean {
  return now < freeAt || (now < freeAt + TRANSACTION_PAUSE_MILLISECONDS && hasOpenTransaction(now));
}
