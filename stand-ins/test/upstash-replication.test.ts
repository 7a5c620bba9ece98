import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startStandIns } from "../src/index.ts";
import { createEmbeddedRedis } from "../src/redis/embedded.ts";
import { OK, type RedisEngine } from "../src/redis/engine.ts";
import { connectRedisServer } from "../src/redis/server.ts";
import { findRealRedis, startUpstash, type UpstashStandIn } from "./support/upstash.ts";

const LAG_MS = 100;

describe("a replica that lags", () => {
  let now: number;
  let engine: RedisEngine;

  beforeEach(async () => {
    now = 1_000_000;
    engine = await createEmbeddedRedis({ now: () => now });
  });
  afterEach(() => engine.close());

  const run = (...command: string[]) => engine.run(command);

  test("answers plain reads with the data of so long ago, and scripts with the leader's", async () => {
    await run("SET", "a", "old");
    engine.replication.setLag(LAG_MS);
    expect(await run("GET", "a")).toBe("old");
    await run("SET", "a", "new");
    now += LAG_MS - 1;
    expect(await run("GET", "a")).toBe("old");
    expect(await run("MGET", "a", "b")).toEqual(["old", null]);
    expect(await run("EVAL", "return redis.call('GET', KEYS[1])", "1", "a")).toBe("new");
    expect(await engine.transact([["GET", "a"]])).toEqual(["new"]);
    expect(await run("SET", "a", "newer")).toBe(OK);
    now += 1;
    expect(await run("GET", "a")).toBe("new");
    now += LAG_MS;
    expect(await run("GET", "a")).toBe("newer");
  });

  test("has every kind of value as it was, and takes over what a script did at once", async () => {
    await run("HSET", "hash", "f", "1");
    await run("SADD", "set", "m");
    await run("ZADD", "sorted", "1", "m");
    await run("RPUSH", "list", "x");
    engine.replication.setLag(LAG_MS);
    const script = `redis.call('HSET', 'hash', 'g', '2') redis.call('SADD', 'set', 'n') redis.call('ZADD', 'sorted', 2, 'n')
      redis.call('LPUSH', 'list', 'y') redis.call('SET', 'text', 'z')`;
    const readAll = async () => [
      await run("HGETALL", "hash"),
      await run("SMEMBERS", "set"),
      await run("ZRANGE", "sorted", "0", "-1"),
      await run("LRANGE", "list", "0", "-1"),
      await run("GET", "text"),
    ];
    const before = [["f", "1"], ["m"], ["m"], ["x"], null];
    await run("EVAL", script, "0");
    expect(await readAll()).toEqual(before);
    now += LAG_MS;
    await run("DEL", "hash", "set", "sorted", "list", "text");
    expect(await readAll()).toEqual([["f", "1", "g", "2"], ["m", "n"], ["m", "n"], ["y", "x"], "z"]);
    now += LAG_MS;
    expect(await readAll()).toEqual([[], [], [], [], null]);
  });

  test("ends keys on time, and learns late that one lives longer, has no end or is gone with all others", async () => {
    await run("SET", "a", "x", "PX", "50");
    engine.replication.setLag(LAG_MS);
    await run("PEXPIRE", "a", "500");
    now += 51;
    expect(await run("GET", "a")).toBeNull();
    now += 49;
    expect(await run("PTTL", "a")).toBe(400);
    await run("SET", "a", "x");
    expect(await run("PTTL", "a")).toBe(400);
    now += LAG_MS;
    expect(await run("PTTL", "a")).toBe(-1);
    await run("FLUSHDB");
    expect(await run("DBSIZE")).toBe(1);
    now += LAG_MS;
    expect(await run("DBSIZE")).toBe(0);
  });

  test("is gone at 0 and at reset()", async () => {
    for (const end of [async () => engine.replication.setLag(0), () => engine.reset()]) {
      engine.replication.setLag(LAG_MS);
      await end();
      await run("SET", "a", "x");
      expect(await run("GET", "a")).toBe("x");
      expect(() => engine.replication.failOver()).toThrow("There is no lag");
    }
  });
});

describe("a failover", () => {
  let now: number;
  let engine: RedisEngine;

  beforeEach(async () => {
    now = 1_000_000;
    engine = await createEmbeddedRedis({ now: () => now });
  });
  afterEach(() => engine.close());

  const run = (...command: string[]) => engine.run(command);
  const readAtLeader = (key: string) => run("EVAL", "return redis.call('GET', KEYS[1])", "1", key);

  test("loses what was written less than the lag ago, and nothing older", async () => {
    await run("SET", "deleted", "x");
    engine.replication.setLag(LAG_MS);
    await run("SET", "received", "x");
    now += LAG_MS;
    await run("SET", "lost", "x");
    await run("SET", "received", "y");
    await run("DEL", "deleted");
    engine.replication.failOver();
    expect(await readAtLeader("received")).toBe("x");
    expect(await readAtLeader("lost")).toBeNull();
    expect(await readAtLeader("deleted")).toBe("x");
    now += 10 * LAG_MS;
    expect(await run("MGET", "received", "lost", "deleted")).toEqual(["x", null, "x"]);
  });

  test("leaves a new leader and a replica that go on, apart from each other", async () => {
    await run("RPUSH", "list", "a");
    engine.replication.setLag(LAG_MS);
    engine.replication.failOver();
    await run("RPUSH", "list", "b");
    expect(await run("LRANGE", "list", "0", "-1")).toEqual(["a"]);
    now += LAG_MS;
    expect(await run("LRANGE", "list", "0", "-1")).toEqual(["a", "b"]);
    await run("RPUSH", "list", "c");
    engine.replication.failOver();
    expect(await run("EVAL", "return redis.call('LRANGE', KEYS[1], 0, -1)", "1", "list")).toEqual(["a", "b"]);
  });

  test("keeps the remaining time of keys", async () => {
    await run("SET", "a", "x", "PX", "1000");
    engine.replication.setLag(LAG_MS);
    now += 600;
    engine.replication.failOver();
    expect(await run("EVAL", "return redis.call('PTTL', KEYS[1])", "1", "a")).toBe(400);
  });

  test("reaches the file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "gatehouse-redis-"));
    const kept = await createEmbeddedRedis({ dataDirectory: directory });
    await kept.run(["SET", "a", "old"]);
    kept.replication.setLag(60_000);
    await kept.run(["SET", "a", "new"]);
    kept.replication.failOver();
    await kept.close();
    const again = await createEmbeddedRedis({ dataDirectory: directory });
    expect(await again.run(["GET", "a"])).toBe("old");
    await again.close();
    await rm(directory, { recursive: true });
  });
});

describe("over HTTP", () => {
  let standIn: UpstashStandIn;

  beforeAll(async () => {
    standIn = await startUpstash({});
  });
  afterAll(() => standIn?.close());
  afterEach(() => standIn.reset());

  test("each command of a pipeline is a read of a replica or a write at the leader, a transaction is the leader's", async () => {
    const redis = standIn.connect();
    standIn.replication.setLag(60_000);
    expect(await redis.pipeline().set("a", "x").get("a").exec()).toEqual(["OK", null]);
    expect(await redis.multi().get("a").exec()).toEqual(["x"]);
    expect(await redis.get("a")).toBeNull();
    expect(await redis.eval("return redis.call('GET', KEYS[1])", ["a"], [])).toBe("x");
    standIn.replication.failOver();
    expect(await redis.eval("return redis.call('GET', KEYS[1])", ["a"], [])).toBeNull();
  });

  test("reset() of all stand-ins ends the lag", async () => {
    const standIns = await startStandIns();
    const post = async (...command: string[]) => {
      const headers = { authorization: `Bearer ${standIns.redisToken}` };
      const response = await fetch(standIns.redisUrl, { method: "POST", headers, body: JSON.stringify(command) });
      return ((await response.json()) as { result: unknown }).result;
    };
    standIns.redis.setLag(60_000);
    await post("SET", "a", "x");
    expect(await post("GET", "a")).toBeNull();
    await standIns.reset();
    await post("SET", "a", "x");
    expect(await post("GET", "a")).toBe("x");
    await standIns.close();
  });
});

const realRedis = findRealRedis(60);

test.skipIf(realRedis === undefined)("a real Redis has no replicas to lag or to take over", async () => {
  const engine = await connectRedisServer(realRedis ?? "");
  expect(() => engine.replication.setLag(1)).toThrow("Not possible on a real Redis");
  expect(() => engine.replication.failOver()).toThrow("Not possible on a real Redis");
  await engine.close();
});
