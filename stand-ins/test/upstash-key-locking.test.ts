import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRealRedis, startUpstash, type UpstashStandIn } from "./support/upstash.ts";

const realRedis = findRealRedis(61);
const engines = [
  { engine: "the embedded engine", options: {} },
  ...(realRedis === undefined ? [] : [{ engine: "a real Redis", options: { redis: realRedis } }]),
];
if (realRedis === undefined) test.skip("key locking on a real Redis (no GATEHOUSE_REDIS, none installed)");

const FLAGS = "#!lua flags=allow-key-locking";
const refusalOf = (key: string) =>
  `ERR Dynamic keys are not allowed in Lua scripts when 'allow-key-locking' flag is set. Key was: ${key}`;

describe.each(engines)("a script that locks only its keys, on $engine", ({ options }) => {
  let standIn: UpstashStandIn;

  beforeAll(async () => {
    standIn = await startUpstash(options);
  });
  afterAll(() => standIn?.close());
  beforeEach(() => standIn.reset());

  const run = async (script: string, keys: string[] = [], args: string[] = []) => {
    const { body } = await standIn.post("/", ["EVAL", script, keys.length, ...keys, ...args]);
    return body as { result?: unknown; error?: string };
  };

  test("touches the keys in KEYS, also where it puts their names together", async () => {
    expect(await run(`${FLAGS}\nreturn redis.call('SET', 'user:' .. ARGV[1], 'x')`, ["user:1"], ["1"])).toEqual({
      result: "OK",
    });
    expect(await run(`${FLAGS}\nreturn redis.pcall('GET', KEYS[1])`, ["user:1"])).toEqual({ result: "x" });
    expect(await run(`${FLAGS}\nreturn redis.call('get', KEYS[1])`, ["user:1"])).toEqual({ result: "x" });
  });

  test("is refused another key, in Upstash's words, and the rest of it is not run", async () => {
    const script = `${FLAGS}\nredis.call('SET', KEYS[1], 'x')\nredis.call('SET', 'b', 'x')\nredis.call('SET', KEYS[1], 'y')`;
    const { error } = await run(script, ["a"]);
    expect(error).toMatch(/^ERR Dynamic keys .* Key was: b script: [0-9a-f]{40}/);
    expect(await standIn.connect().mget("a", "b")).toEqual(["x", null]);
  });

  test.each([
    ["'GET', 'b'", "b"],
    ["'HSET', 'b', 'field', 'value'", "b"],
    ["'PEXPIREAT', 'b', '4000000000000'", "b"],
    ["'DEL', 'a', 'b'", "b"],
    ["'MGET', 'a', 'a', 'c'", "c"],
    ["'GET', 1", "1"],
  ])("is refused the other key of %s", async (command, key) => {
    expect((await run(`${FLAGS}\nreturn redis.call(${command})`, ["a"])).error).toContain(refusalOf(key));
  });

  test.each(["'SET', 'a', 'b'", "'HSET', 'a', 'b', 'c'", "'DEL', 'a', 'a'"])(
    "may call %s with the key a",
    async (command) => {
      expect(await run(`${FLAGS}\nreturn redis.call(${command})`, ["a"])).toHaveProperty("result");
    },
  );

  test.each(["FLUSHDB", "DBSIZE", "KEYS', '*", "NONSENSE"])("is refused %s", async (command) => {
    await standIn.connect().set("b", "x");
    const { error } = await run(`${FLAGS}\nreturn redis.call('${command}')`, ["a"]);
    expect(error).toMatch(/^ERR '\w+' is not allowed in Lua scripts when 'allow-key-locking' flag is set/);
    expect(await standIn.connect().get("b")).toBe("x");
  });

  test("can catch the refusal, and goes on with the same function", async () => {
    const script = `${FLAGS}
      local call = redis.call
      local caught = redis.pcall('GET', 'b').err
      local ok = pcall(call, 'GET', 'b')
      return {caught, tostring(ok), call('SET', KEYS[1], 'x').ok}`;
    expect(await run(script, ["a"])).toEqual({ result: [refusalOf("b"), "false", "OK"] });
  });

  test("has its errors as any other", async () => {
    await standIn.connect().set("text", "x");
    const wrongType = await run(`${FLAGS}\n\n\nreturn redis.call('SADD', KEYS[1], 'a')`, ["text"]);
    expect(wrongType.error).toMatch(/^WRONGTYPE /);
    const compiled = await run(`${FLAGS}\nreturn +`);
    expect(compiled.error).toMatch(/^ERR Error compiling script .* user_script:2:/);
    const arity = await run(`${FLAGS}\nreturn redis.call()`);
    expect(arity.error).toMatch(/^ERR Please specify at least one argument for this redis.* call/);
  });

  test("is held to the rule with other flags beside", async () => {
    const { error } = await run("#!lua name=x flags=no-writes,allow-key-locking\nreturn redis.call('GET', 'b')", ["a"]);
    expect(error).toContain(refusalOf("b"));
  });

  test.each([
    ["without the flag", ""],
    ["with another flag", "#!lua flags=no-writes\n"],
    ["with the flag after a line break, where Upstash does not look", `\n${FLAGS}\n`],
    ["with the flag in a comment", `-- ${FLAGS}\n`],
  ])("%s may touch any key", async (_, beginning) => {
    await standIn.connect().set("b", "x");
    expect(await run(`${beginning}return redis.call('GET', 'b')`)).toEqual({ result: "x" });
    expect(await run(`${beginning}return redis.call('DBSIZE')`)).toEqual({ result: 1 });
  });
});
