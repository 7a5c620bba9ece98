import { type Bytes, RedisError, toBytes } from "./redis-engine.ts";

/** Commands that mean something to one connection only. Over HTTP there is none, so Upstash refuses them. */
const CONNECTION_COMMANDS = new Set(
  (
    "AUTH BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT DISCARD EXEC HELLO MONITOR MULTI " +
    "PSUBSCRIBE PUNSUBSCRIBE QUIT RESET SELECT SHUTDOWN SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE UNSUBSCRIBE UNWATCH WAIT WATCH"
  ).split(" "),
);

/** The body of a request to `/`: `["SET", "key", "value"]`. */
export function parseCommand(body: string): Bytes[] | RedisError {
  return readCommand(parseJson(body));
}

/** The body of a request to `/pipeline` or `/multi-exec`. A command that is refused by itself is an error in its place. */
export function parseCommands(body: string): (Bytes[] | RedisError)[] | RedisError {
  const commands = parseJson(body);
  if (!Array.isArray(commands)) return new RedisError("ERR failed to parse pipeline request");
  if (commands.length === 0) return new RedisError("ERR empty pipeline request");
  return commands.map(readCommand);
}

/** `MGET`, `EVAL read session`, or `SET+ZADD` for a pipeline or transaction; `?` where there is no command to be read. */
export function parseOperation(path: string, body: string): string {
  const parsed = parseJson(body);
  const commands = path === "/" || !Array.isArray(parsed) ? [parsed] : parsed;
  return commands.map(nameCommand).join("+");
}

/** A script that begins with a comment is named by it: `EVAL read session`. */
function nameCommand(command: unknown): string {
  if (!Array.isArray(command)) return "?";
  const name = String(command[0]).toUpperCase();
  const [, comment] = /^(?:#!lua[^\n]*\n)?-- ([^\n]+)\n/.exec(name === "EVAL" ? String(command[1]) : "") ?? [];
  return comment === undefined ? name : `${name} ${comment}`;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readCommand(parsed: unknown): Bytes[] | RedisError {
  if (!Array.isArray(parsed)) return new RedisError("ERR failed to parse command");
  if (parsed.length === 0) return new RedisError("ERR empty command");
  if (parsed.includes(null)) return new RedisError("ERR null args are not supported");
  if (parsed.some((argument) => typeof argument === "object")) return new RedisError("ERR failed to parse command");
  const name = String(parsed[0]).toUpperCase();
  if (CONNECTION_COMMANDS.has(name)) return new RedisError(`ERR Command is not available: '${name}'`);
  return [name, ...parsed.slice(1)].map((argument) => toBytes(String(argument)));
}
