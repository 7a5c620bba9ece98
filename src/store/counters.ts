import { evaluate, type Redis } from "./redis.ts";
import { StoreUnavailable } from "./upstream.ts";

/** At most `max` attempts within any period of `seconds`. */
export interface Window {
  /** For the log. */
  readonly name: string;
  readonly max: number;
  readonly seconds: number;
}

/** A list of attempts and the windows that limit it. */
export interface Limit {
  /** The first part of the list's name in Redis. */
  readonly counter: string;
  /** The second part of the name for unknown devices; null if the limit does not apply to them. */
  readonly key: string | null;
  /** The second part of the name for known devices; null if the limit does not apply to them. */
  readonly knownKey: string | null;
  /** Whether it also counts attempts that another limit refuses. */
  readonly countsRefused: boolean;
  readonly windows: readonly Window[];
}

/** A device that claims to be known, and the sorted set of known devices. */
export interface Device {
  readonly list: string;
  readonly member: string;
}

/** An attempt that `consume` counted, so that `rememberDevice` can refund it. */
export interface Attempt {
  /** The lists that contain it. */
  readonly counters: readonly string[];
  /** Its time in those lists, as epoch milliseconds. */
  readonly at: number;
  /** Whether the device was in the set of known devices when the attempt was counted. */
  readonly byKnownDevice: boolean;
  /** Further attempts that all limits allow now; `ATTEMPTS_LEFT_MAX` if there are as many or more. */
  readonly left: number;
}

export type Allowance =
  | { readonly allowed: true; readonly attempt: Attempt }
  /** `window`: the window that frees up last. */
  | { readonly allowed: false; readonly window: Window; readonly retryAfterSeconds: number };

/** Up to this number, the attempts that are left are counted. */
export const ATTEMPTS_LEFT_MAX = 3;

/**
 * Counts one attempt by every limit, unless one of them is reached. Then it returns in how many milliseconds the last
 * of the reached limits frees up, and its window. A limit is a list of the times of its attempts, newest first, no
 * longer than its largest window allows. The attempt at position `max` decides, so every window slides. A limit does
 * not count what it refuses itself, so that "try again in …" is true. Returns also how many further attempts are allowed,
 * up to the maximum: the attempts just before that position tell it, and reading them takes no other command.
 *
 * KEYS: the set of known devices, if a device is given; then counters. ARGV: now (ms); the device, or nothing; then for
 * each limit the position in KEYS of its counter for unknown and for known devices (0 for none), 1 if it counts what
 * others refuse, the number of windows, and the max and length (ms) of each.
 */
const CONSUME = `-- consume
local now = tonumber(ARGV[1])
local known = ARGV[2] ~= '' and redis.call('ZSCORE', KEYS[1], ARGV[2])
local counters = {}
local wait = 0
local last = 0
local number = 0
local left = ${ATTEMPTS_LEFT_MAX}
local at = 3
while at <= #ARGV do
  local key = KEYS[tonumber(ARGV[known and at + 1 or at])]
  local counter = {key = key, counts = ARGV[at + 2] == '1', most = 0, life = 0}
  local windows = tonumber(ARGV[at + 3])
  at = at + 4
  for _ = 1, windows do
    number = number + 1
    if key then
      local max, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
      local first = math.max(0, max - 1 - left)
      local times = redis.call('LRANGE', key, first, max - 1)
      local oldest = times[max - first]
      local remaining = oldest and math.min(oldest + length - now, length) or 0
      if remaining > 0 then counter.full = true end
      if remaining > wait then
        wait = remaining
        last = number
      end
      for index = first, max - 2 do
        local time = times[index - first + 1]
        if time and time + length > now then left = math.min(left, max - 2 - index) end
      end
      counter.most = math.max(counter.most, max)
      counter.life = math.max(counter.life, length)
    end
    at = at + 2
  end
  if key then counters[#counters + 1] = counter end
end
for _, counter in ipairs(counters) do
  if not counter.full and (wait == 0 or counter.counts) then
    if redis.call('LPUSH', counter.key, ARGV[1]) > counter.most then
      redis.call('LTRIM', counter.key, 0, counter.most - 1)
    end
    redis.call('PEXPIRE', counter.key, counter.life)
  end
end
return {wait, last, known and 1 or 0, left}`;

/**
 * Counts one attempt by every limit in one round trip. Throws StoreUnavailable if it cannot be counted, so nothing is
 * allowed then. `device` is counted apart if it is known.
 */
export async function consume(
  redis: Redis,
  limits: readonly Limit[],
  device: Device | null = null,
): Promise<Allowance> {
  // Without a device, limits for known devices have no key.
  const applied = limits.map((limit) => ({ ...limit, knownKey: device === null ? null : limit.knownKey }));
  const counters = new Set<string>(device === null ? [] : [device.list]);
  for (const { counter, key, knownKey } of applied) {
    for (const one of [key, knownKey]) if (one !== null) counters.add(nameCounter(counter, one));
  }
  const keys = [...counters];
  const position = (counter: string, key: string | null) =>
    key === null ? 0 : keys.indexOf(nameCounter(counter, key)) + 1;
  // Not the time when the request came in: by sending a form slowly a client could count it as an old one.
  const now = Date.now();
  const args = applied.flatMap(({ counter, key, knownKey, countsRefused, windows }) => [
    position(counter, key),
    position(counter, knownKey),
    countsRefused ? 1 : 0,
    windows.length,
    ...windows.flatMap(({ max, seconds }) => [max, seconds * 1_000]),
  ]);
  const script = evaluate(CONSUME, keys, [now, device?.member ?? "", ...args]);
  const answer = await redis<unknown>("consume", script);
  const [wait, last, isKnown, left] = Array.isArray(answer) ? answer : [];
  if (
    wait === 0 &&
    (isKnown === 0 || isKnown === 1) &&
    Number.isInteger(left) &&
    left >= 0 &&
    left <= ATTEMPTS_LEFT_MAX
  ) {
    const counted = applied.flatMap(({ counter, key, knownKey }) => {
      const one = isKnown === 1 ? knownKey : key;
      return one === null ? [] : [nameCounter(counter, one)];
    });
    return { allowed: true, attempt: { counters: counted, at: now, left, byKnownDevice: isKnown === 1 } };
  }
  const window = limits.flatMap(({ windows }) => windows)[last - 1];
  if (window && wait > 0) return { allowed: false, window, retryAfterSeconds: Math.ceil(wait / 1_000) };
  throw new StoreUnavailable("redis", "consume", "malformed answer", 0);
}

/**
 * Makes a device known, and refunds one attempt. KEYS: the set of known devices, counters. ARGV: the device; now (ms);
 * size of the set; its lifetime (ms); 1 to forget all other devices; the time of the attempt (ms); then the devices
 * that it replaces.
 */
const REMEMBER = `-- remember device
for i = 2, #KEYS do redis.call('LREM', KEYS[i], 1, ARGV[6]) end
if ARGV[5] == '1' then redis.call('DEL', KEYS[1]) end
for i = 7, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0`;

/** Size of a set of known devices, and its lifetime after the last one was added. */
const KNOWN_DEVICES_MAX = 50;
const KNOWN_DEVICE_MILLISECONDS = 180 * 24 * 60 * 60 * 1_000;

export interface TrustedDevice extends Device {
  /** Previous names of this device in the set. */
  readonly replaces: readonly string[];
  /** Whether all other devices are forgotten. */
  readonly forgetsOthers: boolean;
}

/** Makes a device known, and refunds `attempt`, because it was right. `now` is epoch milliseconds. */
export async function rememberDevice(
  redis: Redis,
  { list, member, replaces, forgetsOthers }: TrustedDevice,
  attempt: Attempt | null,
  now: number,
): Promise<void> {
  const { counters, at } = attempt ?? { counters: [], at: 0 };
  const args = [member, now, KNOWN_DEVICES_MAX, KNOWN_DEVICE_MILLISECONDS, forgetsOthers ? 1 : 0, at, ...replaces];
  await redis("remember device", evaluate(REMEMBER, [list, ...counters], args));
}

/** Takes an attempt off its counters. KEYS: counters. ARGV: the time of the attempt (ms). */
const REFUND = `-- refund
for i = 1, #KEYS do redis.call('LREM', KEYS[i], 1, ARGV[1]) end
return 0`;

/** Refunds `attempt`, because it was right, without making the device known. */
export async function refund(redis: Redis, { counters, at }: Attempt): Promise<void> {
  if (counters.length > 0) await redis("refund", evaluate(REFUND, [...counters], [at]));
}

/** Claims `key` until `expiresAt` (epoch milliseconds). False if it was claimed before. */
export async function useOnce(redis: Redis, key: string, expiresAt: number): Promise<boolean> {
  return (await redis<string | null>("use once", ["SET", key, "1", "NX", "PXAT", expiresAt])) !== null;
}

/** Forgets all devices of a set. */
export async function forgetKnownDevices(redis: Redis, list: string): Promise<void> {
  await redis("forget devices", ["DEL", list]);
}

/** Not `limit:`, the prefix of numbers that early releases stored. */
function nameCounter(counter: string, key: string): string {
  return `window:${counter}:${key}`;
}
