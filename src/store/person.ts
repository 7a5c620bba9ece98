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

/** Of a deleted account. It is not replaced while it stands. */
const DELETED = "deleted";

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

const READ = `-- read session
return redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2])`;

/** Reads one session and the snapshot, at the leader. One command inside the script, for Upstash bills each. */
export async function readPerson(redis: Redis, userId: string, sessionHash: string): Promise<StoredPerson> {
  const script = evaluate(READ, [personKey(userId)], [sessionField(sessionHash), USER]);
  const [session = null, user = null] = await redis<(string | null)[]>("read session", script);
  return { session, user };
}

const READ_ALL = `-- read sessions
return redis.call('HGETALL', KEYS[1])`;

/** Reads every session, under its hash, and the snapshot, at the leader. */
export async function readWholePerson(
  redis: Redis,
  userId: string,
): Promise<{ readonly sessions: ReadonlyMap<string, string>; readonly user: string | null }> {
  const flat = await redis<string[]>("read sessions", evaluate(READ_ALL, [personKey(userId)]));
  const sessions = new Map<string, string>();
  let user: string | null = null;
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [field = "", value = ""] = flat.slice(at, at + 2);
    if (field === USER) user = value;
    else if (field.startsWith(SESSION_PREFIX)) sessions.set(field.slice(SESSION_PREFIX.length), value);
  }
  return { sessions, user };
}

/** `end` in Lua: keeps the key at least until then. KEYS: person. `now`: epoch milliseconds. */
const KEEP = `
local function keep(ending)
  if redis.call('PTTL', KEYS[1]) < ending - now then redis.call('PEXPIREAT', KEYS[1], ending) end
end`;

/**
 * ARGV: now (ms), field of the user, field of the session, its value, its end (ms), the snapshot, its version, prefix of
 * sessions, fields before pruning, most sessions.
 */
const START = `-- start session
local now = tonumber(ARGV[1])
${KEEP}
local user = redis.call('HGET', KEYS[1], ARGV[2])
local ending, version, text
if user then ending, version, text = string.match(user, '^(%d+)|(%d+)|(.*)$') end
local stands = ending and tonumber(ending) > now
if stands and text == '${DELETED}' then return 0 end
local isSnapshot = stands and string.sub(text, 1, 1) == '{'
if not stands or (isSnapshot and tonumber(version) < tonumber(ARGV[7])) then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[6])
end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[9]) then
  local all = redis.call('HGETALL', KEYS[1])
  local sessions, dropped = {}, {}
  for at = 1, #all, 2 do
    if string.sub(all[at], 1, #ARGV[8]) == ARGV[8] then
      local sessionEnd, created = string.match(all[at + 1], '^(%d+)|(%d+)|')
      if not sessionEnd or tonumber(sessionEnd) <= now then
        dropped[#dropped + 1] = all[at]
      else
        sessions[#sessions + 1] = {all[at], tonumber(created)}
      end
    end
  end
  table.sort(sessions, function(one, other) return one[2] < other[2] end)
  for number = 1, #sessions - tonumber(ARGV[10]) do dropped[#dropped + 1] = sessions[number][1] end
  if #dropped > 0 then redis.call('HDEL', KEYS[1], unpack(dropped)) end
end
keep(tonumber(ARGV[5]))
return 1`;

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

/** ARGV: now (ms), field, value that must stand there, new value, its end (ms). */
const REPLACE = `-- replace session
local now = tonumber(ARGV[1])
${KEEP}
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
keep(tonumber(ARGV[5]))
return 1`;

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

/** ARGV: prefix of sessions, field of the one that stays, or nothing. */
const END_OTHERS = `-- end sessions
local ended = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, #ARGV[1]) == ARGV[1] and field ~= ARGV[2] then ended[#ended + 1] = field end
end
if #ended > 0 then redis.call('HDEL', KEYS[1], unpack(ended)) end
return #ended`;

/** Ends every session of a person but one; all if `keptHash` is null. The snapshot or marker stays as it is. */
export async function endOtherSessions(redis: Redis, userId: string, keptHash: string | null): Promise<void> {
  const args = [SESSION_PREFIX, keptHash === null ? "" : sessionField(keptHash)];
  await redis("end sessions", evaluate(END_OTHERS, [personKey(userId)], args));
}

/** ARGV: now (ms), field of the user, marker, its end (ms). */
const MARK = `-- mark user
local now = tonumber(ARGV[1])
${KEEP}
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
keep(tonumber(ARGV[4]))
return 1`;

/** Marks the row as changing. Returns the marker, over which alone `publishUser` writes. */
export async function markUser(redis: Redis, userId: string, now: number): Promise<string> {
  const end = now + MARKER_MILLISECONDS;
  const marker = formatValue({ end, rank: 0, text: MARKER_PREFIX + crypto.randomUUID() });
  await redis("mark user", evaluate(MARK, [personKey(userId)], [now, USER, marker, end]));
  return marker;
}

/** ARGV: field of the user, what must stand there (nothing: no field), new value. */
const EXCHANGE = `-- write user
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] or redis.call('PTTL', KEYS[1]) < 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`;

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

/** ARGV: field of the user, new value, its version. */
const REFRESH = `-- refresh user
local user = redis.call('HGET', KEYS[1], ARGV[1])
local version, kind
if user then version, kind = string.match(user, '^%d+|(%d+)|(.)') end
if kind ~= '{' or tonumber(version) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** Replaces an older snapshot, where one stands: no marker, and nothing where the person has no key. True if it did. */
export async function refreshUser(redis: Redis, userId: string, snapshot: StoredValue): Promise<boolean> {
  const script = evaluate(REFRESH, [personKey(userId)], [USER, formatValue(snapshot), snapshot.rank]);
  return (await redis<number>("refresh user", script)) === 1;
}

/** ARGV: field of the user, marker, its end (ms). */
const ERASE = `-- erase person
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1`;

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
