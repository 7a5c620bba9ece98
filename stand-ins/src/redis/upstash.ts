import { timingSafeEqual } from "node:crypto";
import type { RedisWork, Service, ServiceRequest } from "../service.ts";
import { COMMANDS } from "./commands.ts";
import { createEmbeddedRedis } from "./embedded.ts";
import {
  ABORTED,
  type Bytes,
  type RedisEngine,
  RedisError,
  type Replication,
  type Reply,
  Status,
  toBytes,
  toText,
} from "./engine.ts";
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
    owns: (path) => PATHS.includes(path),
    operation: ({ path, body }) => nameOperation(path, body),
    answer: async (request) => {
      const readOnly = readOnlyToken !== undefined && isAuthorized(request, readOnlyToken);
      if (!readOnly && !isAuthorized(request, token)) return { status: 401, body: { error: WRONG_TOKEN } };
      if (request.method !== "POST") return { status: 405, body: { error: "ERR method not allowed" } };
      const encode = request.headers["upstash-encoding"] === "base64" ? encodeBase64 : encodePlain;
      const toItem = (reply: Reply) =>
        reply instanceof RedisError ? { error: toText(reply.message) } : { result: encode(reply) };
      const metered = new MeteredEngine(engine);
      const reply = await perform(metered, request, readOnly);
      const work = metered.work;
      if (reply instanceof RedisError) return { status: 400, body: toItem(reply), work };
      return {
        status: 200,
        body: Array.isArray(reply) && request.path !== "/" ? reply.map(toItem) : toItem(reply),
        work,
      };
    },
    replication: engine.replication,
    reset: () => engine.reset(),
    close: () => engine.close(),
  };
}

const PATHS = ["/", "/pipeline", "/multi-exec"];

/** https://upstash.com/docs/redis/troubleshooting/http_unauthorized */
const WRONG_TOKEN = "WRONGPASS invalid or missing auth token";

function isAuthorized({ headers: { authorization = "" } }: ServiceRequest, token: string): boolean {
  const given = Buffer.from(authorization);
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The reply of the one command, or the replies of all. */
async function perform(engine: MeteredEngine, { path, body }: ServiceRequest, readOnly: boolean): Promise<Reply> {
  const parsed = parseJson(body);
  const prepare = (given: unknown): Bytes[] | RedisError => {
    const command = readCommand(given);
    return (readOnly && !(command instanceof RedisError) && findDenied(command)) || command;
  };
  const run = async (command: readonly Bytes[] | RedisError) =>
    command instanceof RedisError ? command : engine.run(command);
  if (path === "/") return run(prepare(parsed));
  if (!Array.isArray(parsed)) return new RedisError("ERR failed to parse pipeline request");
  if (parsed.length === 0) return new RedisError("ERR empty pipeline request");
  const commands = parsed.map(prepare);
  if (path === "/multi-exec") {
    // A command that Upstash does not offer discards the whole transaction.
    const known = commands.filter((command) => Array.isArray(command));
    return known.length < commands.length ? ABORTED : engine.transact(known);
  }
  const replies: Reply[] = [];
  for (const command of commands) replies.push(await run(command));
  return replies;
}

function readCommand(parsed: unknown): Bytes[] | RedisError {
  if (!Array.isArray(parsed)) return new RedisError("ERR failed to parse command");
  if (parsed.length === 0) return new RedisError("ERR empty command");
  if (parsed.includes(null)) return new RedisError("ERR null args are not supported");
  if (parsed.some((argument) => typeof argument === "object")) return new RedisError("ERR failed to parse command");
  const name = String(parsed[0]).toUpperCase();
  if (name !== "EVAL" && !COMMANDS.has(name)) return new RedisError(`ERR Command is not available: '${name}'`);
  return [name, ...parsed.slice(1)].map((argument) => toBytes(String(argument)));
}

/** Upstash's refusal of a command for a read-only token, as users have reported it; null if it may be sent. */
function findDenied([name = ""]: readonly Bytes[]): RedisError | null {
  const command = COMMANDS.get(name);
  // Scripts are not reads, whatever they do, and neither are reads of the whole database allowed.
  if (command?.reads && command.keys !== "any") return null;
  return new RedisError(
    `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command or its subcommand`,
  );
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

/**
 * Runs the commands of one request, and adds up their locks and their bill. Sources:
 * https://upstash.com/docs/redis/features/key-locking and https://upstash.com/docs/redis/overall/pricing
 */
class MeteredEngine {
  #engine: RedisEngine;
  #locked: Set<Bytes> | "database" = new Set();
  #commands = 0;
  #ranScript = false;

  constructor(engine: RedisEngine) {
    this.#engine = engine;
  }

  get work(): RedisWork {
    const locks = this.#locked === "database" ? this.#locked : [...this.#locked].map(toText);
    const isCounted = this.#engine.countsScriptCalls || !this.#ranScript;
    return isCounted ? { locks, commands: this.#commands } : { locks };
  }

  run(command: readonly Bytes[]): Promise<Reply> {
    const [name, script = "", count, ...rest] = command;
    if (name === "FLUSHDB") this.#lock("database");
    if (name === "EVAL") this.#lock(locksOnlyItsKeys(script) ? rest.slice(0, Number(count)) : "database");
    this.#bill(command);
    return this.#engine.run(command, this.#countScriptCall);
  }

  /** A transaction locks the keys of all its commands, and the database if one is a script, whatever its flags. */
  async transact(commands: readonly (readonly Bytes[])[]): Promise<Reply[] | RedisError> {
    const replies = await this.#engine.transact(commands, this.#countScriptCall);
    if (replies instanceof RedisError) return replies;
    for (const command of commands) {
      const [name = "", ...args] = command;
      const keys = COMMANDS.get(name)?.keys ?? "any";
      this.#lock(keys === "any" ? "database" : keys === "none" ? [] : args.slice(0, keys === "first" ? 1 : undefined));
      this.#bill(command);
    }
    return replies;
  }

  #lock(keys: readonly Bytes[] | "database"): void {
    if (this.#locked === "database") return;
    this.#locked = keys === "database" ? keys : new Set([...this.#locked, ...keys]);
  }

  /** "Operational commands like AUTH, INFO, PING, … are not charged." */
  #bill([name]: readonly Bytes[]): void {
    if (name !== "PING") this.#commands += 1;
    if (name === "EVAL") this.#ranScript = true;
  }

  #countScriptCall = (): void => {
    this.#commands += 1;
  };
}

function encodePlain(reply: Reply): unknown {
  return mapStrings(reply, toText);
}

function encodeBase64(reply: Reply): unknown {
  // The client decodes every string but a bare `OK`; inside an array it would decode that one too.
  if (reply === "OK" || (reply instanceof Status && reply.text === "OK")) return "OK";
  return mapStrings(reply, (bytes) => Buffer.from(bytes, "latin1").toString("base64"));
}

function mapStrings(reply: Reply, map: (bytes: Bytes) => string): unknown {
  if (Array.isArray(reply)) return reply.map((item) => mapStrings(item, map));
  if (reply instanceof RedisError) return map(reply.message);
  if (reply instanceof Status) return map(reply.text);
  return typeof reply === "string" ? map(reply) : reply;
}
