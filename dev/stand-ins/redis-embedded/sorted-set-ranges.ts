import { type Bytes, RedisError, type Reply } from "../redis-engine.ts";
import { formatFloating, parseFloating, parseIndex, resolveRange, SYNTAX_ERROR } from "./arguments.ts";
import type { CommandTable } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";

interface Member {
  readonly member: Bytes;
  readonly score: number;
}

export const sortedSetRangeCommands: CommandTable = {
  ZRANGE: { arity: -4, run: (keys, args) => range(keys, args, { byScore: false, reverse: false, mayChoose: true }) },
  ZREVRANGE: { arity: -4, run: (keys, args) => range(keys, args, { byScore: false, reverse: true, mayChoose: false }) },
  ZRANGEBYSCORE: {
    arity: -4,
    run: (keys, args) => range(keys, args, { byScore: true, reverse: false, mayChoose: false }),
  },
  ZREVRANGEBYSCORE: {
    arity: -4,
    run: (keys, args) => range(keys, args, { byScore: true, reverse: true, mayChoose: false }),
  },
  ZCOUNT: { arity: 4, run: (keys, [key = "", min, max]) => select(keys, key, createScoreTest(min, max)).length },
  ZREMRANGEBYSCORE: {
    arity: 4,
    run: (keys, [key = "", min, max]) => drop(keys, key, select(keys, key, createScoreTest(min, max))),
  },
  ZREMRANGEBYRANK: {
    arity: 4,
    run: (keys, [key = "", start, stop]) => {
      const [first, last] = [parseIndex(start), parseIndex(stop)];
      const all = select(keys, key);
      const { from, to } = resolveRange(first, last, all.length);
      return drop(keys, key, all.slice(from, to));
    },
  },
};

/** By score, then by bytes. */
function select(keys: Keyspace, key: Bytes, test: (score: number) => boolean = () => true): Member[] {
  const scores = keys.read(key, "zset")?.scores ?? new Map<Bytes, number>();
  return [...scores]
    .flatMap(([member, score]) => (test(score) ? [{ member, score }] : []))
    .sort((a, b) => (a.score === b.score ? (a.member < b.member ? -1 : 1) : a.score < b.score ? -1 : 1));
}

function drop(keys: Keyspace, key: Bytes, gone: readonly Member[]): number {
  if (gone.length === 0) return 0;
  keys.change(key, "zset", ({ scores }) => {
    for (const { member } of gone) scores.delete(member);
  });
  return gone.length;
}

/** A `(` before a limit leaves the limit itself out. */
function createScoreTest(min: Bytes | undefined, max: Bytes | undefined): (score: number) => boolean {
  const [low, high] = [parseLimit(min), parseLimit(max)];
  return (score) =>
    (low.open ? score > low.value : score >= low.value) && (high.open ? score < high.value : score <= high.value);
}

function parseLimit(bytes = ""): { value: number; open: boolean } {
  const open = bytes.startsWith("(");
  const number = open ? bytes.slice(1) : bytes;
  // Redis reads no digits as 0 here, and nowhere else.
  return { value: number === "" ? 0 : parseFloating(number, "ERR min or max is not a float"), open };
}

interface RangeForm {
  readonly byScore: boolean;
  readonly reverse: boolean;
  /** Whether BYSCORE and REV may be given: ZRANGE alone. */
  readonly mayChoose: boolean;
}

function range(keys: Keyspace, [key = "", start, stop, ...words]: readonly Bytes[], form: RangeForm): Reply {
  const { byScore, reverse, withScores, limit } = parseRangeOptions(words, form);
  const chosen = byScore
    ? cut(inDirection(select(keys, key, createScoreTest(...swapIf(reverse, start, stop))), reverse), limit)
    : readRanks(keys, key, parseIndex(start), parseIndex(stop), reverse);
  return chosen.flatMap(({ member, score }) => (withScores ? [member, formatFloating(score)] : [member]));
}

function readRanks(keys: Keyspace, key: Bytes, start: number, stop: number, reverse: boolean): Member[] {
  const members = inDirection(select(keys, key), reverse);
  const { from, to } = resolveRange(start, stop, members.length);
  return members.slice(from, to);
}

function inDirection(members: Member[], reverse: boolean): Member[] {
  return reverse ? members.reverse() : members;
}

function swapIf<T>(swap: boolean, first: T, second: T): [T, T] {
  return swap ? [second, first] : [first, second];
}

interface Limit {
  readonly offset: number;
  /** Negative: all. */
  readonly count: number;
}

function cut(members: Member[], limit: Limit | undefined): Member[] {
  if (limit === undefined) return members;
  if (limit.offset < 0) return [];
  return members.slice(limit.offset, limit.count < 0 ? undefined : limit.offset + limit.count);
}

function parseRangeOptions(words: readonly Bytes[], form: RangeForm) {
  let { byScore, reverse } = form;
  let withScores = false;
  let limit: Limit | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]?.toUpperCase();
    if (word === "WITHSCORES") withScores = true;
    else if (word === "LIMIT" && index + 2 < words.length) {
      limit = { offset: parseIndex(words[index + 1]), count: parseIndex(words[index + 2]) };
      index += 2;
    } else if (word === "BYSCORE" && form.mayChoose && !byScore) byScore = true;
    else if (word === "REV" && form.mayChoose && !reverse) reverse = true;
    else throw new RedisError(SYNTAX_ERROR);
  }
  // A count of -1 passes for no LIMIT at all, in Redis as well.
  if (limit !== undefined && limit.count !== -1 && !byScore) {
    const rule = "LIMIT is only supported in combination with either BYSCORE or BYLEX";
    throw new RedisError(`ERR syntax error, ${rule}`);
  }
  return { byScore, reverse, withScores, limit };
}
