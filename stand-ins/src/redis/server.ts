import { Redis } from "ioredis";
import { type Bytes, type RedisEngine, RedisError, type Reply, toBytes } from "./engine.ts";
import { toRedisScript } from "./scripts.ts";

const CONNECT_TIMEOUT_MS = 2_000;

/** A real Redis. Rejects if there is none at `url`. */
export async function connectRedisServer(url: string): Promise<RedisEngine> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // A transaction must not be sent again in part on a new connection.
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(attempt * 50, 1_000),
  });
  // Without a listener ioredis prints every failed attempt; the calls themselves reject.
  client.on("error", () => {});
  await client.connect().catch((error) => {
    client.disconnect();
    throw new Error(`No Redis at ${new URL(url).host}`, { cause: error });
  });

  const send = ([name = "", ...args]: readonly Bytes[]): Promise<Reply> => {
    // Capitals, because ioredis reshapes the replies of commands that it knows by their lower-case names.
    const upper = name.toUpperCase();
    const [script = ""] = args;
    return client
      .callBuffer(
        upper,
        ...(upper === "EVAL" ? args.with(0, toRedisScript(script)) : args).map((argument) =>
          Buffer.from(argument, "latin1"),
        ),
      )
      .then(readReply, readError);
  };
  const refuseReplication = (): never => {
    throw new Error("Not possible on a real Redis");
  };

  return {
    countsScriptCalls: false,
    replication: { setLag: refuseReplication, failOver: refuseReplication },
    run: send,
    transact: async (commands) => {
      // All in one tick on one connection, so nothing of another request comes between.
      const replies = await Promise.all([["MULTI"], ...commands, ["EXEC"]].map(send));
      return replies.at(-1) as Reply[] | RedisError;
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

function readReply(reply: unknown): Reply {
  if (reply instanceof Buffer) return reply.toString("latin1");
  if (Array.isArray(reply)) return reply.map(readReply);
  if (reply instanceof Error) return readError(reply);
  return reply as number | null;
}

function readError(error: Error): RedisError {
  if (error.name === "ReplyError") return new RedisError(toBytes(error.message));
  throw error;
}
