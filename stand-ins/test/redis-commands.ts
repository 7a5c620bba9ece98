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
/** Halves are exact in binary: versions of Redis differ in how they print other fractions. */
const score = fc.oneof(
  fc.integer({ min: -6, max: 6 }).map((half) => String(half / 2)),
  fc.constantFrom("inf", "-inf", "+inf", "1e3", "nonsense"),
);
const limit = fc.oneof(
  score,
  score.map((text) => `(${text}`),
);
/** Far enough apart that a slow machine does not see one pass while the commands run. */
const seconds = fc.constantFrom("100", "200", "300", "0", "-1", "x");
const flags = (...words: string[]) => fc.subarray(words, { maxLength: Math.min(words.length, 2) });
const word = (text: string): fc.Arbitrary<string[]> => fc.constant([text]);
const one = (value: fc.Arbitrary<string>) => value.map((text) => [text]);
const some = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: 0, maxLength: 3 });
const pairs = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(first, second), { minLength: 1, maxLength: 3 }).map((list) => list.flat());

function command(name: string, ...parts: fc.Arbitrary<string[]>[]): fc.Arbitrary<string[]> {
  return fc.tuple(...parts).map((words) => [name, ...words.flat()]);
}

function caseOf(...names: string[]): (...parts: fc.Arbitrary<string[]>[]) => fc.Arbitrary<string[]> {
  return (...parts) => fc.oneof(...names.map((name) => command(name, ...parts)));
}

const setOptions = fc.oneof(
  fc.constant<string[]>([]),
  seconds.map((time) => ["EX", time]),
  // Not in the past: a real Redis counts such a key in DBSIZE until it happens to look at it.
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
  caseOf("GET", "INCR", "DECR")(one(key)),
  command("SET", one(key), one(fc.oneof(member, integer)), flags("NX"), setOptions),
  caseOf("MGET", "DEL")(some(key)),
);

const expiry = fc.oneof(
  caseOf("TTL", "PTTL", "TYPE")(one(key)),
  command("PEXPIRE", one(key), one(fc.constantFrom("400000", "-1"))),
  command("PEXPIREAT", one(key), one(fc.constantFrom("1", "4000000000999"))),
  command("KEYS", one(fc.constantFrom("*", "k:*", "*1", "a", "*:*"))),
  command("DBSIZE"),
);

const collections = fc.oneof(
  caseOf("SADD", "SREM", "HDEL", "HMGET", "LPUSH", "RPUSH", "ZREM")(one(key), some(member)),
  caseOf("SMEMBERS", "HGETALL", "HLEN", "HKEYS", "LLEN")(one(key)),
  caseOf("HGET", "ZSCORE")(one(key), one(member)),
  command("HSET", one(key), pairs(member, fc.oneof(member, integer))),
  // An odd number of words, which is refused.
  command("HSET", one(key), one(member), pairs(member, member)),
  caseOf("LRANGE", "LTRIM", "ZREMRANGEBYRANK")(one(key), one(integer), one(integer)),
  command("LINDEX", one(key), one(integer)),
  command("LREM", one(key), one(integer), one(member)),
);

const sortedSets = fc.oneof(
  command("ZADD", one(key), pairs(score, member)),
  command("ZRANGE", one(key), one(integer), one(integer), flags("WITHSCORES")),
  command("ZREMRANGEBYSCORE", one(key), one(limit), one(limit)),
);

const plain = fc.oneof(strings, expiry, collections, sortedSets);

/** What a script does with any command: raises its error, catches it, or says how it sees the reply. */
const RELAYS = [
  "return redis.call(unpack(ARGV))",
  "return redis.pcall(unpack(ARGV))",
  `local r = redis.pcall(unpack(ARGV))
   if type(r) ~= 'table' then return {type(r), r} end
   return {type(r), #r, r.ok or false, r.err or false, type(r[1]), type(r[#r])}`,
];

/** The half of KEYS lets the flag's rule refuse some of the commands. */
const flaggedKeys = fc.constantFrom(KEYS, KEYS.slice(0, 3), []);

const scripts = fc.oneof(
  command("EVAL", one(fc.constantFrom(...SCRIPTS)), word("1"), one(key), one(fc.oneof(member, integer))),
  fc.tuple(fc.constantFrom(...RELAYS), plain).map(([script, relayed]) => ["EVAL", script, "0", ...relayed]),
  fc
    .tuple(fc.constantFrom(...RELAYS), flaggedKeys, plain)
    .map(([script, keys, relayed]) => ["EVAL", `${FLAGS}\n${script}`, String(keys.length), ...keys, ...relayed]),
);

/** The command that a script relays, or the command itself. */
export function findRelayed(given: readonly string[]): readonly string[] {
  const [name, script = "", keyCount = "0"] = given;
  const isRelay = name === "EVAL" && RELAYS.includes(script.replace(`${FLAGS}\n`, ""));
  return isRelay ? given.slice(3 + Number(keyCount)) : given;
}

/** One command in a few, few keys and few values, so that commands meet each other's traces and make mistakes. */
export const commandArbitrary: fc.Arbitrary<string[]> = fc.oneof(strings, expiry, collections, sortedSets, scripts);
