import { type Bytes, OK, RedisError, type Reply } from "../redis-engine.ts";
import { MAX_INTEGER, MIN_INTEGER, pairUp, parseInteger } from "./arguments.ts";
import type { Command, CommandTable } from "./command.ts";
import { parseExpiry } from "./expiry.ts";
import type { Keyspace } from "./keyspace.ts";
import { parseSetOptions } from "./set-options.ts";

export const stringCommands: CommandTable = {
  GET: { arity: 2, run: (keys, [key = ""]) => readString(keys, key) },
  SET: { arity: -3, run: setString },
  SETNX: {
    arity: 3,
    run: (keys, [key = "", bytes = ""]) => {
      if (keys.find(key)) return 0;
      keys.write(key, { type: "string", bytes }, null);
      return 1;
    },
  },
  SETEX: createTimedSet("setex", 1000),
  PSETEX: createTimedSet("psetex", 1),
  GETDEL: {
    arity: 2,
    run: (keys, [key = ""]) => {
      const bytes = readString(keys, key);
      keys.remove(key);
      return bytes;
    },
  },
  MGET: {
    arity: -2,
    run: (keys, names) =>
      names.map((key) => {
        const value = keys.find(key)?.value;
        return value?.type === "string" ? value.bytes : null;
      }),
  },
  MSET: {
    arity: -3,
    run: (keys, args) => {
      if (args.length % 2 !== 0) throw new RedisError("ERR wrong number of arguments for 'mset' command");
      for (const [key, bytes] of pairUp(args)) keys.write(key, { type: "string", bytes }, null);
      return OK;
    },
  },
  STRLEN: { arity: 2, run: (keys, [key = ""]) => readString(keys, key)?.length ?? 0 },
  INCR: { arity: 2, run: (keys, [key = ""]) => increment(keys, key, 1n) },
  DECR: { arity: 2, run: (keys, [key = ""]) => increment(keys, key, -1n) },
  INCRBY: { arity: 3, run: (keys, [key = "", by]) => increment(keys, key, parseInteger(by)) },
  DECRBY: {
    arity: 3,
    run: (keys, [key = "", by]) => {
      const amount = parseInteger(by);
      if (amount === MIN_INTEGER) throw new RedisError("ERR decrement would overflow");
      return increment(keys, key, -amount);
    },
  },
};

function readString(keys: Keyspace, key: Bytes): Bytes | null {
  return keys.read(key, "string")?.bytes ?? null;
}

function setString(keys: Keyspace, [key = "", bytes = "", ...words]: readonly Bytes[]): Reply {
  const options = parseSetOptions(words, keys.nowMs);
  const before = options.get ? readString(keys, key) : null;
  const existing = keys.find(key);
  const blocked = (options.only === "absent" && existing) || (options.only === "present" && !existing);
  if (blocked) return before;
  const expiresAt = options.keepTtl ? (existing?.expiresAt ?? null) : options.expiresAt;
  keys.write(key, { type: "string", bytes }, expiresAt);
  return options.get ? before : OK;
}

function createTimedSet(name: string, unitMs: 1 | 1000): Command {
  return {
    arity: 4,
    run: (keys, [key = "", time, bytes = ""]) => {
      if (parseInteger(time) <= 0n) throw new RedisError(`ERR invalid expire time in '${name}' command`);
      const expiresAt = parseExpiry(time, { unitMs, absolute: false }, keys.nowMs, name);
      keys.write(key, { type: "string", bytes }, Number(expiresAt));
      return OK;
    },
  };
}

function increment(keys: Keyspace, key: Bytes, by: bigint): Reply {
  const sum = parseInteger(readString(keys, key) ?? "0") + by;
  if (sum > MAX_INTEGER || sum < MIN_INTEGER) throw new RedisError("ERR increment or decrement would overflow");
  keys.write(key, { type: "string", bytes: String(sum) }, keys.find(key)?.expiresAt ?? null);
  return Number(sum);
}
