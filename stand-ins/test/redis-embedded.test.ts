import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbeddedRedis } from "../src/redis/embedded.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gatehouse-redis-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("what was stored survives a restart, each kind of value and the time it ends", async () => {
  let now = 1_000_000;
  const open = () => createEmbeddedRedis({ dataDirectory: directory, now: () => now });
  const before = await open();
  await before.run(["SET", "text", "\u00ff\u0000", "PX", "500"]);
  await before.run(["SET", "brief", "x", "PX", "100"]);
  await before.run(["SADD", "set", "a", "b"]);
  await before.run(["ZADD", "sorted", "inf", "a", "1.5", "b"]);
  await before.run(["HSET", "hash", "field", "value"]);
  await before.run(["RPUSH", "list", "a", "b"]);
  await before.close();

  now += 300;
  const after = await open();
  expect(await after.run(["GET", "text"])).toBe("\u00ff\u0000");
  expect(await after.run(["PTTL", "text"])).toBe(200);
  expect(await after.run(["GET", "brief"])).toBeNull();
  expect(await after.run(["SMEMBERS", "set"])).toEqual(["a", "b"]);
  expect(await after.run(["ZRANGE", "sorted", "0", "-1", "WITHSCORES"])).toEqual(["b", "1.5", "a", "inf"]);
  expect(await after.run(["HGETALL", "hash"])).toEqual(["field", "value"]);
  expect(await after.run(["LRANGE", "list", "0", "-1"])).toEqual(["a", "b"]);
  await after.close();
});

test("a change reaches the file without a close, shortly after", async () => {
  const engine = await createEmbeddedRedis({ dataDirectory: directory });
  await engine.run(["SET", "key", "kept"]);
  await expect.poll(() => readFile(join(directory, "redis.v8"), "latin1").catch(() => "")).toContain("kept");
  await engine.close();
});

test("a key is there in the millisecond in which it ends and gone in the next", async () => {
  let now = 1_000_000;
  const engine = await createEmbeddedRedis({ now: () => now });
  await engine.run(["SET", "key", "x", "PX", "100"]);
  now += 100;
  expect(await engine.run(["GET", "key"])).toBe("x");
  now += 1;
  expect(await engine.run(["GET", "key"])).toBeNull();
  await engine.close();
});

test("a file that it cannot read is not written over", async () => {
  const path = join(directory, "redis.v8");
  await writeFile(path, "another format");
  await expect(createEmbeddedRedis({ dataDirectory: directory })).rejects.toThrow("cannot be read: remove it");
  expect(await readFile(path, "utf8")).toBe("another format");
});
