import { hasOpenTransaction } from "../../../store/database.ts";

/** Between two hashes, so that answers which have arrived meanwhile are read: a transaction must not wait for a queue. */
const PAUSE_MILLISECONDS = 20;

/**
 * And so much more while a transaction of this isolate is open: each of its steps would wait for a hash, and every request
 * that waits for its locks, for all of them.
 */
const TRANSACTION_PAUSE_MILLISECONDS = 200;

/** If a request is cancelled while it hashes, the others wait for it no longer than this. */
const SLOT_MAX_MILLISECONDS = 1_000;

/** Requests that may be hashing or waiting to, however fast that goes. */
export const HASH_QUEUE_MAX = 100;

/** And so many of one source, so that a single network cannot fill the queue; an office signs in at once in the morning. */
export const HASH_QUEUE_OF_SOURCE_MAX = 50;

/** What the last in the queue may have to wait, by what hashes have taken here lately. */
const EXPECTED_WAIT_MAX_MILLISECONDS = 5_000;

/** A hash with its pause, before any was measured. */
const ASSUMED_MILLISECONDS = 40;

/** How much the latest hash counts in the average. */
const WEIGHT_OF_LATEST = 0.2;

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

const admitted = new Set<{ readonly since: number; readonly source: string | null }>();

/** Milliseconds from the start of a hash to when the next may start. */
let average = ASSUMED_MILLISECONDS;

/**
 * Runs what hashes a password, or refuses it at once: throws HashQueueFull while so many others have not finished that it
 * would wait too long, or 50 of the same source. Asked before a request costs a store anything, because a crowd would keep
 * the isolate busy with calls alone. `source`: null where nothing tells one from another.
 */
export async function admitToHashing<T>(source: string | null, work: () => Promise<T>): Promise<T> {
  const now = Date.now();
  let ofSource = 0;
  for (const entry of admitted) {
    if (now - entry.since > ADMITTED_MAX_MILLISECONDS) admitted.delete(entry);
    else if (source !== null && entry.source === source) ofSource += 1;
  }
  const isFull = admitted.size >= HASH_QUEUE_MAX || admitted.size * average > EXPECTED_WAIT_MAX_MILLISECONDS;
  if (isFull || ofSource >= HASH_QUEUE_OF_SOURCE_MAX) throw new HashQueueFull();
  const entry = { since: now, source };
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
  let startedAt = 0;
  try {
    await waitForTurn(ticket);
    startedAt = Date.now();
    freeAt = startedAt + SLOT_MAX_MILLISECONDS;
    return await hash();
  } finally {
    const index = queue.indexOf(ticket);
    if (index >= 0) queue.splice(index, 1);
    if (index === 0) {
      // The clock stands still while code runs; only after a turn of the event loop does it know when the hash ended.
      // It is waited for, because what a request leaves behind when it is answered is dropped.
      await wait(0);
      freeAt = Date.now() + PAUSE_MILLISECONDS;
      if (startedAt > 0) average += WEIGHT_OF_LATEST * (freeAt - startedAt - average);
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
