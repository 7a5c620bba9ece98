import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedRedis } from "../src/redis/embedded.ts";
import { type RedisEngine, RedisError, type Reply, Status } from "../src/redis/engine.ts";
import { connectRedisServer } from "../src/redis/server.ts";
import { commandArbitrary, findRelayed } from "./redis-commands.ts";
import { findRealRedis } from "./support/upstash.ts";

const realRedis = findRealRedis(62);
const SEED = 20_260_101;
/** The number of sequences. `GATEHOUSE_REDIS_RUNS=1700` searches longer, with some 100,000 commands. */
const SEQUENCES = Number(process.env["GATEHOUSE_REDIS_RUNS"] ?? 60);
const COMMANDS_PER_SEQUENCE = 60;

/** Commands whose replies have no guaranteed order in Redis, because they list sets, hashes or keys. */
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
    const sequence = fc.array(commandArbitrary, { minLength: COMMANDS_PER_SEQUENCE, maxLength: COMMANDS_PER_SEQUENCE });
    await fc.assert(
      fc.asyncProperty(sequence, async (commands) => {
        for (const engine of [embedded, real]) await engine.run(["FLUSHDB"]);
        for (const command of commands) {
          const [ours, theirs] = [await embedded.run(command), await real.run(command)];
          if (isSameTime(command, ours, theirs)) continue;
          expect(normalize(command, ours), command.join(" ")).toEqual(normalize(command, theirs));
        }
      }),
      { seed: SEED, numRuns: SEQUENCES, endOnFailure: true },
    );
  });

  test("give the same replies to the same transactions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commandArbitrary, { minLength: 1, maxLength: 8 }), async (commands) => {
        for (const engine of [embedded, real]) await engine.run(["FLUSHDB"]);
        const [ours, theirs] = [await embedded.transact(commands), await real.transact(commands)];
        const normalizeAll = (replies: Reply[] | RedisError) =>
          Array.isArray(replies)
            ? replies.map((reply, index) => normalize(commands[index] ?? [], reply))
            : replies.message;
        if (Array.isArray(ours) && Array.isArray(theirs)) {
          for (const [index, reply] of ours.entries()) {
            if (isSameTime(commands[index] ?? [], reply, theirs[index])) theirs[index] = reply;
          }
        }
        expect(normalizeAll(ours)).toEqual(normalizeAll(theirs));
      }),
      { seed: SEED, numRuns: SEQUENCES, endOnFailure: true },
    );
  });
});

/** Allows a small difference in the remaining time of a key, because the engines run a command a moment apart. */
function isSameTime(command: readonly string[], ours: Reply, theirs: Reply | undefined): boolean {
  const [name = ""] = findRelayed(command);
  if (Array.isArray(ours) && Array.isArray(theirs) && ours[0] === "number")
    return isSameTime([name], ours[1] ?? null, theirs[1]);
  if (typeof ours !== "number" || typeof theirs !== "number" || ours <= 0 || theirs <= 0) return false;
  return (name === "TTL" && Math.abs(ours - theirs) <= 1) || (name === "PTTL" && Math.abs(ours - theirs) < 1000);
}

function normalize(command: readonly string[], reply: Reply): unknown {
  const [name = ""] = findRelayed(command);
  if (reply instanceof RedisError) return `error: ${hideLocation(command, reply.message)}`;
  if (reply instanceof Status) return reply.text;
  if (!Array.isArray(reply)) return reply;
  const items = reply.map((item) => normalize([], item));
  return UNORDERED.has(name) ? items.sort() : items;
}

/**
 * Removes the line of an error, because the embedded engine does not report lines. Also removes the hash of a script
 * with flags, because such a script is rewritten for a real Redis and has another hash there.
 */
function hideLocation([, script = ""]: readonly string[], message: string): string {
  const hidden = message.replace(/, on @user_script:.*$|, on user_script:.*$/, "");
  return script.startsWith("#!lua") ? hidden.replace(/script: [0-9a-f]{40}/, "script") : hidden;
}
