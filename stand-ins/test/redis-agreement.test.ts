import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedRedis } from "../src/redis/embedded.ts";
import { type RedisEngine, RedisError, type Reply, Status } from "../src/redis/engine.ts";
import { connectRedisServer } from "../src/redis/server.ts";
import { commandArbitrary, findRelayed } from "./redis-commands.ts";
import { findRealRedis } from "./support/upstash.ts";

const realRedis = findRealRedis(62);
const SEED = 20_260_101;
/** Of sequences. A longer search: `GATEHOUSE_REDIS_RUNS=1700`, which makes some 100,000 commands. */
const RUNS = Number(process.env["GATEHOUSE_REDIS_RUNS"] ?? 60);
const COMMANDS_PER_RUN = 60;

/** What is no promise of Redis's: the order of sets, hashes and keys. */
const UNORDERED = new Set(["SMEMBERS", "KEYS", "HGETALL", "HKEYS"]);

if (realRedis === undefined)
  test.skip("the embedded Redis agrees with a real one (no GATEHOUSE_REDIS, none installed)");

describe.runIf(realRedis !== undefined)("the embedded Redis and a real one", () => {
  let embedded: RedisEngine;
  let real: RedisEngine;

  beforeAll(async () => {
    embedded = await createEmbeddedRedis();
    real = await connectRedisServer(realRedis ?? "");
  });
  afterAll(async () => {
    await embedded?.close();
    await real?.close();
  });

  test("give the same replies to the same commands", async () => {
    const sequence = fc.array(commandArbitrary, { minLength: COMMANDS_PER_RUN, maxLength: COMMANDS_PER_RUN });
    await fc.assert(
      fc.asyncProperty(sequence, async (commands) => {
        for (const engine of [embedded, real]) await engine.run(["FLUSHDB"]);
        for (const command of commands) {
          const [ours, theirs] = [await embedded.run(command), await real.run(command)];
          if (isSameTime(command, ours, theirs)) continue;
          expect(show(command, ours), command.join(" ")).toEqual(show(command, theirs));
        }
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
  });

  test("give the same replies to the same transactions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commandArbitrary, { minLength: 1, maxLength: 8 }), async (commands) => {
        for (const engine of [embedded, real]) await engine.run(["FLUSHDB"]);
        const [ours, theirs] = [await embedded.transact(commands), await real.transact(commands)];
        const showAll = (replies: Reply[] | RedisError) =>
          Array.isArray(replies) ? replies.map((reply, index) => show(commands[index] ?? [], reply)) : replies.message;
        if (Array.isArray(ours) && Array.isArray(theirs)) {
          for (const [index, reply] of ours.entries()) {
            if (isSameTime(commands[index] ?? [], reply, theirs[index])) theirs[index] = reply;
          }
        }
        expect(showAll(ours)).toEqual(showAll(theirs));
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
  });
});

/** The two engines are asked a moment apart, so what is left of a key's time may differ a little. */
function isSameTime(command: readonly string[], ours: Reply, theirs: Reply | undefined): boolean {
  const [name = ""] = findRelayed(command);
  if (Array.isArray(ours) && Array.isArray(theirs) && ours[0] === "number")
    return isSameTime([name], ours[1] ?? null, theirs[1]);
  if (typeof ours !== "number" || typeof theirs !== "number" || ours <= 0 || theirs <= 0) return false;
  return (name === "TTL" && Math.abs(ours - theirs) <= 1) || (name === "PTTL" && Math.abs(ours - theirs) < 1000);
}

function show(command: readonly string[], reply: Reply): unknown {
  const [name = ""] = findRelayed(command);
  if (reply instanceof RedisError) return `error: ${hidePlace(command, reply.message)}`;
  if (reply instanceof Status) return reply.text;
  if (!Array.isArray(reply)) return reply;
  const items = reply.map((item) => show([], item));
  return UNORDERED.has(name) ? items.sort() : items;
}

/** A script with flags reaches a real Redis rewritten, under another hash; and the embedded engine does not tell lines. */
function hidePlace([, script = ""]: readonly string[], message: string): string {
  const hidden = message.replace(/, on @user_script:.*$|, on user_script:.*$/, "");
  return script.startsWith("#!lua") ? hidden.replace(/script: [0-9a-f]{40}/, "script") : hidden;
}
