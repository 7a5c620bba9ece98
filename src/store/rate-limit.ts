import type { Redis } from "./redis.ts";
import { reach } from "./upstream.ts";

/** At most `max` times in `windowSeconds`, counted under `key`. */
export interface Limit {
  readonly key: string;
  readonly max: number;
  readonly windowSeconds: number;
}

export type Allowance = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/**
 * Counts once under every key, or under none if one of them is used up; then says in how many milliseconds the last
 * of these is free again. KEYS: counters. ARGV: for each its most and its window (ms).
 */
const TAKE = `
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i - 1]) then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
end
return 0`;

/** Takes one of each limit at once, in one round trip. Throws StoreUnavailable if nobody can tell: then nothing is allowed. */
export async function takeAllowance(redis: Redis, limits: readonly Limit[]): Promise<Allowance> {
  const keys = limits.map(({ key }) => `limit:${key}`);
  const numbers = limits.flatMap(({ max, windowSeconds }) => [max, windowSeconds * 1_000]);
  const wait = await reach("redis", "take allowance", () => redis.eval<number[], number>(TAKE, keys, numbers));
  return wait === 0 ? { allowed: true } : { allowed: false, retryAfterSeconds: Math.ceil(wait / 1_000) };
}
