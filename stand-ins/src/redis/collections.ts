import {
  type Command,
  formatFloating,
  pairUp,
  parseFloating,
  parseIndex,
  read,
  SYNTAX_ERROR,
  slice,
  write,
} from "./arguments.ts";
import { type Bytes, OK, RedisError, type Reply } from "./engine.ts";
import type { Keyspace } from "./keyspace.ts";

/** Commands on sets, hashes, lists and sorted sets, by name in capitals. */
export const collectionCommands: Readonly<Record<string, Command>> = {
  SADD: write(-3, (keys, [key = "", ...added]) =>
    keys.change(key, "set", (members) => {
      const before = members.size;
      for (const member of added) members.add(member);
      return members.size - before;
    }),
  ),
  SREM: write(-3, (keys, [key = "", ...gone]) =>
    keys.change(key, "set", (members) => gone.filter((member) => members.delete(member)).length),
  ),
  SMEMBERS: read(2, (keys, [key = ""]) => [...(keys.read(key, "set") ?? [])]),

  HSET: write(-4, (keys, [key = "", ...rest]) => {
    if (rest.length % 2 !== 0) throw new RedisError("ERR wrong number of arguments for 'hset' command");
    return keys.change(key, "hash", (fields) => {
      const before = fields.size;
      for (const [field, value] of pairUp(rest)) fields.set(field, value);
      return fields.size - before;
    });
  }),
  HGET: read(3, (keys, [key = "", field = ""]) => readHash(keys, key).get(field) ?? null),
  HMGET: read(-3, (keys, [key = "", ...names]) => {
    const fields = readHash(keys, key);
    return names.map((field) => fields.get(field) ?? null);
  }),
  HGETALL: read(2, (keys, [key = ""]) => [...readHash(keys, key)].flat()),
  HKEYS: read(2, (keys, [key = ""]) => [...readHash(keys, key).keys()]),
  HLEN: read(2, (keys, [key = ""]) => readHash(keys, key).size),
  HDEL: write(-3, (keys, [key = "", ...gone]) =>
    keys.change(key, "hash", (fields) => gone.filter((field) => fields.delete(field)).length),
  ),

  // One by one at the head, so that the last one comes first.
  LPUSH: write(-3, (keys, [key = "", ...added]) =>
    keys.change(key, "list", (items) => items.unshift(...added.toReversed())),
  ),
  RPUSH: write(-3, (keys, [key = "", ...added]) => keys.change(key, "list", (items) => items.push(...added))),
  LRANGE: read(4, (keys, [key = "", start, stop]) => {
    const [first, last] = [parseIndex(start), parseIndex(stop)];
    return slice(keys.read(key, "list") ?? [], first, last);
  }),
  LTRIM: write(4, (keys, [key = "", start, stop]) => {
    const [first, last] = [parseIndex(start), parseIndex(stop)];
    keys.change(key, "list", (items) => items.splice(0, items.length, ...slice(items, first, last)));
    return OK;
  }),
  LINDEX: read(3, (keys, [key = "", position]) => {
    const items = keys.read(key, "list");
    // An absent key is answered before the position is read.
    return items === undefined ? null : (items.at(parseIndex(position)) ?? null);
  }),
  LREM: write(4, (keys, [key = "", count, item]) => {
    const most = parseIndex(count);
    return keys.change(key, "list", (items) => {
      const found = items.flatMap((candidate, index) => (candidate === item ? [index] : []));
      // A negative count begins at the tail, 0 means all.
      const removed = most < 0 ? found.slice(most) : found.slice(0, most || found.length);
      for (const index of removed.toReversed()) items.splice(index, 1);
      return removed.length;
    });
  }),
  LLEN: read(2, (keys, [key = ""]) => keys.read(key, "list")?.length ?? 0),

  ZADD: write(-4, (keys, [key = "", ...elements]) => {
    if (elements.length % 2 !== 0) throw new RedisError(SYNTAX_ERROR);
    const additions = pairUp(elements).map(([score, member]) => [member, parseFloating(score)] as const);
    return keys.change(key, "zset", (scores) => {
      const before = scores.size;
      for (const [member, score] of additions) {
        // Equal scores are left as they are, so that -0 does not replace 0.
        if (scores.get(member) !== score) scores.set(member, score);
      }
      return scores.size - before;
    });
  }),
  ZREM: write(-3, (keys, [key = "", ...gone]) => removeMembers(keys, key, gone)),
  ZSCORE: read(3, (keys, [key = "", member = ""]) => {
    const score = keys.read(key, "zset")?.get(member);
    return score === undefined ? null : formatFloating(score);
  }),
  ZRANGE: read(-4, (keys, [key = "", start, stop, ...words]) => {
    if (words.some((word) => word.toUpperCase() !== "WITHSCORES")) throw new RedisError(SYNTAX_ERROR);
    const [first, last] = [parseIndex(start), parseIndex(stop)];
    const members = slice(listMembers(keys, key), first, last);
    return members.flatMap(([member, score]) => (words.length > 0 ? [member, formatFloating(score)] : [member]));
  }),
  ZREMRANGEBYSCORE: write(4, (keys, [key = "", min, max]) => {
    const [low, high] = [parseLimit(min), parseLimit(max)];
    const isWithin = (score: number) =>
      (low.open ? score > low.value : score >= low.value) && (high.open ? score < high.value : score <= high.value);
    return removeMembers(
      keys,
      key,
      listMembers(keys, key).flatMap(([member, score]) => (isWithin(score) ? [member] : [])),
    );
  }),
  ZREMRANGEBYRANK: write(4, (keys, [key = "", start, stop]) => {
    const [first, last] = [parseIndex(start), parseIndex(stop)];
    return removeMembers(
      keys,
      key,
      slice(listMembers(keys, key), first, last).map(([member]) => member),
    );
  }),
};

function readHash(keys: Keyspace, key: Bytes): ReadonlyMap<Bytes, Bytes> {
  return keys.read(key, "hash") ?? new Map();
}

/** By score, then by bytes. */
function listMembers(keys: Keyspace, key: Bytes): [Bytes, number][] {
  return [...(keys.read(key, "zset") ?? [])].sort(([a, one], [b, other]) =>
    one === other ? (a < b ? -1 : 1) : one < other ? -1 : 1,
  );
}

function removeMembers(keys: Keyspace, key: Bytes, gone: readonly Bytes[]): Reply {
  return keys.change(key, "zset", (scores) => gone.filter((member) => scores.delete(member)).length);
}

/** A `(` before a limit leaves the limit itself out. */
function parseLimit(bytes = ""): { value: number; open: boolean } {
  const open = bytes.startsWith("(");
  return { value: parseFloating(open ? bytes.slice(1) : bytes, "ERR min or max is not a float"), open };
}
