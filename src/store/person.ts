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
 * Redis keeps one hash for each person, `person:<user id>`, with a field for each session and one for the snapshot of
 * their row. One key holds everything that is read together and ends together, so a page is one call, ending all
 * sessions is one script, and no script derives the name of a key. docs/decisions/0014-one-hash-a-person.md has the
 * reasons.
 *
 * Every value is `<end>|<rank>|<text>` and counts as absent after its end (epoch milliseconds). Redis keeps it until it
 * is replaced, removed by `startSession`, or the key expires with the last session.
 */
export interface StoredValue {
  /** Epoch milliseconds. */
  readonly end: number;
  /**
   * The creation of a session, as epoch milliseconds, or the version of the row. A start removes the sessions with the
   * lowest rank.
   */
  readonly rank: number;
  readonly text: string;
}

/** The field of the snapshot, or of the marker that the row is changing. */
const USER = "user";

const SESSION_PREFIX = "s:";

const MARKER_PREFIX = "changing ";

/**
 * How long a row counts as changing: longer than any request or transaction (PlanetScale ends one after 20 s), so that
 * a row read before the change cannot be stored after its marker expires.
 */
const MARKER_MILLISECONDS = 60_000;

/** A start reads all fields only if there are more. */
const FIELDS_BEFORE_PRUNING = 32;

/** More devices than a person has. Another sign-in ends the oldest session. */
const SESSIONS_MAX = 100;

export function formatValue({ end, rank, text }: StoredValue): string {
  return `${end}|${rank}|${text}`;
}

/** Parses a value; null if there is none, it expired before `now` (epoch milliseconds), or it has another form. */
export function readValue(raw: string | null, now: number): StoredValue | null {
  const [, end, rank, text = ""] = /^(\d+)\|(\d+)\|(.*)$/s.exec(raw ?? "") ?? [];
  return end !== undefined && Number(end) > now ? { end: Number(end), rank: Number(rank), text } : null;
}

/** Whether a value is a marker: the row is changing or its account was deleted, so MySQL must be asked. */
export function isMarker({ text }: StoredValue): boolean {
  return text === DELETED || text.startsWith(MARKER_PREFIX);
}

/** The stored session and user of a page; null if there is none. */
export interface StoredPerson {
  readonly session: string | null;
  readonly user: string | null;
}

/** Reads one session and the user, at the leader. One command inside the script, because Upstash bills each. */
export async function readPerson(redis: Redis, userId: string, sessionHash: string): Promise<StoredPerson> {
  const script = evaluate(READ, [personKey(userId)], [sessionField(sessionHash), USER]);
  const [session = null, user = null] = await redis<(string | null)[]>("read session", script);
  return { session, user };
}

/**
 * Reads all sessions by their hashes, and the user, at the leader. The answer is empty if the session `requiredHash` is
 * not among them. One command inside the script.
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
 * Stores a session, and the snapshot unless a newer one or a valid marker exists. If there are many fields, removes
 * expired sessions and the oldest beyond the bound. Returns false and stores nothing if the account was just deleted.
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

/** Replaces a session whose text is `read`. Returns false and changes nothing if it has ended or changed. */
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

/** Ends all sessions of a person except one; all if `keptHash` is null. The snapshot or marker stays. */
export async function endOtherSessions(redis: Redis, userId: string, keptHash: string | null): Promise<void> {
  const args = [SESSION_PREFIX, keptHash === null ? "" : sessionField(keptHash)];
  await redis("end sessions", evaluate(END_OTHERS, [personKey(userId)], args));
}

/** Marks the row as changing. Returns the marker, over which `writeUser` publishes. */
export async function markUser(redis: Redis, userId: string, now: number): Promise<string> {
  const end = now + MARKER_MILLISECONDS;
  const marker = formatValue({ end, rank: 0, text: MARKER_PREFIX + crypto.randomUUID() });
  await redis("mark user", evaluate(MARK, [personKey(userId)], [now, USER, marker, end]));
  return marker;
}

/**
 * Stores a snapshot if the field is `read`: the marker of the change that it publishes, or the expired value that the
 * reader found. Another value is newer and stays. Does nothing if the person has no key.
 */
export async function writeUser(
  redis: Redis,
  userId: string,
  read: string | null,
  snapshot: StoredValue,
): Promise<void> {
  await redis("write user", evaluate(EXCHANGE, [personKey(userId)], [USER, read ?? "", formatValue(snapshot)]));
}

/** Replaces an older snapshot. Does nothing if there is a marker or no key. True if it did. */
export async function refreshUser(redis: Redis, userId: string, snapshot: StoredValue): Promise<boolean> {
  const script = evaluate(REFRESH, [personKey(userId)], [USER, formatValue(snapshot), snapshot.rank]);
  return (await redis<number>("refresh user", script)) === 1;
}

/**
 * Replaces everything of a deleted person by a marker that is valid for a minute, so that a sign-in that read the
 * account before its deletion starts no session.
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
