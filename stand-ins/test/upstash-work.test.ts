import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRealRedis, startUpstash, type UpstashStandIn } from "./support/upstash.ts";

const realRedis = findRealRedis(60);
const engines = [
  { engine: "the embedded engine", options: {}, counts: true },
  ...(realRedis === undefined ? [] : [{ engine: "a real Redis", options: { redis: realRedis }, counts: false }]),
];
if (realRedis === undefined) test.skip("locks on a real Redis (no GATEHOUSE_REDIS, none installed)");

const TWICE = "redis.call('INCR', KEYS[1]) return redis.pcall('SADD', KEYS[1], 'x') and 1";
const FLAGGED = `#!lua flags=allow-key-locking\n${TWICE}`;

describe.each(engines)("what Upstash locks and bills, on $engine", ({ options, counts }) => {
  let standIn: UpstashStandIn;

  beforeAll(async () => {
    standIn = await startUpstash(options);
  });
  afterAll(() => standIn?.close());
  beforeEach(async () => {
    standIn.traffic.restore();
    await standIn.reset();
    standIn.traffic.clear();
  });

  const noteOf = async (path: string, body: unknown) => {
    await standIn.post(path, body);
    const { locks, commands } = standIn.traffic.calls.at(-1) ?? {};
    return { locks, commands };
  };
  /** A real Redis does not report the commands of a script. */
  const billed = (commands: number) => (counts ? commands : undefined);

  test("a plain command: nothing, and one", async () => {
    expect(await noteOf("/", ["SET", "a", "x"])).toEqual({ locks: [], commands: 1 });
    expect(await noteOf("/", ["MGET", "a", "b"])).toEqual({ locks: [], commands: 1 });
    expect(await noteOf("/", ["SADD", "a", "x"])).toEqual({ locks: [], commands: 1 });
    expect(await noteOf("/", ["FLUSHDB"])).toEqual({ locks: "database", commands: 1 });
  });

  test("a script: the database, and itself with each command in it", async () => {
    expect(await noteOf("/", ["EVAL", TWICE, 1, "a"])).toEqual({ locks: "database", commands: billed(3) });
    expect(await noteOf("/", ["EVAL", "return 1", 0])).toEqual({ locks: "database", commands: billed(1) });
    expect(await noteOf("/", ["EVAL", "for i = 1, 9 do redis.call('DBSIZE') end", 0])).toEqual({
      locks: "database",
      commands: billed(10),
    });
  });

  test("a script with the flag: its keys, whether it touches them or not", async () => {
    expect(await noteOf("/", ["EVAL", FLAGGED, 2, "a", "ž", "x"])).toEqual({
      locks: ["a", "ž"],
      commands: billed(3),
    });
    expect(await noteOf("/", ["EVAL", FLAGGED, 1, "a", "b"])).toMatchObject({ locks: ["a"] });
    expect(await noteOf("/", ["EVAL", `\n${FLAGGED}`, 1, "a"])).toMatchObject({ locks: "database" });
  });

  test("a pipeline: all that its commands lock, and their sum", async () => {
    const pipeline = [
      ["SET", "a", "1"],
      ["EVAL", FLAGGED, 1, "b"],
      ["EVAL", FLAGGED, 2, "b", "c"],
    ];
    expect(await noteOf("/pipeline", pipeline)).toEqual({ locks: ["b", "c"], commands: billed(7) });
    const mixed = [...pipeline, ["EVAL", TWICE, 1, "b"]];
    expect(await noteOf("/pipeline", mixed)).toEqual({ locks: "database", commands: billed(10) });
    expect(await noteOf("/pipeline", [["GET", "a"], ["NONSENSE"]])).toMatchObject({ locks: [] });
  });

  test("a transaction: the keys of its commands, or the database with a script in it", async () => {
    const plain = [
      ["SET", "a", "1"],
      ["MGET", "b", "c"],
      ["DEL", "a", "d"],
    ];
    expect(await noteOf("/multi-exec", plain)).toEqual({ locks: ["a", "b", "c", "d"], commands: 3 });
    const scripted = [
      ["SET", "a", "1"],
      ["EVAL", FLAGGED, 1, "a"],
    ];
    expect(await noteOf("/multi-exec", scripted)).toEqual({ locks: "database", commands: billed(4) });
    expect(await noteOf("/multi-exec", [["FLUSHDB"]])).toEqual({ locks: "database", commands: 1 });
    expect(await noteOf("/multi-exec", [["GET", "a"], ["GET"]])).toEqual({ locks: [], commands: 0 });
  });

  test("a call that is not carried out: neither; one whose answer is lost: both", async () => {
    standIn.traffic.inject({ fault: { kind: "status", status: 500 }, times: 1 });
    await standIn
      .connect()
      .set("a", 1)
      .catch(() => {});
    expect(standIn.traffic.calls.at(-1)).not.toHaveProperty("commands");
    expect(standIn.traffic.calls.at(-1)).not.toHaveProperty("locks");
    standIn.traffic.inject({ fault: { kind: "lostAnswer" }, times: 1 });
    await standIn
      .connect()
      .set("a", 1)
      .catch(() => {});
    expect(standIn.traffic.calls.at(-1)).toMatchObject({ status: "lost", locks: [], commands: 1 });
    await standIn
      .connect("wrong")
      .get("a")
      .catch(() => {});
    expect(standIn.traffic.calls.at(-1)).not.toHaveProperty("commands");
  });
});

test("counts of scripts that run at the same time do not mix", async () => {
  const standIn = await startUpstash({});
  const script = "for i = 1, tonumber(ARGV[1]) do redis.call('INCR', KEYS[1]) end";
  const sizes = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(sizes.map((size) => standIn.connect().eval(script, ["a"], [size])));
  const counts = standIn.traffic.calls.map(({ commands = Number.NaN }) => commands);
  expect(counts.toSorted((a, b) => a - b)).toEqual(sizes.map((size) => size + 1));
  await standIn.close();
});
