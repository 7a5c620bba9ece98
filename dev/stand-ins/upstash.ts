import { timingSafeEqual } from "node:crypto";
import { READS } from "./redis-commands.ts";
import { createEmbeddedRedis } from "./redis-embedded.ts";
import { type Bytes, RedisError, type Replication, type Reply, Status, toText } from "./redis-engine.ts";
import { connectRedisServer } from "./redis-server.ts";
import type { Service, ServiceAnswer, ServiceRequest } from "./service.ts";
import { parseCommand, parseCommands, parseOperation } from "./upstash-request.ts";
import { MeteredEngine, UpstashLocks } from "./upstash-work.ts";

export interface UpstashOptions {
  readonly token: string;
  /** Absent: there is none. */
  readonly readOnlyToken?: string;
  /** `redis://…` of a real server. Absent: the embedded engine. */
  readonly redis?: string;
  /** For the embedded engine. */
  readonly dataDirectory?: string;
}

/** The service, and what happens between the replicas behind it. */
export interface Upstash extends Service {
  readonly replication: Replication;
}

/**
 * Upstash's REST protocol, as far as the `@upstash/redis` client uses it.
 * Source: https://upstash.com/docs/redis/features/restapi and the client's own code.
 */
export async function createUpstash({ token, readOnlyToken, redis, dataDirectory }: UpstashOptions): Promise<Upstash> {
  const engine = redis === undefined ? await createEmbeddedRedis({ dataDirectory }) : await connectRedisServer(redis);
  const locks = new UpstashLocks();

  const answerPath: Record<string, AnswerPath> = {
    "/": async (metered, { body, encode, readOnly }) => {
      const command = parseCommand(body);
      if (command instanceof RedisError) return refuse(command);
      const reply = (readOnly ? findDenied(command) : null) ?? (await metered.run(command));
      return reply instanceof RedisError ? refuse(reply) : { status: 200, body: { result: encode(reply) } };
    },
    "/pipeline": async (metered, { body, encode, readOnly }) => {
      const commands = parseCommands(body);
      if (commands instanceof RedisError) return refuse(commands);
      const replies: Reply[] = [];
      for (const command of commands) {
        const refused = command instanceof RedisError ? command : readOnly ? findDenied(command) : null;
        replies.push(refused ?? (await metered.run(command as Bytes[])));
      }
      return { status: 200, body: replies.map((reply) => toItem(reply, encode)) };
    },
    "/multi-exec": async (metered, { body, encode, readOnly }) => {
      const commands = parseCommands(body);
      if (commands instanceof RedisError) return refuse(commands);
      const denied = readOnly ? commands.map((each) => (each instanceof RedisError ? null : findDenied(each))) : [];
      if (denied.some((refusal) => refusal !== null)) return refuse(ABORTED);
      const known = commands.flatMap((command) => (command instanceof RedisError ? [] : [command]));
      const replies = known.length < commands.length ? ABORTED : await metered.transact(known);
      if (replies instanceof RedisError) return refuse(replies);
      return { status: 200, body: replies.map((reply) => toItem(reply, encode)) };
    },
  };

  return {
    name: "redis",
    owns: (path) => Object.hasOwn(answerPath, path),
    operation: ({ path, body }) => parseOperation(path, body),
    answer: async (request) => {
      const readOnly = readOnlyToken !== undefined && isAuthorized(request, readOnlyToken);
      if (!readOnly && !isAuthorized(request, token)) return { status: 401, body: { error: WRONG_TOKEN } };
      if (request.method !== "POST") return { status: 405, body: { error: "ERR method not allowed" } };
      const encode = request.headers["upstash-encoding"] === "base64" ? encodeBase64 : encodePlain;
      const answer = answerPath[request.path];
      if (answer === undefined) return { status: 404, body: { error: "ERR not found" } };
      const metered = new MeteredEngine(engine, locks);
      return { ...(await answer(metered, { body: request.body, encode, readOnly })), work: metered.work };
    },
    replication: engine.replication,
    reset: () => engine.reset(),
    close: () => engine.close(),
  };
}

type Encode = (reply: Reply) => unknown;

type AnswerPath = (
  metered: MeteredEngine,
  asked: { readonly body: string; readonly encode: Encode; readonly readOnly: boolean },
) => Promise<ServiceAnswer>;

/** https://upstash.com/docs/redis/troubleshooting/http_unauthorized */
const WRONG_TOKEN = "WRONGPASS invalid or missing auth token";

/** Reads of the whole database, which a read-only token may not send. Scripts are not reads, whatever they do. */
const RESTRICTED_READS = new Set(["DBSIZE", "KEYS", "SCAN"]);

/** Upstash's refusal of a command that a read-only token may not send, as people have met it; null if it may. */
function findDenied([name = ""]: readonly Bytes[]): RedisError | null {
  const upper = name.toUpperCase();
  if (READS.has(upper) && !RESTRICTED_READS.has(upper)) return null;
  return new RedisError(
    `NOPERM this user has no permissions to run the '${name.toLowerCase()}' command or its subcommand`,
  );
}

/** A command that Upstash does not offer discards the whole transaction. */
const ABORTED = new RedisError("EXECABORT Transaction discarded because of previous errors.");

function isAuthorized(request: ServiceRequest, token: string): boolean {
  const { authorization = "" } = request.headers;
  const given = Buffer.from(authorization);
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function refuse(error: RedisError): ServiceAnswer {
  return { status: 400, body: { error: toText(error.message) } };
}

function toItem(reply: Reply, encode: Encode) {
  return reply instanceof RedisError ? { error: toText(reply.message) } : { result: encode(reply) };
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
