import { upstash as upstashAdapter } from "@lucia-auth/adapter-session-redis";
import type { Redis } from "@upstash/redis";
import type { SessionSchema } from "lucia";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRealRedis, READ_ONLY_TOKEN, startUpstash, type UpstashStandIn } from "./support/upstash.ts";

const realRedis = findRealRedis(63);
const engines = [
  { engine: "the embedded engine", options: {} },
  ...(realRedis === undefined ? [] : [{ engine: "a real Redis", options: { redis: realRedis } }]),
];
if (realRedis === undefined) test.skip("Upstash's stand-in on a real Redis (no GATEHOUSE_REDIS, none installed)");

describe.each(engines)("Upstash's stand-in on $engine", ({ options }) => {
  let standIn: UpstashStandIn;
  let redis: Redis;

  beforeAll(async () => {
    standIn = await startUpstash(options);
    redis = standIn.connect();
  });
  afterAll(() => standIn?.close());
  beforeEach(() => standIn.reset());

  test("POST / with a wrong token is 401 WRONGPASS and does nothing", async () => {
    const error = "WRONGPASS invalid or missing auth token";
    await expect(standIn.connect("wrong").set("key", "value")).rejects.toThrow(error);
    expect(await standIn.post("/", ["GET", "key"], { authorization: "Bearer wrong" })).toEqual({
      status: 401,
      body: { error },
    });
    expect(await redis.get("key")).toBeNull();
  });

  test("a read-only token reads, and neither writes nor runs a script", async () => {
    await redis.set("key", "value");
    const reader = standIn.connect(READ_ONLY_TOKEN);
    expect(await reader.get("key")).toBe("value");
    expect(await reader.mget("key", "none")).toEqual(["value", null]);
    const refusal = (command: string) => ({
      status: 400,
      body: { error: `NOPERM this user has no permissions to run the '${command}' command or its subcommand` },
    });
    const authorization = `Bearer ${READ_ONLY_TOKEN}`;
    expect(await standIn.post("/", ["SET", "key", "x"], { authorization })).toEqual(refusal("set"));
    expect(await standIn.post("/", ["EVAL", "return 1", 0], { authorization })).toEqual(refusal("eval"));
    const commands = [
      ["GET", "key"],
      ["DEL", "key"],
    ];
    expect((await standIn.post("/pipeline", commands, { authorization })).body).toEqual([
      { result: "value" },
      refusal("del").body,
    ]);
    expect((await standIn.post("/multi-exec", commands, { authorization })).status).toBe(400);
    expect(await redis.get("key")).toBe("value");
  });

  test("POST / answers strings in base64 at every depth, but not numbers, null and OK", async () => {
    const base64Headers = { "upstash-encoding": "base64" };
    expect((await standIn.post("/", ["SET", "key", "OK"], base64Headers)).body).toEqual({ result: "OK" });
    expect((await standIn.post("/", ["MGET", "key", "none"], base64Headers)).body).toEqual({ result: ["T0s=", null] });
    expect((await standIn.post("/", ["EVAL", "return {1,{'a',{'b'}}}", 0], base64Headers)).body).toEqual({
      result: [1, ["YQ==", ["Yg=="]]],
    });
    expect((await standIn.post("/", ["DBSIZE"])).body).toEqual({ result: 1 });
  });

  test("POST / with a command that fails is 400 and says why in Redis's words", async () => {
    await redis.set("text", "x");
    const refusals: [unknown, string][] = [
      [["SADD", "text", "a"], "WRONGTYPE Operation against a key holding the wrong kind of value"],
      [["SET", "a", "b", "SIDEWAYS"], "ERR syntax error"],
      [["SET", "a", "b", "EX", 0], "ERR invalid expire time in 'set' command"],
      [["GET"], "ERR wrong number of arguments for 'get' command"],
      [["INCR", "text"], "ERR value is not an integer or out of range"],
      [["nonsense", "a"], "ERR Command is not available: 'NONSENSE'"],
      [["MULTI"], "ERR Command is not available: 'MULTI'"],
      [["SET", "a", null], "ERR failed to parse command"],
      [[], "ERR failed to parse command"],
      [{ no: "command" }, "ERR failed to parse command"],
    ];
    for (const [command, error] of refusals) {
      expect(await standIn.post("/", command)).toEqual({ status: 400, body: { error } });
    }
    expect(await redis.get("a")).toBeNull();
  });

  test("POST /pipeline answers each command in its place, errors among them", async () => {
    const answer = await redis.pipeline().set("a", "x").incr("a").get("a").exec({ keepErrors: true });
    expect(answer.map(({ error, result }) => error ?? result)).toEqual([
      "OK",
      "ERR value is not an integer or out of range",
      "x",
    ]);
  });

  test("POST /multi-exec runs all of it, also past a command that fails as it runs", async () => {
    await expect(redis.multi().set("a", "x").sadd("a", "y").set("b", "z").exec()).rejects.toThrow("WRONGTYPE");
    expect(await redis.mget("a", "b")).toEqual(["x", "z"]);
  });

  test("POST /multi-exec with one malformed command does nothing at all", async () => {
    for (const malformed of [["NONSENSE"], ["GET"], ["WATCH", "a"]]) {
      expect(await standIn.post("/multi-exec", [["SET", "a", "x"], malformed])).toEqual({
        status: 400,
        body: { error: "EXECABORT Transaction discarded because of previous errors." },
      });
    }
    expect(await redis.get("a")).toBeNull();
  });

  test("values of any script, object shape and size come back as they were", async () => {
    for (const value of [
      "žluťoučký 🙂 \u0000 \u2028 'quoted\" \n",
      { list: [1, null, { "🔑": "é" }] },
      "x".repeat(1e6),
    ]) {
      await redis.set("🔑", value);
      expect(await redis.get("🔑")).toEqual(value);
      expect((await redis.multi().get("🔑").exec())[0]).toEqual(value);
    }
  });

  test("SET takes NX and a time", async () => {
    expect(await redis.set("a", "1", { ex: 100 })).toBe("OK");
    expect(await redis.ttl("a")).toBe(100);
    await redis.set("a", "2", { exat: Math.floor(Date.now() / 1000) + 100 });
    expect(await redis.pttl("a")).toBeGreaterThan(98_000);
    await redis.set("a", "2", { exat: Math.floor(Date.now() / 1000) - 5 });
    expect(await redis.get("a")).toBeNull();
    expect(await redis.set("a", "2", { nx: true, ex: 100 })).toBe("OK");
    expect(await redis.set("a", "3", { nx: true })).toBeNull();
    await redis.set("a", "3");
    expect(await redis.ttl("a")).toBe(-1);
  });

  test("a key is there until its millisecond and gone after it", async () => {
    const until = Date.now() + 150;
    await redis.set("brief", "x");
    await redis.pexpireat("brief", until);
    while (Date.now() < until + 2) {
      const before = Date.now();
      const value = await redis.get("brief");
      if (Date.now() < until) expect(value).toBe("x");
      else if (before > until) expect(value).toBeNull();
    }
    expect(await redis.get("brief")).toBeNull();
    expect(await redis.dbsize()).toBe(0);
  });

  test("a script is atomic, and counts in doubles", async () => {
    const script = `local count = redis.call("INCR", KEYS[1])
      if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
      return {count, redis.call("PTTL", KEYS[1]) > 0, "${Date.now()}"}`;
    const counts = await Promise.all(Array.from({ length: 50 }, () => redis.eval(script, ["hits"], [60_000])));
    expect(counts.map((reply) => (reply as number[])[0]).sort((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    const limiter = "#!lua\nreturn tonumber(ARGV[1]) * 1000";
    expect(await redis.eval(limiter, [], ["1763900000"])).toBe(1_763_900_000_000);
    expect(await redis.eval(limiter, [], ["2"])).toBe(2000);
  });

  test("a script's error names the script", async () => {
    await redis.set("text", "x");
    await expect(redis.eval('\nreturn redis.call("SADD", KEYS[1], "a")', ["text"], [])).rejects.toThrow(
      /WRONGTYPE .* script: [0-9a-f]{40}/,
    );
    await expect(redis.eval("return nothing", [], [])).rejects.toThrow("nonexistent global variable 'nothing'");
    await expect(redis.eval("return {err = 'LIMIT reached'}", [], [])).rejects.toThrow("LIMIT reached");
  });

  test("Lucia's session adapter stores, finds, updates and deletes sessions", async () => {
    const adapter = upstashAdapter(redis)(class extends Error {} as never);
    const session = {
      id: "s1",
      user_id: "u1",
      active_expires: Date.now() + 60_000,
      idle_expires: Date.now() + 120_000,
    } as SessionSchema;
    await adapter.setSession(session);
    await adapter.setSession({ ...session, id: "s2" });
    expect(await adapter.getSession("s1")).toEqual(session);
    expect(await adapter.getSessionsByUserId("u1")).toHaveLength(2);
    await adapter.updateSession("s1", { active_expires: session.active_expires + 1 });
    expect((await adapter.getSession("s1"))?.active_expires).toBe(session.active_expires + 1);
    await adapter.deleteSession("s1");
    expect(await adapter.getSession("s1")).toBeNull();
    await adapter.deleteSessionsByUserId("u1");
    expect(await redis.dbsize()).toBe(0);
  });
});
