import {
  type Command,
  type ExpiryForm,
  fitsInteger,
  parseExpiry,
  parseInteger,
  read,
  SYNTAX_ERROR,
  write,
} from "./arguments.ts";
import { collectionCommands } from "./collections.ts";
import { type Bytes, OK, RedisError, type Reply, Status } from "./engine.ts";
import type { Keyspace } from "./keyspace.ts";

const keyCommands: Readonly<Record<string, Command>> = {
  GET: read(2, (keys, [key = ""]) => readString(keys, key)),
  SET: write(-3, set),
  MGET: read(
    -2,
    (keys, names) =>
      names.map((key) => {
        const entry = keys.find(key);
        return entry?.type === "string" ? (entry.data as Bytes) : null;
      }),
    "all",
  ),
  INCR: write(2, (keys, [key = ""]) => increment(keys, key, 1n)),
  DECR: write(2, (keys, [key = ""]) => increment(keys, key, -1n)),
  DEL: write(-2, (keys, names) => names.filter((key) => keys.remove(key)).length, "all"),
  TYPE: read(2, (keys, [key = ""]) => new Status(keys.find(key)?.type ?? "none")),
  PEXPIRE: createExpire("pexpire", { unitMs: 1, absolute: false }),
  PEXPIREAT: createExpire("pexpireat", { unitMs: 1, absolute: true }),
  TTL: createExpiryReader((leftMs) => Math.floor((leftMs + 500) / 1000)),
  PTTL: createExpiryReader((leftMs) => leftMs),
  KEYS: read(2, (keys, [pattern = ""]) => listKeys(keys, pattern), "any"),
  DBSIZE: read(1, (keys) => keys.entries().length, "any"),
  FLUSHDB: write(
    1,
    (keys) => {
      keys.clear();
      return OK;
    },
    "any",
  ),
};

/** Commands on data, by name in capitals. All others but EVAL are refused. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({ ...keyCommands, ...collectionCommands }),
);

function readString(keys: Keyspace, key: Bytes): Bytes | null {
  return keys.read(key, "string") ?? null;
}

/** Of SET's options, NX and a time after it. */
function set(keys: Keyspace, [key = "", data = "", ...words]: readonly Bytes[]): Reply {
  const options = /^(NX ?)?(?:\b(EX|PX)(AT)? (\S+))?$/i.exec(words.join(" "));
  if (!options) throw new RedisError(SYNTAX_ERROR);
  const [, onlyNew, unit = "", at, time] = options;
  const form = { unitMs: /e/i.test(unit) ? 1000 : 1, absolute: at !== undefined } as const;
  const expiresAt = time ? parseExpiry(time, form, keys.nowMs, "set") : null;
  if (time && parseInteger(time) <= 0n) throw new RedisError("ERR invalid expire time in 'set' command");
  if (onlyNew && keys.find(key)) return null;
  keys.write(key, { type: "string", data, expiresAt });
  return OK;
}

function increment(keys: Keyspace, key: Bytes, by: bigint): Reply {
  const sum = parseInteger(readString(keys, key) ?? "0") + by;
  if (!fitsInteger(sum)) throw new RedisError("ERR increment or decrement would overflow");
  keys.write(key, { type: "string", data: String(sum), expiresAt: keys.find(key)?.expiresAt ?? null });
  return Number(sum);
}

function createExpire(name: string, form: ExpiryForm): Command {
  return write(3, (keys, [key = "", time]) => {
    const expiresAt = parseExpiry(time, form, keys.nowMs, name);
    const entry = keys.find(key);
    if (entry === undefined) return 0;
    if (expiresAt <= keys.nowMs) keys.remove(key);
    else keys.write(key, { ...entry, expiresAt });
    return 1;
  });
}

function createExpiryReader(format: (leftMs: number) => number): Command {
  return read(2, (keys, [key = ""]) => {
    const entry = keys.find(key);
    if (entry === undefined) return -2;
    return entry.expiresAt === null ? -1 : format(entry.expiresAt - keys.nowMs);
  });
}

/** Of Redis's patterns, those with `*` only. */
function listKeys(keys: Keyspace, pattern: Bytes): Bytes[] {
  if (/[?[\\]/.test(pattern)) throw new RedisError("ERR the stand-in knows only * in patterns");
  const escaped = pattern.replace(/[.+^${}()|\]]/g, "\\$&");
  const expression = new RegExp(`^${escaped.replaceAll("*", ".*")}$`, "s");
  return keys.entries().flatMap(([key]) => (expression.test(key) ? [key] : []));
}
