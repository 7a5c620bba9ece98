import { hasOpenTransaction } from "../store/database.ts";

/** Between two hashes, so that answers which have arrived meanwhile are read: a transaction must not wait for a queue. */
const PAUSE_MILLISECONDS = 10;

/**
 * And so much more while a transaction of this isolate is open: each of its steps would wait for a hash, and every request
 * that waits for its locks, for all of them.
 */
const TRANSACTION_PAUSE_MILLISECONDS = 200;

/** If a request is cancelled while it hashes, the others wait for it no longer than this. */
const SLOT_MAX_MILLISECONDS = 1_000;

/** Requests that may be hashing or waiting to. A hash and its pause take some 40 ms, so the last waits about four seconds. */
export const HASH_QUEUE_MAX = 100;

/** A request that has not left for so long was ended by the platform. */
const ADMITTED_MAX_MILLISECONDS = 30_000;

/** No request waits longer for its turn, whatever holds up the queue. */
const WAIT_MAX_MILLISECONDS = 6_000;

/** A request that has not asked for its turn for so long was cancelled. A hash is far shorter. */
const ABANDONED_MILLISECONDS = 1_500;

/** The isolate has more passwords to hash than it can hash in time. */
export class HashQueueFull extends Error {
  constructor() {
    super("Too many passwords are waiting to be hashed");
    this.name = "HashQueueFull";
  }
}

const admitted = new Set<{ readonly since: number }>();

/**
 * Runs what hashes a password, or refuses it at once: throws HashQueueFull while 100 others have not finished. Asked before
 * a request costs a store anything, because a crowd would keep the isolate busy with calls alone.
 */
export async function admitToHashing<T>(work: () => Promise<T>): Promise<T> {
  const now = Date.now();
  for (const entry of admitted) if (now - entry.since > ADMITTED_MAX_MILLISECONDS) admitted.delete(entry);
  if (admitted.size >= HASH_QUEUE_MAX) throw new HashQueueFull();
  const entry = { since: now };
  admitted.add(entry);
  try {
    return await work();
  } finally {
    admitted.delete(entry);
  }
}

interface Ticket {
  readonly since: number;
  /** When its request last asked for its turn, as epoch milliseconds. */
  askedAt: number;
}

/** In the order in which they came. */
const queue: Ticket[] = [];

/** Epoch milliseconds. */
let freeAt = 0;

/**
 * Runs `hash`, which keeps the whole isolate busy, in its turn: one at a time, first come, first served. Without it a crowd of
 * sign-ins would be hashed in one go, while every call that any of them has made to a store runs into its deadline unread.
 * Requests must not wait for each other's promises, so each asks again after a time. Throws HashQueueFull after six seconds
 * if the turn has not come.
 */
export async function withHashSlot<T>(hash: () => Promise<T>): Promise<T> {
  const now = Date.now();
  const ticket: Ticket = { since: now, askedAt: now };
  queue.push(ticket);
  try {
    await waitForTurn(ticket);
    freeAt = Date.now() + SLOT_MAX_MILLISECONDS;
    return await hash();
  } finally {
    const index = queue.indexOf(ticket);
    if (index >= 0) queue.splice(index, 1);
    if (index === 0) {
      // The clock stands still while code runs; only after a turn of the event loop does it know when the hash ended.
      // It is waited for, because what a request leaves behind when it is answered is dropped.
      await wait(0);
      freeAt = Date.now() + PAUSE_MILLISECONDS;
    }
  }
}

async function waitForTurn(ticket: Ticket): Promise<void> {
  while (!isTurnOf(ticket, Date.now())) {
    await wait(PAUSE_MILLISECONDS);
    ticket.askedAt = Date.now();
    if (ticket.askedAt - ticket.since > WAIT_MAX_MILLISECONDS) throw new HashQueueFull();
  }
}

function isTurnOf(ticket: Ticket, now: number): boolean {
  dropAbandoned(now);
  if (queue[0] !== ticket || now < freeAt) return false;
  return now >= freeAt + TRANSACTION_PAUSE_MILLISECONDS || !hasOpenTransaction(now);
}

function dropAbandoned(now: number): void {
  while (queue[0] !== undefined && now - queue[0].askedAt > ABANDONED_MILLISECONDS) queue.shift();
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
