import { type Bytes, RedisError } from "../redis-engine.ts";
import { MAX_INTEGER, MIN_INTEGER, pairUp, parseInteger } from "./arguments.ts";
import type { CommandTable } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";

export const hashCommands: CommandTable = {
  HSET: {
    arity: -4,
    run: (keys, [key = "", ...rest]) => {
      if (rest.length % 2 !== 0) throw new RedisError("ERR wrong number of arguments for 'hset' command");
      return keys.change(key, "hash", ({ fields }) => {
        const before = fields.size;
        for (const [field, value] of pairUp(rest)) fields.set(field, value);
        return fields.size - before;
      });
    },
  },
  HSETNX: {
    arity: 4,
    run: (keys, [key = "", field = "", value = ""]) => {
      if (readFields(keys, key).has(field)) return 0;
      keys.change(key, "hash", ({ fields }) => fields.set(field, value));
      return 1;
    },
  },
  HGET: { arity: 3, run: (keys, [key = "", field = ""]) => readFields(keys, key).get(field) ?? null },
  HMGET: {
    arity: -3,
    run: (keys, [key = "", ...names]) => {
      const fields = readFields(keys, key);
      return names.map((field) => fields.get(field) ?? null);
    },
  },
  HGETALL: { arity: 2, run: (keys, [key = ""]) => [...readFields(keys, key)].flat() },
  HKEYS: { arity: 2, run: (keys, [key = ""]) => [...readFields(keys, key).keys()] },
  HVALS: { arity: 2, run: (keys, [key = ""]) => [...readFields(keys, key).values()] },
  HDEL: {
    arity: -3,
    run: (keys, [key = "", ...gone]) =>
      keys.change(key, "hash", ({ fields }) => gone.filter((field) => fields.delete(field)).length),
  },
  HINCRBY: {
    arity: 4,
    run: (keys, [key = "", field = "", by]) => {
      const amount = parseInteger(by);
      return keys.change(key, "hash", ({ fields }) => {
        const sum = parseInteger(fields.get(field) ?? "0", "ERR hash value is not an integer") + amount;
        if (sum > MAX_INTEGER || sum < MIN_INTEGER) throw new RedisError("ERR increment or decrement would overflow");
        fields.set(field, String(sum));
        return Number(sum);
      });
    },
  },
  HEXISTS: { arity: 3, run: (keys, [key = "", field = ""]) => (readFields(keys, key).has(field) ? 1 : 0) },
  HLEN: { arity: 2, run: (keys, [key = ""]) => readFields(keys, key).size },
};

function readFields(keys: Keyspace, key: Bytes): ReadonlyMap<Bytes, Bytes> {
  return keys.read(key, "hash")?.fields ?? new Map();
}
