import { evaluate, type Redis } from "./redis.ts";
import { StoreUnavailable } from "./upstream.ts";

/** At most `max` times in `windowSeconds`, counted under `name` and `key`. */
export interface Limit {
  /** What is limited, for the log. */
  readonly name: string;
  /** Who is counted. */
  readonly key: string;
  /** Whether whoever the list knows is counted by themselves. */
  readonly sparesAcquaintances: boolean;
  /** Whether it counts also what another limit refuses. */
  readonly countsRefused: boolean;
  readonly max: number;
  readonly windowSeconds: number;
}

export type Allowance =
  | { readonly allowed: true }
  /** `limit`: the one that lasts longest. */
  | { readonly allowed: false; readonly limit: Limit; readonly retryAfterSeconds: number };

/** A sorted set of those who are counted by themselves, and who asks. */
export interface Acquaintance {
  readonly list: string;
  readonly member: string;
}

/**
 * Counts once under every key, unless one of them is used up; then says in how many milliseconds the last of these is
 * free again, and which it is. Whoever the list knows has counters of their own. KEYS: the list, counters. ARGV: who asks,
 * then for each counter its most, its window (ms), 1 if it has such counters, 1 if it counts in any case.
 */
const TAKE = `
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
local counters = {}
local wait = 0
local last = 0
for i = 2, #KEYS do
  counters[i] = KEYS[i]
  if known and ARGV[4 * i - 4] == '1' then counters[i] = KEYS[i] .. ':' .. ARGV[1] end
  if tonumber(redis.call('GET', counters[i]) or '0') >= tonumber(ARGV[4 * i - 6]) then
    if redis.call('PTTL', counters[i]) < 0 then redis.call('PEXPIRE', counters[i], ARGV[4 * i - 5]) end
    local left = math.max(redis.call('PTTL', counters[i]), 1)
    if left > wait then
      wait = left
      last = i - 2
    end
  end
end
for i = 2, #KEYS do
  if wait == 0 or ARGV[4 * i - 3] == '1' then
    if redis.call('INCR', counters[i]) == 1 then redis.call('PEXPIRE', counters[i], ARGV[4 * i - 5]) end
  end
end
return {wait, last}`;

/** Takes one of each limit at once, in one round trip. Throws StoreUnavailable if nobody can tell: then nothing is allowed. */
export async function takeAllowance(
  redis: Redis,
  limits: readonly Limit[],
  { list, member }: Acquaintance = NOBODY,
): Promise<Allowance> {
  const numbers = limits.flatMap(({ max, windowSeconds, sparesAcquaintances, countsRefused }) => [
    max,
    windowSeconds * 1_000,
    sparesAcquaintances ? 1 : 0,
    countsRefused ? 1 : 0,
  ]);
  const script = evaluate(TAKE, [list, ...limits.map(counterKey)], [member, ...numbers]);
  const answer = await redis<unknown>("take allowance", script);
  const [wait, last] = Array.isArray(answer) ? answer : [];
  if (wait === 0) return { allowed: true };
  const limit = limits[last];
  if (limit && wait > 0) return { allowed: false, limit, retryAfterSeconds: Math.ceil(wait / 1_000) };
  throw new StoreUnavailable("redis", "take allowance", "malformed answer", 0);
}

const NOBODY: Acquaintance = { list: "limit:known", member: "" };

/**
 * Uncounts once what TAKE counted, and makes whoever asked known. KEYS: the list, counters. ARGV: who asks, now (ms), most
 * that the list holds, its life (ms).
 */
const GIVE_BACK = `
local own = ''
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then own = ':' .. ARGV[1] end
for i = 2, #KEYS do
  if tonumber(redis.call('GET', KEYS[i] .. own) or '0') > 0 then redis.call('DECR', KEYS[i] .. own) end
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0`;

/** How many are known by one list, and for how long after the last was added. */
const ACQUAINTANCES_MAX = 50;
const ACQUAINTANCE_MILLISECONDS = 180 * 24 * 60 * 60 * 1_000;

/** Gives back one of each limit, because it was the right one who asked, and knows them from now on. `now` is epoch milliseconds. */
export async function giveBackAllowance(
  redis: Redis,
  limits: readonly Limit[],
  { list, member }: Acquaintance,
  now: number,
): Promise<void> {
  const args = [member, now, ACQUAINTANCES_MAX, ACQUAINTANCE_MILLISECONDS];
  await redis("give back allowance", evaluate(GIVE_BACK, [list, ...limits.map(counterKey)], args));
}

/**
 * Makes one member the only one that a list knows, with nothing counted for it. KEYS: the list, counters. ARGV: member, now
 * (ms), its life (ms).
 */
const KNOW_ONLY = `
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do redis.call('DEL', KEYS[i] .. ':' .. ARGV[1]) end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 0`;

/** From now on whoever asks is the only one with an allowance of their own, and it is whole. `now` is epoch milliseconds. */
export async function knowOnly(
  redis: Redis,
  limits: readonly Limit[],
  { list, member }: Acquaintance,
  now: number,
): Promise<void> {
  const keys = [list, ...limits.map(counterKey)];
  await redis("know only", evaluate(KNOW_ONLY, keys, [member, now, ACQUAINTANCE_MILLISECONDS]));
}

function counterKey({ name, key }: Limit): string {
  return `limit:${name}:${key}`;
}
