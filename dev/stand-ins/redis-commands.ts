import type { Bytes } from "./redis-engine.ts";

/** Which arguments of a command name keys. */
type KeyPositions = "none" | "first" | "each" | "everySecond";

const COMMANDS: Readonly<Record<KeyPositions, string>> = {
  none: "ECHO PING TIME",
  first:
    "DECR DECRBY EXPIRE EXPIREAT EXPIRETIME GET GETDEL HDEL HEXISTS HGET HGETALL HINCRBY HKEYS HLEN HMGET HSET HSETNX " +
    "HVALS INCR INCRBY LINDEX LLEN LPUSH LRANGE LREM LTRIM PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PSETEX PTTL RPUSH " +
    "SADD SCARD SET SETEX SETNX SISMEMBER SMEMBERS SREM STRLEN TTL TYPE ZADD ZCARD ZCOUNT ZINCRBY ZRANGE " +
    "ZRANGEBYSCORE ZREM ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYSCORE ZSCORE",
  each: "DEL EXISTS MGET UNLINK",
  everySecond: "MSET",
};

/** By command, in capitals. Commands that span the whole database, such as SCAN and FLUSHDB, are left out. */
export const KEY_POSITIONS: ReadonlyMap<string, KeyPositions> = new Map(
  Object.entries(COMMANDS).flatMap(([positions, names]) =>
    names.split(" ").map((name): [string, KeyPositions] => [name, positions as KeyPositions]),
  ),
);

/** The keys that a command names; undefined where it may touch any key of the database. */
export function findKeys([name = "", ...args]: readonly Bytes[]): readonly Bytes[] | undefined {
  switch (KEY_POSITIONS.get(name.toUpperCase())) {
    case "none":
      return [];
    case "first":
      return args.slice(0, 1);
    case "each":
      return args;
    case "everySecond":
      return args.filter((_, index) => index % 2 === 0);
    case undefined:
      return undefined;
  }
}

/**
 * Commands that only read, which Upstash answers from any replica.
 * Source: https://upstash.com/docs/redis/features/consistency
 */
export const READS: ReadonlySet<string> = new Set(
  (
    "DBSIZE ECHO EXISTS EXPIRETIME GET GETRANGE HEXISTS HGET HGETALL HKEYS HLEN HMGET HVALS KEYS LINDEX LLEN LRANGE MGET " +
    "PEXPIRETIME PING PTTL SCAN SCARD SISMEMBER SMEMBERS SMISMEMBER STRLEN TTL TYPE ZCARD ZCOUNT ZMSCORE ZRANGE " +
    "ZRANGEBYSCORE ZRANK ZREVRANGE ZREVRANGEBYSCORE ZSCORE"
  ).split(" "),
);
