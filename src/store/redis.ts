// The transport of Upstash's client, without its 200 commands: docs/decisions/0007-upstash-transport.md.
import { HttpClient } from "../../node_modules/@upstash/redis/chunk-4WQYU7T6.mjs";
import type { Config } from "../config/config.ts";
import { reach } from "./upstream.ts";

/** One command as Redis is told it: its name, then its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]];

/**
 * Sends one command; `operation` names it in the log. Answers as Redis does: text stays text, also where it looks like
 * a number or JSON. Throws StoreUnavailable if it was refused, failed, or nobody can tell.
 */
export type Redis = <T>(operation: string, command: Command) => Promise<T>;

/**
 * Redis over Upstash's REST API, one attempt a command. The client's own retries take 4 s of back-off and repeat what may
 * have been done. The signal must come from a function: given as it is, the client resolves an abort as an empty answer,
 * which would read as "no such session". Base64, the client's default, is for values that are not text; ours all are.
 */
export function createRedis({ redis: { url, token } }: Pick<Config, "redis">): Redis {
  const client = new HttpClient({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}` },
    retry: { retries: 0 },
    responseEncoding: false,
  });
  return <T>(operation: string, command: Command) =>
    reach("redis", operation, async (signal) => {
      const { result } = await client.request<T>({ body: command, signal: () => signal });
      return result as T;
    });
}

/**
 * Lets Upstash lock only the keys that a script names, all of which it must name. A script without this line locks the whole
 * database. https://upstash.com/docs/redis/features/key-locking
 */
const LOCK_NAMED_KEYS = "#!lua flags=allow-key-locking\n";

/** The command that runs `script` at once and alone, at the leader. The script touches no key but `keys`. */
export function evaluate(script: string, keys: readonly string[], args: readonly (string | number)[] = []): Command {
  return ["EVAL", LOCK_NAMED_KEYS + script, keys.length, ...keys, ...args];
}
