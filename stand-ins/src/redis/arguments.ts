import { type Bytes, RedisError, type Reply } from "./engine.ts";
import type { Keyspace } from "./keyspace.ts";

export interface Command {
  /** How many words, the command's name included; negative: at least so many. Source: Redis's `COMMAND INFO`. */
  readonly arity: number;
  /** Which arguments name keys; "any" may touch every key of the database. */
  readonly keys: "first" | "all" | "any";
  /** Whether it only reads, so that Upstash answers it from any replica: https://upstash.com/docs/redis/features/consistency */
  readonly reads: boolean;
  /** `args` are without the command's name. Throws `RedisError`. */
  readonly run: (keys: Keyspace, args: readonly Bytes[]) => Reply;
}

export const read = (arity: number, run: Command["run"], keys: Command["keys"] = "first"): Command => ({
  arity,
  keys,
  reads: true,
  run,
});

export const write = (arity: number, run: Command["run"], keys: Command["keys"] = "first"): Command => ({
  arity,
  keys,
  reads: false,
  run,
});

export const SYNTAX_ERROR = "ERR syntax error";

/** The range of Redis's integers: 64 bits, signed. */
const MAX_INTEGER = 2n ** 63n - 1n;

export const fitsInteger = (value: bigint) => value <= MAX_INTEGER && value >= -MAX_INTEGER - 1n;

/** As strict as Redis: no sign plus, no leading zeros, no spaces. */
export function parseInteger(bytes: Bytes | undefined): bigint {
  if (/^(?:0|-?[1-9]\d{0,18})$/.test(bytes ?? "") && fitsInteger(BigInt(bytes ?? ""))) return BigInt(bytes ?? "");
  throw new RedisError("ERR value is not an integer or out of range");
}

/** For positions and counts, where values beyond 2^53 are as good as infinite. */
export function parseIndex(bytes: Bytes | undefined): number {
  return Number(parseInteger(bytes));
}

export function parseFloating(bytes = "", message = "ERR value is not a valid float"): number {
  const value = Number(bytes.replace(/^([+-]?)inf(?:inity)?$/i, "$1Infinity"));
  if (Number.isNaN(value) || /^$|\s/.test(bytes)) throw new RedisError(message);
  return value;
}

/** The shortest digits that read back the same. */
export function formatFloating(value: number): Bytes {
  return String(value).replace("Infinity", "inf");
}

/** The part of a list between Redis's start and stop; negative ones count from the end. */
export function slice<T>(items: readonly T[], start: number, stop: number): T[] {
  const from = Math.max(start < 0 ? items.length + start : start, 0);
  return items.slice(from, Math.max(stop < 0 ? items.length + stop + 1 : stop + 1, from));
}

/** `[field, value, field, value]` by twos. */
export function pairUp(list: readonly Bytes[]): [Bytes, Bytes][] {
  return list.flatMap((item, index) => (index % 2 === 0 ? [[item, list[index + 1] ?? ""] as [Bytes, Bytes]] : []));
}

/** How a time is written: seconds or milliseconds, from now or since 1970. */
export interface ExpiryForm {
  readonly unitMs: 1 | 1000;
  readonly absolute: boolean;
}

/** Epoch milliseconds. Throws if they do not fit in 64 bits. */
export function parseExpiry(
  bytes: Bytes | undefined,
  { unitMs, absolute }: ExpiryForm,
  nowMs: number,
  command: string,
): number {
  const scaled = parseInteger(bytes) * BigInt(unitMs);
  const when = absolute ? scaled : scaled + BigInt(nowMs);
  if (fitsInteger(scaled) && fitsInteger(when)) return Number(when);
  throw new RedisError(`ERR invalid expire time in '${command}' command`);
}
