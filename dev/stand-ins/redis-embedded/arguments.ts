import { type Bytes, RedisError } from "../redis-engine.ts";

export const SYNTAX_ERROR = "ERR syntax error";
const NOT_AN_INTEGER = "ERR value is not an integer or out of range";

/** The range of Redis's integers: 64 bits, signed. */
export const MAX_INTEGER = 2n ** 63n - 1n;
export const MIN_INTEGER = -(2n ** 63n);

/** As strict as Redis: no sign plus, no leading zeros, no spaces. */
export function parseInteger(bytes: Bytes | undefined, message = NOT_AN_INTEGER): bigint {
  if (bytes === undefined || !/^(?:0|-?[1-9]\d{0,18})$/.test(bytes)) throw new RedisError(message);
  const value = BigInt(bytes);
  if (value > MAX_INTEGER || value < MIN_INTEGER) throw new RedisError(message);
  return value;
}

/** For positions and counts, where what lies beyond 2^53 is as good as infinite. */
export function parseIndex(bytes: Bytes | undefined): number {
  return Number(parseInteger(bytes));
}

/** What C's strtod takes, without hexadecimal. */
export function parseFloating(bytes: Bytes | undefined, message = "ERR value is not a valid float"): number {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(bytes ?? "");
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(bytes ?? "")) throw new RedisError(message);
  return Number(bytes);
}

/** The shortest digits that read back the same, with C's choice of notation. */
export function formatFloating(value: number): Bytes {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (value !== 0 && (Math.abs(value) >= 1e17 || Math.abs(value) < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return String(value);
}

/** The part of a sequence that Redis's start and stop mean; negative ones count from the end. */
export function resolveRange(start: number, stop: number, length: number): { from: number; to: number } {
  const from = Math.max(start < 0 ? length + start : start, 0);
  const to = Math.min(stop < 0 ? length + stop : stop, length - 1) + 1;
  return { from, to: Math.max(from, to) };
}

/** `[field, value, field, value]` by twos. */
export function pairUp(list: readonly Bytes[]): [Bytes, Bytes][] {
  const pairs: [Bytes, Bytes][] = [];
  for (let index = 0; index + 1 < list.length; index += 2) pairs.push([list[index] ?? "", list[index + 1] ?? ""]);
  return pairs;
}

/** C's `%.17g`, in which scripts hand over their numbers. */
export function formatPrecisely(value: number): Bytes {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return Object.is(value, -0) ? "-0" : String(value);
  const [digits = "", exponent = "0"] = value.toExponential(16).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 17) return value.toFixed(16 - power).replace(/0+$/, "");
  const sign = power < 0 ? "-" : "+";
  return `${digits.replace(/\.?0+$/, "")}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}
