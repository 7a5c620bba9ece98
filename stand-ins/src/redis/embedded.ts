import { type Command, parseIndex } from "./arguments.ts";
import { COMMANDS } from "./commands.ts";
import { DataFile } from "./data-file.ts";
import { ABORTED, type Bytes, type RedisEngine, RedisError, type Reply } from "./engine.ts";
import { Keyspace, Replica } from "./keyspace.ts";
import { createLua } from "./lua.ts";

export interface EmbeddedRedisOptions {
  /** Absent: nothing survives. */
  readonly dataDirectory?: string | undefined;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A Redis in this process. Commands, scripts and transactions are atomic because they run synchronously. */
export async function createEmbeddedRedis({
  dataDirectory,
  now = Date.now,
}: EmbeddedRedisOptions = {}): Promise<RedisEngine> {
  const keys = new Keyspace();
  keys.nowMs = now();
  const file = dataDirectory === undefined ? undefined : new DataFile(dataDirectory, keys);
  let countScriptCall: (() => void) | undefined;
  const lua = await createLua((command) => {
    countScriptCall?.();
    return callFromScript(keys, command);
  });
  const commands = new Map<string, Command>([
    ...COMMANDS,
    ["EVAL", { arity: -3, keys: "any", reads: false, run: evaluate }],
  ]);

  function evaluate(_: Keyspace, [script = "", count, ...rest]: readonly Bytes[]): Reply {
    const keyCount = parseIndex(count);
    if (keyCount > rest.length) throw new RedisError("ERR Number of keys can't be greater than number of args");
    if (keyCount < 0) throw new RedisError("ERR Number of keys can't be negative");
    return lua.run(script, rest.slice(0, keyCount), rest.slice(keyCount));
  }

  let replica: Replica | undefined;
  const setLag = (ms: number): void => {
    keys.nowMs = now();
    keys.onChange = undefined;
    replica = ms === 0 ? undefined : new Replica(keys, ms);
  };
  /** Runs commands at one moment, and keeps what they changed. */
  const perform = <T>(onScriptCall: (() => void) | undefined, work: () => T): T => {
    keys.nowMs = now();
    countScriptCall = onScriptCall;
    const result = work();
    file?.schedule();
    return result;
  };

  return {
    countsScriptCalls: true,
    replication: {
      setLag,
      failOver: () => {
        if (replica === undefined) throw new Error("There is no lag");
        keys.nowMs = now();
        keys.replaceBy(replica.at(keys.nowMs).entries());
        setLag(replica.lagMs);
        file?.schedule();
      },
    },
    run: async (command, onScriptCall) =>
      perform(onScriptCall, () => {
        const reads = commands.get(command[0]?.toUpperCase() ?? "")?.reads;
        return execute(commands, reads && replica ? replica.at(keys.nowMs) : keys, command);
      }),
    transact: async (queued, onScriptCall) =>
      queued.some((command) => findFault(commands, command))
        ? ABORTED
        : perform(onScriptCall, () => queued.map((command) => execute(commands, keys, command))),
    reset: async () => {
      keys.clear();
      setLag(0);
      file?.schedule();
    },
    close: async () => {
      lua.close();
      file?.write();
    },
  };
}

type Commands = ReadonlyMap<string, Command>;

function execute(commands: Commands, keys: Keyspace, command: readonly Bytes[]): Reply {
  const [name = "", ...args] = command;
  try {
    return findFault(commands, command) ?? commands.get(name.toUpperCase())?.run(keys, args) ?? null;
  } catch (error) {
    if (error instanceof RedisError) return error;
    throw error;
  }
}

/** The mistake in a command before it runs, in Redis's words. */
function findFault(commands: Commands, words: readonly Bytes[]): RedisError | undefined {
  const [name = ""] = words;
  const { arity = 0 } = commands.get(name.toUpperCase()) ?? {};
  const fits = arity < 0 ? words.length >= -arity : words.length === arity;
  return fits ? undefined : new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

/** `redis.call`, which has its own words for mistakes. */
function callFromScript(keys: Keyspace, command: readonly Bytes[]): Reply {
  if (!COMMANDS.has(command[0]?.toUpperCase() ?? ""))
    return new RedisError("ERR Unknown Redis command called from script");
  if (findFault(COMMANDS, command)) return new RedisError("ERR Wrong number of args calling Redis command from script");
  return execute(COMMANDS, keys, command);
}
