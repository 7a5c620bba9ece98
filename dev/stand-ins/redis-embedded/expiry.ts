import { type Bytes, RedisError } from "../redis-engine.ts";
import { MAX_INTEGER, MIN_INTEGER, parseInteger } from "./arguments.ts";

/** How a moment is written: seconds or milliseconds, from now or since 1970. */
export interface ExpiryForm {
  readonly unitMs: 1 | 1000;
  readonly absolute: boolean;
}

/** The epoch milliseconds that are meant. Throws where they do not fit in 64 bits. */
export function parseExpiry(bytes: Bytes | undefined, form: ExpiryForm, nowMs: number, command: string): bigint {
  const given = parseInteger(bytes);
  const invalid = `ERR invalid expire time in '${command}' command`;
  const scaled = given * BigInt(form.unitMs);
  if (scaled > MAX_INTEGER || scaled < MIN_INTEGER) throw new RedisError(invalid);
  const when = form.absolute ? scaled : scaled + BigInt(nowMs);
  if (when > MAX_INTEGER) throw new RedisError(invalid);
  return when;
}
