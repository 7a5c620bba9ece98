import { type Bytes, RedisError, type Reply } from "../redis-engine.ts";
import { formatFloating, pairUp, parseFloating, SYNTAX_ERROR } from "./arguments.ts";
import type { CommandTable } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";

export const sortedSetCommands: CommandTable = {
  ZADD: { arity: -4, run: add },
  ZINCRBY: { arity: 4, run: (keys, [key = "", by = "", member = ""]) => add(keys, [key, "INCR", by, member]) },
  ZREM: {
    arity: -3,
    run: (keys, [key = "", ...gone]) =>
      keys.change(key, "zset", ({ scores }) => gone.filter((member) => scores.delete(member)).length),
  },
  ZCARD: { arity: 2, run: (keys, [key = ""]) => keys.read(key, "zset")?.scores.size ?? 0 },
  ZSCORE: {
    arity: 3,
    run: (keys, [key = "", member = ""]) => {
      const score = keys.read(key, "zset")?.scores.get(member);
      return score === undefined ? null : formatFloating(score);
    },
  },
};

const FLAGS = new Set(["NX", "XX", "GT", "LT", "CH", "INCR"]);

function add(keys: Keyspace, [key = "", ...words]: readonly Bytes[]): Reply {
  const end = words.findIndex((word) => !FLAGS.has(word.toUpperCase()));
  const flagCount = end < 0 ? words.length : end;
  const flags = new Set(words.slice(0, flagCount).map((word) => word.toUpperCase()));
  const elements = words.slice(flagCount);
  checkFlags(flags, elements.length);
  const additions = pairUp(elements).map(([score, member]) => ({ score: parseFloating(score), member }));

  let added = 0;
  let changed = 0;
  let incremented: Reply = null;
  const apply = (scores: Map<Bytes, number>) => {
    for (const { score, member } of additions) {
      const before = scores.get(member);
      const after = flags.has("INCR") ? (before ?? 0) + score : score;
      if (Number.isNaN(after)) throw new RedisError("ERR resulting score is not a number (NaN)");
      if (!isAllowed(flags, before, after)) continue;
      if (before === undefined) added += 1;
      else if (before !== after) changed += 1;
      // Equal scores are left as they are, so that -0 does not replace 0.
      if (before !== after) scores.set(member, after);
      incremented = formatFloating(after);
    }
  };
  keys.change(key, "zset", ({ scores }) => apply(scores));
  if (flags.has("INCR")) return incremented;
  return flags.has("CH") ? added + changed : added;
}

function checkFlags(flags: ReadonlySet<string>, elementCount: number): void {
  if (elementCount === 0 || elementCount % 2 !== 0) throw new RedisError(SYNTAX_ERROR);
  const exclusive = ["NX", "GT", "LT"].filter((flag) => flags.has(flag));
  if (flags.has("NX") && flags.has("XX")) {
    throw new RedisError("ERR XX and NX options at the same time are not compatible");
  }
  if (exclusive.length > 1) {
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (flags.has("INCR") && elementCount > 2) {
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  }
}

function isAllowed(flags: ReadonlySet<string>, before: number | undefined, after: number): boolean {
  if (before === undefined) return !flags.has("XX");
  if (flags.has("NX")) return false;
  if (flags.has("GT")) return after > before;
  if (flags.has("LT")) return after < before;
  return true;
}
