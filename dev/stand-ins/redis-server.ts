import { Redis } from "ioredis";
import { type Bytes, type RedisEngine, RedisError, type Reply, toBytes } from "./redis-engine.ts";
import { hashScript, toRedisScript } from "./redis-scripts.ts";

const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 1_000;

/** A real Redis. Rejects when there is none at `url`. */
export async function connectRedisServer(url: string): Promise<RedisEngine> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // A transaction must not be sent again in part on a new connection.
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RECONNECT_PAUSE_MS),
  });
  // Without a listener ioredis prints every failed attempt; the calls themselves reject.
  client.on("error", () => {});
  await client.connect().catch((error) => {
    client.disconnect();
    throw new Error(`No Redis at ${new URL(url).host}`, { cause: error });
  });

  const scripts = new ScriptNames();
  // Names in capitals: ioredis reshapes the replies of commands that it knows by their lower-case names.
  const send = ([name = "", ...rest]: readonly Bytes[]): Promise<Reply> =>
    client
      .callBuffer(
        name.toUpperCase(),
        rest.map((argument) => Buffer.from(argument, "latin1")),
      )
      .then(readReply, readError);

  return {
    countsScriptCalls: false,
    replication: { setLag: refuseReplication, failOver: refuseReplication },
    run: async (command) => scripts.restore(command, await send(scripts.rewrite(command))),
    transact: async (commands) => {
      // All in one tick on one connection, so nothing of another request comes between.
      const sent = [["MULTI"], ...commands.map((command) => scripts.rewrite(command)), ["EXEC"]].map(send);
      const replies = (await Promise.all(sent)).at(-1);
      if (replies instanceof RedisError) return replies;
      if (!Array.isArray(replies)) throw new Error("EXEC gave no array");
      return replies.map((reply, index) => scripts.restore(commands[index] ?? [], reply));
    },
    reset: async () => {
      const reply = await send(["FLUSHDB"]);
      if (reply instanceof RedisError) throw reply;
    },
    close: async () => {
      client.disconnect();
    },
  };
}

function refuseReplication(): never {
  throw new Error("Not possible on a real Redis: use the embedded engine");
}

/** Rewrites scripts for Redis, and keeps the name that the caller computed. */
class ScriptNames {
  /** From the caller's hash of a script to Redis's. */
  #rewritten = new Map<Bytes, Bytes>();

  rewrite(command: readonly Bytes[]): readonly Bytes[] {
    const [name = "", first = "", ...rest] = command;
    switch (name.toUpperCase()) {
      case "EVAL":
        return [name, this.#rewriteScript(first), ...rest];
      case "EVALSHA":
        return [name, this.#rewritten.get(first.toLowerCase()) ?? first, ...rest];
      case "SCRIPT":
        if (first.toUpperCase() === "EXISTS") {
          return [name, first, ...rest.map((hash) => this.#rewritten.get(hash.toLowerCase()) ?? hash)];
        }
        return first.toUpperCase() === "LOAD"
          ? [name, first, ...rest.map((script) => this.#rewriteScript(script))]
          : command;
      default:
        return command;
    }
  }

  /** SCRIPT LOAD answers with the script's name. */
  restore([name = "", first = "", script = ""]: readonly Bytes[], reply: Reply): Reply {
    const isLoad = name.toUpperCase() === "SCRIPT" && first.toUpperCase() === "LOAD";
    return isLoad && typeof reply === "string" ? hashScript(script) : reply;
  }

  #rewriteScript(script: Bytes): Bytes {
    const rewritten = toRedisScript(script);
    if (rewritten !== script) this.#rewritten.set(hashScript(script), hashScript(rewritten));
    return rewritten;
  }
}

function readReply(reply: unknown): Reply {
  if (reply instanceof Buffer) return reply.toString("latin1");
  if (Array.isArray(reply)) return reply.map(readReply);
  if (reply instanceof Error) return readError(reply);
  if (reply === null || typeof reply === "number") return reply;
  throw new Error(`Redis gave a ${typeof reply}`);
}

function readError(error: Error): RedisError {
  if (error.name === "ReplyError") return new RedisError(toBytes(error.message));
  throw error;
}
