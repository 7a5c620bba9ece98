import type { RedisWork, Service } from "../service.ts";
import { COMMANDS } from "./commands.ts";
import { createEmbeddedRedis } from "./embedded.ts";
import { ABORTED, type Bytes, RedisError, type Replication, type Reply, Status, toBytes, toText } from "./engine.ts";
import { locksOnlyItsKeys } from "./scripts.ts";

export interface UpstashOptions {
  readonly token: string;
  /** Absent: there is none. */
  readonly readOnlyToken?: string | undefined;
  /** `redis://…` of a real server. Absent: the embedded engine. */
  readonly redis?: string | undefined;
  /** For the embedded engine. Absent: nothing survives. */
  readonly dataDirectory?: string | undefined;
}

/** The service, and the replicas behind it. */
export interface Upstash extends Service {
  readonly replication: Replication;
}

/**
 * Upstash's REST protocol, as far as the `@upstash/redis` client uses it. Rejects if the engine cannot be reached.
 * Source: https://upstash.com/docs/redis/features/restapi and the client's own code.
 */
export async function createUpstash({ token, readOnlyToken, redis, dataDirectory }: UpstashOptions): Promise<Upstash> {
  const engine =
    redis === undefined
      ? await createEmbeddedRedis({ dataDirectory })
      : await (await import("./server.ts")).connectRedisServer(redis);

  return {
    name: "redis",
    owns: (path) => ["/", "/pipeline", "/multi-exec"].includes(path),
    operation: ({ path, body }) => nameOperation(path, body),
    answer: async ({ path, headers, body }) => {
      const readOnly = readOnlyToken !== undefined && headers.authorization === `Bearer ${readOnlyToken}`;
      if (!readOnly && headers.authorization !== `Bearer ${token}`)
        return { status: 401, body: { error: WRONG_TOKEN } };
      const show = headers["upstash-encoding"] === "base64" ? toBase64 : toText;
      const toItem = (reply: Reply) => {
        if (reply instanceof RedisError) return { error: toText(reply.message) };
        // The client decodes every string but a bare `OK`; inside an array it would decode that one too.
        const isOk = reply === "OK" || (reply instanceof Status && reply.text === "OK");
        return { result: encode(reply, isOk ? toText : show) };
      };

      const ran: Bytes[][] = [];
      let commands = 0;
      const countCommand = () => {
        commands += 1;
      };
      const run = async (command: Bytes[] | RedisError) => {
        if (command instanceof RedisError) return command;
        ran.push(command);
        return engine.run(command, countCommand);
      };
      const transact = async (queued: (Bytes[] | RedisError)[]) => {
        // A command that Upstash does not offer discards the whole transaction.
        const known = queued.filter((command) => Array.isArray(command));
        if (known.length < queued.length) return ABORTED;
        const replies = await engine.transact(known, countCommand);
        if (Array.isArray(replies)) ran.push(...known);
        return replies;
      };
      const perform = async (): Promise<Reply> => {
        const parsed = parseJson(body);
        if (path === "/") return run(readCommand(parsed, readOnly));
        if (!Array.isArray(parsed)) return new RedisError("ERR failed to parse pipeline request");
        const queued = parsed.map((given) => readCommand(given, readOnly));
        if (path === "/multi-exec") return transact(queued);
        const replies: Reply[] = [];
        for (const command of queued) replies.push(await run(command));
        return replies;
      };

      const reply = await perform();
      const locks = joinLocks(ran.map((command) => findLocks(command, path === "/multi-exec")));
      const isCounted = engine.countsScriptCalls || !ran.some(([name]) => name === "EVAL");
      commands += ran.length;
      return {
        status: reply instanceof RedisError ? 400 : 200,
        body: path !== "/" && Array.isArray(reply) ? reply.map(toItem) : toItem(reply),
        work: isCounted ? { locks, commands } : { locks },
      };
    },
    replication: engine.replication,
    reset: () => engine.reset(),
    close: () => engine.close(),
  };
}

/** https://upstash.com/docs/redis/troubleshooting/http_unauthorized */
const WRONG_TOKEN = "WRONGPASS invalid or missing auth token";

/** A command, or Upstash's refusal of it. */
function readCommand(parsed: unknown, readOnly: boolean): Bytes[] | RedisError {
  if (!Array.isArray(parsed) || parsed.length === 0 || parsed.some((argument) => typeof argument === "object")) {
    return new RedisError("ERR failed to parse command");
  }
  const name = String(parsed[0]).toUpperCase();
  const command = COMMANDS.get(name);
  if (name !== "EVAL" && !command) return new RedisError(`ERR Command is not available: '${name}'`);
  // Neither scripts, even if they only read, nor reads of the whole database are for a read-only token.
  if (readOnly && !(command?.reads && command.keys !== "any")) {
    // As users have reported it.
    const denied = `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command or its subcommand`;
    return new RedisError(denied);
  }
  return [name, ...parsed.slice(1)].map((argument) => toBytes(String(argument)));
}

type Locks = readonly Bytes[] | "database";

/**
 * A transaction locks the keys of all its commands, and the database if one is a script, whatever its flags.
 * Source: https://upstash.com/docs/redis/features/key-locking
 */
function findLocks([name = "", ...args]: readonly Bytes[], inTransaction: boolean): Locks {
  const [script = "", count] = args;
  if (name === "FLUSHDB") return "database";
  if (inTransaction) {
    const keys = COMMANDS.get(name)?.keys ?? "any";
    return keys === "any" ? "database" : args.slice(0, keys === "first" ? 1 : undefined);
  }
  if (name !== "EVAL") return [];
  return locksOnlyItsKeys(script) ? args.slice(2, 2 + Number(count)) : "database";
}

function joinLocks(locks: readonly Locks[]): RedisWork["locks"] {
  return locks.includes("database") ? "database" : [...new Set(locks.flat())].map(toText);
}

/** `MGET`, `EVAL read session`, or `SET+ZADD` for a pipeline or transaction; `?` if there is no command to be read. */
function nameOperation(path: string, body: string): string {
  const parsed = parseJson(body);
  const commands = path === "/" || !Array.isArray(parsed) ? [parsed] : parsed;
  return commands
    .map((command) => {
      if (!Array.isArray(command)) return "?";
      const name = String(command[0]).toUpperCase();
      // A script that begins with a comment is named by it.
      const [, comment] = /^(?:#!lua[^\n]*\n)?-- ([^\n]+)\n/.exec(name === "EVAL" ? String(command[1]) : "") ?? [];
      return comment === undefined ? name : `${name} ${comment}`;
    })
    .join("+");
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function encode(reply: Reply, show: (bytes: Bytes) => string): unknown {
  if (Array.isArray(reply)) return reply.map((item) => encode(item, show));
  if (reply instanceof RedisError) return show(reply.message);
  if (reply instanceof Status) return show(reply.text);
  return typeof reply === "string" ? show(reply) : reply;
}

const toBase64 = (bytes: Bytes) => Buffer.from(bytes, "latin1").toString("base64");
