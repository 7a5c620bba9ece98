import { hasOpenTransaction } from "../../../store/database.ts";

/** Pause between two hashes, so that answers that have arrived are read: a transaction must not wait for the queue. */
const PAUSE_MILLISECONDS = 20;

/**
 * Additional pause while a transaction of this isolate is open. Each of its steps would wait for a hash, and every
 * request that waits for its locks, for all of them.
 */
const TRANSACTION_PAUSE_MILLISECONDS = 200;

/** The others wait no longer than this for a request that was cancelled while it hashed. */
const SLOT_MAX_MILLISECONDS = 1_000;

/** Requests that may hash or wait at once. */
export const HASH_QUEUE_MAX = 100;

/**
 * Requests of one network that may hash or wait at once, so that it cannot fill the queue. An office may sign in at
 * once in the morning.
 */
export const HASH_QUEUE_OF_SOURCE_MAX = 50;

/** The longest expected wait, estimated from recent hashes. */
const EXPECTED_WAIT_MAX_MILLISECONDS = 5_000;

/** Assumed time of a hash with its pause before any was measured. */
const ASSUMED_MILLISECONDS = 40;

/** Weight of the latest hash in the average. */
const WEIGHT_OF_LATEST = 0.2;

/** A request that was admitted longer ago was ended by the platform. */
const ADMITTED_MAX_MILLISECONDS = 30_000;

/** No request waits longer for its turn. */
const WAIT_MAX_MILLISECONDS = 6_000;

/** A request that has not asked for its turn for so long was cancelled. */
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
 * Runs `work`, which hashes a password, or throws HashQueueFull at once: if 100 requests or 50 of one network hash or
 * wait already, or if the expected wait is too long. Called before a request makes a call to a store, because many
 * refused requests would keep the isolate busy with calls alone. `source`: null if the network is not known.
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

/** In order of arrival. */
const queue: Ticket[] = [];

/** Epoch milliseconds. */
let freeAt = 0;

/**
 * Runs `hash`, which blocks the isolate, in turn: one at a time, first come, first served. Otherwise many concurrent
 * sign-ins would hash in one go, while every call to a store runs into its deadline unread. Requests must not await
 * each other's promises, so each polls. Throws HashQueueFull after six seconds.
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
      // The clock stands still while code runs, and only a turn of the event loop tells when the hash ended. This is
      // awaited, because pending work of a request is dropped when the request ends.
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
