import { type Bytes, RedisError, type Reply, Status } from "../redis-engine.ts";
import { parseIndex, SYNTAX_ERROR } from "./arguments.ts";
import type { Command, CommandTable } from "./command.ts";
import { type ExpiryForm, parseExpiry } from "./expiry.ts";
import { createGlob } from "./glob.ts";
import type { Keyspace } from "./keyspace.ts";

const remove: Command = { arity: -2, run: (keys, names) => names.filter((key) => keys.remove(key)).length };

export const keyCommands: CommandTable = {
  DEL: remove,
  UNLINK: remove,
  EXISTS: { arity: -2, run: (keys, names) => names.filter((key) => keys.find(key)).length },
  TYPE: { arity: 2, run: (keys, [key = ""]) => new Status(keys.find(key)?.value.type ?? "none") },
  EXPIRE: createExpire("expire", { unitMs: 1000, absolute: false }),
  PEXPIRE: createExpire("pexpire", { unitMs: 1, absolute: false }),
  EXPIREAT: createExpire("expireat", { unitMs: 1000, absolute: true }),
  PEXPIREAT: createExpire("pexpireat", { unitMs: 1, absolute: true }),
  TTL: createExpiryReader((expiresAt, nowMs) => Math.floor((Math.max(expiresAt - nowMs, 0) + 500) / 1000)),
  PTTL: createExpiryReader((expiresAt, nowMs) => Math.max(expiresAt - nowMs, 0)),
  EXPIRETIME: createExpiryReader((expiresAt) => Math.floor((expiresAt + 500) / 1000)),
  PEXPIRETIME: createExpiryReader((expiresAt) => expiresAt),
  PERSIST: {
    arity: 2,
    run: (keys, [key = ""]) => {
      const entry = keys.find(key);
      if (entry === undefined || entry.expiresAt === null) return 0;
      keys.write(key, entry.value, null);
      return 1;
    },
  },
  KEYS: { arity: 2, run: (keys, [pattern = ""]) => listKeys(keys, createGlob(pattern)) },
  SCAN: { arity: -2, run: scan },
};

function listKeys(keys: Keyspace, matches: (key: Bytes) => boolean): Bytes[] {
  return keys.entries().flatMap(([key]) => (matches(key) ? [key] : []));
}

/** Everything at once, so the cursor is 0 again: within what SCAN promises. */
function scan(keys: Keyspace, [cursor = "", ...options]: readonly Bytes[]): Reply {
  if (!/^\d+$/.test(cursor)) throw new RedisError("ERR invalid cursor");
  let matches = createGlob("*");
  let type: string | undefined;
  for (let index = 0; index < options.length; index += 2) {
    const value = options[index + 1];
    const option = options[index]?.toUpperCase();
    if (value === undefined) throw new RedisError(SYNTAX_ERROR);
    if (option === "MATCH") matches = createGlob(value);
    else if (option === "TYPE") type = value.toLowerCase();
    else if (option !== "COUNT" || parseIndex(value) < 1) throw new RedisError(SYNTAX_ERROR);
  }
  const found = listKeys(keys, (key) => matches(key) && (type === undefined || keys.find(key)?.value.type === type));
  return ["0", found];
}

function createExpiryReader(read: (expiresAt: number, nowMs: number) => number): Command {
  return {
    arity: 2,
    run: (keys, [key = ""]) => {
      const entry = keys.find(key);
      if (entry === undefined) return -2;
      return entry.expiresAt === null ? -1 : read(entry.expiresAt, keys.nowMs);
    },
  };
}

function createExpire(name: string, form: ExpiryForm): Command {
  return {
    arity: -3,
    run: (keys, [key = "", time, ...words]) => {
      const conditions = parseConditions(words);
      const when = Number(parseExpiry(time, form, keys.nowMs, name));
      const entry = keys.find(key);
      if (entry === undefined) return 0;
      // A key without a time lives longest: nothing is later, everything is earlier.
      const current = entry.expiresAt ?? Number.POSITIVE_INFINITY;
      if (conditions.has("NX") && entry.expiresAt !== null) return 0;
      if (conditions.has("XX") && entry.expiresAt === null) return 0;
      if (conditions.has("GT") && when <= current) return 0;
      if (conditions.has("LT") && when >= current) return 0;
      if (when <= keys.nowMs) keys.remove(key);
      else keys.write(key, entry.value, when);
      return 1;
    },
  };
}

function parseConditions(words: readonly Bytes[]): ReadonlySet<string> {
  const conditions = new Set<string>();
  for (const word of words) {
    if (!/^(?:NX|XX|GT|LT)$/i.test(word)) throw new RedisError(`ERR Unsupported option ${word}`);
    conditions.add(word.toUpperCase());
  }
  if (conditions.has("NX") && conditions.size > 1) {
    throw new RedisError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (conditions.has("GT") && conditions.has("LT")) {
    throw new RedisError("ERR GT and LT options at the same time are not compatible");
  }
  return conditions;
}
