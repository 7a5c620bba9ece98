import { createHash } from "node:crypto";
import { prove } from "../../src/auth/sessions/evidence.ts";
import { expiresAt, type SessionRecord } from "../../src/auth/sessions/session.ts";
import { formatValue, isMarker, readValue } from "../../src/store/person.ts";
import type { Browser } from "./browser.ts";
import type { Gatehouse } from "./gatehouse.ts";

/** Reads and changes the stored state of a browser's session, without the Worker. */

export function cookieOf(browser: Browser): string {
  return browser.cookies.get("gatehouse") ?? "";
}

export function userIdOf(browser: Browser): string {
  return cookieOf(browser).split(".")[0] ?? "";
}

/** The handle of a session: its name on pages and in Redis. */
export function handleOf(browser: Browser): string {
  return createHash("sha256").update(cookieOf(browser)).digest("hex");
}

export type StoredSession = Omit<SessionRecord, "userId">;

export function personKey(browser: Browser): string {
  return `person:${userIdOf(browser)}`;
}

export async function readSession({ redis }: Gatehouse, browser: Browser): Promise<StoredSession | null> {
  const value = readValue(await redis.hget<string>(personKey(browser), `s:${handleOf(browser)}`), 0);
  return value && { ...JSON.parse(value.text), createdAt: value.rank };
}

/** Copies the session of a browser. The returned function puts it back, as if Redis had lost all later writes. */
export async function copySession({ redis }: Gatehouse, browser: Browser): Promise<() => Promise<void>> {
  const [key, field] = [personKey(browser), `s:${handleOf(browser)}`];
  const value = await redis.hget<string>(key, field);
  if (value === null) throw new Error("This browser has no session");
  return async () => {
    await redis.del(key);
    await redis.hset(key, { [field]: value });
  };
}

/** Changes the stored session. Its expiry follows from the changed times. */
export async function changeSession(
  gatehouse: Gatehouse,
  browser: Browser,
  changes: Partial<StoredSession>,
): Promise<void> {
  const stored = await readSession(gatehouse, browser);
  if (!stored) throw new Error("This browser has no session");
  const changed = { ...stored, ...changes };
  const { createdAt, ...session } = changed;
  const value = formatValue({ end: expiresAt(changed), rank: createdAt, text: JSON.stringify(session) });
  await gatehouse.redis.hset(personKey(browser), { [`s:${handleOf(browser)}`]: value });
}

/** The handles of all stored sessions, expired or not. */
export async function listHandles({ redis }: Gatehouse): Promise<string[]> {
  const fields = await Promise.all((await redis.keys("person:*")).map((key) => redis.hkeys(key)));
  return fields.flat().flatMap((field) => (field.startsWith("s:") ? [field.slice("s:".length)] : []));
}

/** The stored snapshot of a user's row, `"marker"` if an invalidation marker is stored in its place, or null. */
export async function readSnapshot(
  { redis }: Pick<Gatehouse, "redis">,
  userId: string,
): Promise<Record<string, unknown> | "marker" | null> {
  const value = readValue(await redis.hget<string>(`person:${userId}`, "user"), Date.now());
  if (value === null) return null;
  return isMarker(value) ? "marker" : JSON.parse(value.text);
}

/**
 * Deletes every snapshot and marker, so that the next page reads MySQL. Does not lock anything out that runs meanwhile.
 */
export async function dropSnapshots({ redis }: Gatehouse): Promise<void> {
  for (const key of await redis.keys("person:*")) await redis.hdel(key, "user");
}

/** Stores the marker of another request that is changing the row, or that has failed while changing it. */
export async function storeMarker({ redis }: Gatehouse, userId: string): Promise<void> {
  const value = formatValue({ end: Date.now() + 60_000, rank: 0, text: "changing by another request" });
  await redis.hset(`person:${userId}`, { user: value });
}

/** Makes the password of this session too old to count as entered recently. */
export function agePassword(gatehouse: Gatehouse, browser: Browser): Promise<void> {
  return changeSession(gatehouse, browser, { evidence: [prove("password", Date.now() - 11 * 60_000)] });
}

/** Makes all proofs of this session too old to confirm anything. */
export async function ageProofs(gatehouse: Gatehouse, browser: Browser): Promise<void> {
  const [newest, ...older] = (await readSession(gatehouse, browser))?.evidence ?? [];
  if (newest === undefined) throw new Error("This browser has no session");
  const age = (proof: typeof newest) => ({ ...proof, at: proof.at - 11 * 60_000 });
  await changeSession(gatehouse, browser, { evidence: [age(newest), ...older.map(age)] });
}

/** Makes the password of every session too old to count as entered recently. */
export async function agePasswords({ redis }: Gatehouse): Promise<void> {
  for (const key of await redis.keys("person:*")) {
    const fields = Object.entries((await redis.hgetall<Record<string, string>>(key)) ?? {});
    for (const [field, raw] of fields.filter(([field]) => field.startsWith("s:"))) {
      await redis.hset(key, { [field]: raw.replace(/(?<="method":"password","at":)\d+/, "0") });
    }
  }
}

export interface StoredEvent {
  readonly type: string;
  readonly occurrences: number;
  readonly country: string | null;
  readonly browser: string | null;
  readonly platform: string | null;
  readonly ip: string | null;
}

/** The audit log of the only account, oldest first. */
export async function readEvents({ database }: Gatehouse): Promise<StoredEvent[]> {
  const { rows } = await database.execute<StoredEvent>("select * from account_events order by occurred_at, id");
  return rows;
}

export async function eventTypes(gatehouse: Gatehouse): Promise<string[]> {
  return (await readEvents(gatehouse)).map(({ type }) => type).toSorted();
}

/** Moves the attempts of every counter that matches `pattern` into the past by this many milliseconds. */
export async function ageAttempts({ redis }: Gatehouse, pattern: string, milliseconds: number): Promise<void> {
  for (const key of await redis.keys(pattern)) {
    const times = await redis.lrange(key, 0, -1);
    const left = await redis.pttl(key);
    await redis.del(key);
    if (times.length > 0) await redis.rpush(key, ...times.map((time) => Number(time) - milliseconds));
    if (left > 0) await redis.pexpire(key, left);
  }
}

/** The number of attempts in the only counter that matches `pattern`. */
export async function countAttempts({ redis }: Gatehouse, pattern: string): Promise<number> {
  const keys = await redis.keys(pattern);
  if (keys.length > 1) throw new Error(`${keys.length} counters are named ${pattern}`);
  return keys[0] === undefined ? 0 : redis.llen(keys[0]);
}
