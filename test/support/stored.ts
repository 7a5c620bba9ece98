import { createHash } from "node:crypto";
import type { Browser } from "./browser.ts";
import type { Gatehouse } from "./gatehouse.ts";

/** What the stores hold of a browser's session, past the Worker. */

export function cookieOf(browser: Browser): string {
  return browser.cookies.get("gatehouse") ?? "";
}

export function userIdOf(browser: Browser): string {
  return cookieOf(browser).split(".")[0] ?? "";
}

/** What a session is known by on pages and in Redis. */
export function handleOf(browser: Browser): string {
  return createHash("sha256").update(cookieOf(browser)).digest("hex");
}

export interface StoredSession {
  readonly active_expires: number;
  readonly created_at: number;
  readonly password_at: number | null;
  readonly seen_at: number;
  readonly browser: string | null;
  readonly platform: string | null;
  readonly country: string | null;
}

export function readSession({ redis }: Gatehouse, browser: Browser): Promise<StoredSession | null> {
  return redis.get<StoredSession>(`session:${handleOf(browser)}`);
}

/** Makes it so that something was noted in the session so many milliseconds ago. */
export async function changeSession(
  gatehouse: Gatehouse,
  browser: Browser,
  changes: Partial<StoredSession>,
): Promise<void> {
  const stored = await readSession(gatehouse, browser);
  if (!stored) throw new Error("This browser has no session");
  await gatehouse.redis.set(`session:${handleOf(browser)}`, JSON.stringify({ ...stored, ...changes }), {
    keepTtl: true,
  });
}

/** The password was given in this session longer ago than counts as lately. */
export function forgetPassword(gatehouse: Gatehouse, browser: Browser): Promise<void> {
  return changeSession(gatehouse, browser, { password_at: Date.now() - 11 * 60_000 });
}

export interface StoredEvent {
  readonly type: string;
  readonly occurrences: number;
  readonly country: string | null;
  readonly browser: string | null;
  readonly platform: string | null;
  readonly address: string | null;
}

/** The trail of the only account, oldest first. */
export async function readEvents({ database }: Gatehouse): Promise<StoredEvent[]> {
  const { rows } = await database.execute<StoredEvent>("select * from account_events order by occurred_at, id");
  return rows;
}

export async function eventTypes(gatehouse: Gatehouse): Promise<string[]> {
  return (await readEvents(gatehouse)).map(({ type }) => type).toSorted();
}

/** Makes the attempts that a limiter has counted, under names that fit `pattern`, so many milliseconds older. */
export async function ageAttempts({ redis }: Gatehouse, pattern: string, milliseconds: number): Promise<void> {
  for (const key of await redis.keys(pattern)) {
    const times = await redis.lrange(key, 0, -1);
    const left = await redis.pttl(key);
    await redis.del(key);
    if (times.length > 0) await redis.rpush(key, ...times.map((time) => Number(time) - milliseconds));
    if (left > 0) await redis.pexpire(key, left);
  }
}

/** How many attempts the limiter has counted under the one name that fits `pattern`. */
export async function countAttempts({ redis }: Gatehouse, pattern: string): Promise<number> {
  const keys = await redis.keys(pattern);
  if (keys.length > 1) throw new Error(`${keys.length} counters are named ${pattern}`);
  return keys[0] === undefined ? 0 : redis.llen(keys[0]);
}
