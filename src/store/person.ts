import {
  DELETED,
  END_OTHERS,
  ERASE,
  EXCHANGE,
  MARK,
  READ,
  READ_ALL,
  REFRESH,
  REPLACE,
  START,
} from "./person-scripts.ts";
import { type Command, evaluate, type Redis } from "./redis.ts";

/**
 * What Redis keeps of a person is one hash, `person:<user id>`: a field for each session, and one for the snapshot of their
 * row. One key holds what is read together and ends together, so that a page is one call, "end all" is one script, and no
 * script derives the name of a key. docs/decisions/0014-one-hash-a-person.md says why, and what it leans on.
 *
 * Every value is `<end>|<rank>|<text>`, and counts as absent from its end (epoch milliseconds) on; Redis keeps it until it
 * is replaced, dropped by `startSession`, or the key expires with the last session.
 */
export interface StoredValue {
  /** Epoch milliseconds. */
  readonly end: number;
  /** When the session was created, as epoch milliseconds; or the version of the row. A start drops the lowest session. */
  readonly rank: number;
  readonly text: string;
}

/** The field of the snapshot, or of the marker that the row is changing. */
const USER = "user";

const SESSION_PREFIX = "s:";

const MARKER_PREFIX = "changing ";

/**
 * How long a row counts as changing. Longer than any request or transaction may live (PlanetScale ends one after 20 s),
 * so that a copy read before the change cannot arrive after its marker ends.
 */
const MARKER_MILLISECONDS = 60_000;

/** A start looks at every field only where there are more than so many. */
const FIELDS_BEFORE_PRUNING = 32;

/** More devices than a person has. One sign-in more ends the oldest session. */
const SESSIONS_MAX = 100;

export function formatValue({ end, rank, text }: StoredValue): string {
  return `${end}|${rank}|${text}`;
}

/** The value, or null if there is none, it ended before `now` (epoch milliseconds), or it has not this form. */
export function readValue(raw: string | null, now: number): StoredValue | null {
  const [, end, rank, text = ""] = /^(\d+)\|(\d+)\|(.*)$/s.exec(raw ?? "") ?? [];
  return end !== undefined && Number(end) > now ? { end: Number(end), rank: Number(rank), text } : null;
}

/** Whether a value says that the row is changing, or that its account was deleted: only MySQL knows it. */
export function isMarker({ text }: StoredValue): boolean {
  return text === DELETED || text.startsWith(MARKER_PREFIX);
}

/** What a page needs. Each is as it was stored; null if there is none. */
export interface StoredPerson {
  readonly session: string | null;
  readonly user: string | null;
}

/** Reads one session and the snapshot, at the leader. One command inside the script, for Upstash bills each. */
export async function readPerson(redis: Redis, userId: string, sessionHash: string): Promise<StoredPerson> {
  const script = evaluate(READ, [personKey(userId)], [sessionField(sessionHash), USER]);
  const [session = null, user = null] = await redis<(string | null)[]>("read session", script);
  return { session, user };
}

/**
 * Reads every session, under its hash, and the snapshot, at the leader; nothing where the session `requiredHash` is not
 * among them. One command inside the script.
 */
export async function readWholePerson(
  redis: Redis,
  userId: string,
  requiredHash: string | null,
): Promise<{ readonly sessions: ReadonlyMap<string, string>; readonly user: string | null }> {
  const args = requiredHash === null ? [] : [sessionField(requiredHash)];
  const flat = await redis<string[]>("read sessions", evaluate(READ_ALL, [personKey(userId)], args));
  const sessions = new Map<string, string>();
  let user: string | null = null;
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [field = "", value = ""] = flat.slice(at, at + 2);
    if (field === USER) user = value;
    else if (field.startsWith(SESSION_PREFIX)) sessions.set(field.slice(SESSION_PREFIX.length), value);
  }
  return { sessions, user };
}

/**
 * Stores a session, and the snapshot unless a newer one or a live marker stands. Drops sessions that ended and the oldest
 * beyond the bound once there are many fields. False, and nothing is stored, if the account was deleted a moment ago.
 */
export async function startSession(
  redis: Redis,
  userId: string,
  sessionHash: string,
  session: StoredValue,
  snapshot: StoredValue,
  now: number,
): Promise<boolean> {
  const command = startSessionCommand(userId, sessionHash, session, snapshot, now);
  return (await redis<number>("start session", command)) === 1;
}

export function startSessionCommand(
  userId: string,
  sessionHash: string,
  session: StoredValue,
  snapshot: StoredValue,
  now: number,
): Command {
  const values = [sessionField(sessionHash), formatValue(session), session.end, formatValue(snapshot), snapshot.rank];
  const bounds = [SESSION_PREFIX, FIELDS_BEFORE_PRUNING, SESSIONS_MAX];
  return evaluate(START, [personKey(userId)], [now, USER, ...values, ...bounds]);
}

/** Changes a session that is byte for byte what was `read`. False, and nothing is changed, if it ended or changed since. */
export async function replaceSession(
  redis: Redis,
  userId: string,
  sessionHash: string,
  read: string,
  session: StoredValue,
  now: number,
): Promise<boolean> {
  const args = [now, sessionField(sessionHash), read, formatValue(session), session.end];
  return (await redis<number>("replace session", evaluate(REPLACE, [personKey(userId)], args))) === 1;
}

/** Ends one session. False if there was none. The hash of another person's session ends nothing. */
export async function endSession(redis: Redis, userId: string, sessionHash: string): Promise<boolean> {
  return (await redis<number>("end session", ["HDEL", personKey(userId), sessionField(sessionHash)])) === 1;
}

/** Ends every session of a person but one; all if `keptHash` is null. The snapshot or marker stays as it is. */
export async function endOtherSessions(redis: Redis, userId: string, keptHash: string | null): Promise<void> {
  const args = [SESSION_PREFIX, keptHash === null ? "" : sessionField(keptHash)];
  await redis("end sessions", evaluate(END_OTHERS, [personKey(userId)], args));
}

/** Marks the row as changing. Returns the marker, over which alone `publishUser` writes. */
export async function markUser(redis: Redis, userId: string, now: number): Promise<string> {
  const end = now + MARKER_MILLISECONDS;
  const marker = formatValue({ end, rank: 0, text: MARKER_PREFIX + crypto.randomUUID() });
  await redis("mark user", evaluate(MARK, [personKey(userId)], [now, USER, marker, end]));
  return marker;
}

/**
 * Stores a snapshot if the field is byte for byte `read`: the marker of the change that it publishes, or what the reader
 * found there, which had ended. Whatever came in between is newer and stays. Does nothing where the person has no key.
 */
export async function writeUser(
  redis: Redis,
  userId: string,
  read: string | null,
  snapshot: StoredValue,
): Promise<void> {
  await redis("write user", evaluate(EXCHANGE, [personKey(userId)], [USER, read ?? "", formatValue(snapshot)]));
}

/** Replaces an older snapshot, where one stands: no marker, and nothing where the person has no key. True if it did. */
export async function refreshUser(redis: Redis, userId: string, snapshot: StoredValue): Promise<boolean> {
  const script = evaluate(REFRESH, [personKey(userId)], [USER, formatValue(snapshot), snapshot.rank]);
  return (await redis<number>("refresh user", script)) === 1;
}

/**
 * Replaces all that is kept of a deleted person by a marker, which is gone after a minute: a sign-in that read the account
 * before its deletion starts no session meanwhile.
 */
export async function erasePerson(redis: Redis, userId: string, now: number): Promise<void> {
  const end = now + MARKER_MILLISECONDS;
  const marker = formatValue({ end, rank: 0, text: DELETED });
  await redis("erase person", evaluate(ERASE, [personKey(userId)], [USER, marker, end]));
}

function personKey(userId: string): string {
  return `person:${userId}`;
}

function sessionField(hash: string): string {
  return SESSION_PREFIX + hash;
}
