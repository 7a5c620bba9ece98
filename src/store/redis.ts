import { Redis as UpstashClient } from "@upstash/redis/cloudflare";
import type { Config } from "../config/config.ts";
import { callUpstream } from "./upstream.ts";

/** A Redis command: its name, then its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]];

/**
 * Sends one command. `operation` names it in the log. Text stays text, even if it looks like a number or JSON. Throws
 * StoreUnavailable if the command was refused or failed, or if its outcome is unknown.
 */
export type Redis = <T>(operation: string, command: Command) => Promise<T>;

/**
 * Redis over Upstash's REST API, with one attempt for each command. The client's other features are turned off: its
 * retries take 4 s and repeat commands that may have run, pipelines would double the CPU time of a command, base64 is
 * for binary values, and text that looks like a number or JSON must stay text.
 */
export function createRedis({ redis }: Pick<Config, "redis">): Redis {
  const made = clients.get(redis) ?? connect(redis);
  clients.set(redis, made);
  return made;
}

/** One for each isolate: creating a client creates some 200 functions, and it keeps nothing of a request. */
const clients = new WeakMap<Config["redis"], Redis>();

function connect({ url, token }: Config["redis"]): Redis {
  let signal: AbortSignal | undefined;
  const client = new UpstashClient({
    url,
    token,
    retry: { retries: 0 },
    responseEncoding: false,
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    readYourWrites: false,
    // Must be a function. If it is a signal, the client resolves an abort as an empty answer, which would mean "no such
    // session". The client calls it before it first awaits, so each call gets the signal that was set for it.
    signal: () => signal as AbortSignal,
  });
  return <T>(operation: string, command: Command) =>
    callUpstream("redis", operation, (ownSignal) => {
      signal = ownSignal;
      return send(client, command) as Promise<T>;
    });
}

function send(client: UpstashClient, [name, ...args]: Command): Promise<unknown> {
  const [first = "", ...rest] = args;
  switch (name) {
    case "EVAL": {
      const [count = 0, ...values] = rest;
      return client.eval(`${first}`, values.slice(0, Number(count)).map(String), values.slice(Number(count)));
    }
    case "HDEL":
      return client.hdel(`${first}`, ...rest.map(String));
    case "DEL":
      return client.del(...args.map(String));
    // Only ever sent with NX and PXAT: see `useOnce`.
    case "SET":
      return client.set(`${first}`, `${rest[0]}`, { nx: true, pxat: Number(rest[3]) });
    default:
      throw new TypeError(`Nothing sends ${name}`);
  }
}

/**
 * Lets Upstash lock only the keys that a script declares, which must be all keys that it touches. A script without this
 * line locks the whole database. https://upstash.com/docs/redis/features/key-locking
 */
const LOCK_NAMED_KEYS = "#!lua flags=allow-key-locking\n";

/** The command that runs `script` atomically, at the leader. The script touches no key but `keys`. */
export function evaluate(script: string, keys: readonly string[], args: readonly (string | number)[] = []): Command {
  return ["EVAL", LOCK_NAMED_KEYS + script, keys.length, ...keys, ...args];
}
