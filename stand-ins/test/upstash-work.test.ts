import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRealRedis, startUpstash, type UpstashStandIn } from "./support/upstash.ts";

const realRedis = findRealRedis(60);
const engines = [
  { engine: "the embedded engine", options: {}, reportsScriptCommands: true },
  ...(realRedis === undefined
    ? []
    : [{ engine: "a real Redis", options: { redis: realRedis }, reportsScriptCommands: false }]),
];
if (realRedis === undefined) test.skip("locks on a real Redis (no GATEHOUSE_REDIS, none installed)");

const TWO_COMMANDS = "redis.call('INCR', KEYS[1]) return redis.pcall('SADD', KEYS[1], 'x') and 1";
const FLAGGED = `#!lua flags=allow-key-locking\n${TWO_COMMANDS}`;

describe.each(engines)("what Upstash locks and bills, on $engine", ({ options, reportsScriptCommands }) => {
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

  const workOf = async (path: string, body: unknown) => {
    await standIn.post(path, body);
    const { locks, commands } = standIn.traffic.calls.at(-1) ?? {};
    return { locks, commands };
  };
  /** The expected number of commands, which a stand-in with a real Redis does not report for a script. */
  const billed = (commands: number) => (reportsScriptCommands ? commands : undefined);

  test("a plain command: nothing, and one", async () => {
    expect(await workOf("/", ["SET", "a", "x"])).toEqual({ locks: [], commands: 1 });
    expect(await workOf("/", ["MGET", "a", "b"])).toEqual({ locks: [], commands: 1 });
    expect(await workOf("/", ["SADD", "a", "x"])).toEqual({ locks: [], commands: 1 });
    expect(await workOf("/", ["FLUSHDB"])).toEqual({ locks: "database", commands: 1 });
  });

  test("a script: the database, and itself with each command in it", async () => {
    expect(await workOf("/", ["EVAL", TWO_COMMANDS, 1, "a"])).toEqual({ locks: "database", commands: billed(3) });
    expect(await workOf("/", ["EVAL", "return 1", 0])).toEqual({ locks: "database", commands: billed(1) });
    expect(await workOf("/", ["EVAL", "for i = 1, 9 do redis.call('DBSIZE') end", 0])).toEqual({
      locks: "database",
      commands: billed(10),
    });
  });

  test("a script with the flag: its keys, whether it touches them or not", async () => {
    expect(await workOf("/", ["EVAL", FLAGGED, 2, "a", "ž", "x"])).toEqual({
      locks: ["a", "ž"],
      commands: billed(3),
    });
    expect(await workOf("/", ["EVAL", FLAGGED, 1, "a", "b"])).toMatchObject({ locks: ["a"] });
    expect(await workOf("/", ["EVAL", `\n${FLAGGED}`, 1, "a"])).toMatchObject({ locks: "database" });
  });

  test("a pipeline: all that its commands lock, and their sum", async () => {
    const pipeline = [
      ["SET", "a", "1"],
      ["EVAL", FLAGGED, 1, "b"],
      ["EVAL", FLAGGED, 2, "b", "c"],
    ];
    expect(await workOf("/pipeline", pipeline)).toEqual({ locks: ["b", "c"], commands: billed(7) });
    const mixed = [...pipeline, ["EVAL", TWO_COMMANDS, 1, "b"]];
    expect(await workOf("/pipeline", mixed)).toEqual({ locks: "database", commands: billed(10) });
    expect(await workOf("/pipeline", [["GET", "a"], ["NONSENSE"]])).toMatchObject({ locks: [] });
  });

  test("a transaction: the keys of its commands, or the database with a script in it", async () => {
    const plain = [
      ["SET", "a", "1"],
      ["MGET", "b", "c"],
      ["DEL", "a", "d"],
    ];
    expect(await workOf("/multi-exec", plain)).toEqual({ locks: ["a", "b", "c", "d"], commands: 3 });
    const scripted = [
      ["SET", "a", "1"],
      ["EVAL", FLAGGED, 1, "a"],
    ];
    expect(await workOf("/multi-exec", scripted)).toEqual({ locks: "database", commands: billed(4) });
    expect(await workOf("/multi-exec", [["FLUSHDB"]])).toEqual({ locks: "database", commands: 1 });
    expect(await workOf("/multi-exec", [["GET", "a"], ["GET"]])).toEqual({ locks: [], commands: 0 });
  });

  test("a call that is not executed changes nothing; one whose response is lost has changed both", async () => {
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
