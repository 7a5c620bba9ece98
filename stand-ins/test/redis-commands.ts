import fc from "fast-check";

const FLAGS = "#!lua flags=allow-key-locking";

const KEYS = ["a", "b", "c", "k:1", "k:2"];
const MEMBERS = ["m", "n", "o", "é🙂", ""];

const key = fc.constantFrom(...KEYS);
const member = fc.constantFrom(...MEMBERS).map((text) => Buffer.from(text).toString("latin1"));
const integer = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(String),
  fc.constantFrom("x", "", "1.5", "9007199254740991"),
);
/** Only halves, because they are exact in binary. Versions of Redis print other fractions differently. */
const score = fc.oneof(
  fc.integer({ min: -6, max: 6 }).map((half) => String(half / 2)),
  fc.constantFrom("inf", "-inf", "+inf", "1e3", "nonsense"),
);
const limit = fc.oneof(
  score,
  score.map((text) => `(${text}`),
);
/** Long enough that no key expires while the commands run, even on a slow machine. */
const seconds = fc.constantFrom("100", "200", "300", "0", "-1", "x");
const flags = (...words: string[]) => fc.subarray(words, { maxLength: Math.min(words.length, 2) });
const word = (text: string): fc.Arbitrary<string[]> => fc.constant([text]);
const single = (value: fc.Arbitrary<string>) => value.map((text) => [text]);
const some = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: 0, maxLength: 3 });
const pairs = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(first, second), { minLength: 1, maxLength: 3 }).map((list) => list.flat());

function command(name: string, ...parts: fc.Arbitrary<string[]>[]): fc.Arbitrary<string[]> {
  return fc.tuple(...parts).map((words) => [name, ...words.flat()]);
}

function anyOf(...names: string[]): (...parts: fc.Arbitrary<string[]>[]) => fc.Arbitrary<string[]> {
  return (...parts) => fc.oneof(...names.map((name) => command(name, ...parts)));
}

const setOptions = fc.oneof(
  fc.constant<string[]>([]),
  seconds.map((time) => ["EX", time]),
  // Not in the past, because a real Redis counts an expired key in DBSIZE until it happens to access the key.
  fc.constantFrom<string[][]>(["EXAT", "4000000000"], ["PXAT", "4000000000123"], ["PX", "500000"]),
  fc.constant<string[]>(["EX"]),
);

const SCRIPTS = [
  "return {KEYS[1], ARGV[1], #KEYS, #ARGV}",
  "return redis.call('GET', KEYS[1])",
  "return redis.call('SADD', KEYS[1], ARGV[1])",
  "local r = redis.pcall('ZADD', KEYS[1], ARGV[1], 'm') if type(r) == 'table' then return {err = 'CAUGHT ' .. r.err} end return r",
  "redis.call('SET', KEYS[1], 10 / 4) return redis.call('GET', KEYS[1])",
  "return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')",
  "return {1, 2.9, false, 'x'}",
  "return tonumber(ARGV[1]) + 1",
];

const strings = fc.oneof(
  anyOf("GET", "INCR", "DECR")(single(key)),
  command("SET", single(key), single(fc.oneof(member, integer)), flags("NX"), setOptions),
  anyOf("MGET", "DEL")(some(key)),
);

const expiry = fc.oneof(
  anyOf("TTL", "PTTL", "TYPE")(single(key)),
  command("PEXPIRE", single(key), single(fc.constantFrom("400000", "-1"))),
  command("PEXPIREAT", single(key), single(fc.constantFrom("1", "4000000000999"))),
  command("KEYS", single(fc.constantFrom("*", "k:*", "*1", "a", "*:*"))),
  command("DBSIZE"),
);

const collections = fc.oneof(
  anyOf("SADD", "SREM", "HDEL", "HMGET", "LPUSH", "RPUSH", "ZREM")(single(key), some(member)),
  anyOf("SMEMBERS", "HGETALL", "HLEN", "HKEYS", "LLEN")(single(key)),
  anyOf("HGET", "ZSCORE")(single(key), single(member)),
  command("HSET", single(key), pairs(member, fc.oneof(member, integer))),
  // Redis refuses an odd number of words.
  command("HSET", single(key), single(member), pairs(member, member)),
  anyOf("LRANGE", "LTRIM", "ZREMRANGEBYRANK")(single(key), single(integer), single(integer)),
  command("LINDEX", single(key), single(integer)),
  command("LREM", single(key), single(integer), single(member)),
);

const sortedSets = fc.oneof(
  command("ZADD", single(key), pairs(score, member)),
  command("ZRANGE", single(key), single(integer), single(integer), flags("WITHSCORES")),
  command("ZREMRANGEBYSCORE", single(key), single(limit), single(limit)),
);

const plain = fc.oneof(strings, expiry, collections, sortedSets);

/** Scripts that run any command. They raise its error, catch its error, or describe the reply as Lua sees it. */
const RELAYS = [
  "return redis.call(unpack(ARGV))",
  "return redis.pcall(unpack(ARGV))",
  `local r = redis.pcall(unpack(ARGV))
   if type(r) ~= 'table' then return {type(r), r} end
   return {type(r), #r, r.ok or false, r.err or false, type(r[1]), type(r[#r])}`,
];

/** Some of the lists are incomplete, so that the rule of the flag refuses some of the commands. */
const flaggedKeys = fc.constantFrom(KEYS, KEYS.slice(0, 3), []);

const scripts = fc.oneof(
  command("EVAL", single(fc.constantFrom(...SCRIPTS)), word("1"), single(key), single(fc.oneof(member, integer))),
  fc.tuple(fc.constantFrom(...RELAYS), plain).map(([script, relayed]) => ["EVAL", script, "0", ...relayed]),
  fc
    .tuple(fc.constantFrom(...RELAYS), flaggedKeys, plain)
    .map(([script, keys, relayed]) => ["EVAL", `${FLAGS}\n${script}`, String(keys.length), ...keys, ...relayed]),
);

/** Returns the command that a script relays, or the command itself if it is not such a script. */
export function findRelayed(words: readonly string[]): readonly string[] {
  const [name, script = "", keyCount = "0"] = words;
  const isRelay = name === "EVAL" && RELAYS.includes(script.replace(`${FLAGS}\n`, ""));
  return isRelay ? words.slice(3 + Number(keyCount)) : words;
}

/** Generates a command. Keys and values are few, so that commands use each other's data and cause errors. */
export const commandArbitrary: fc.Arbitrary<string[]> = fc.oneof(strings, expiry, collections, sortedSets, scripts);
