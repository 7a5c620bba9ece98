import { READS } from "./redis-commands.ts";
import type { CommandTable } from "./redis-embedded/command.ts";
import { hashCommands } from "./redis-embedded/hashes.ts";
import { keyCommands } from "./redis-embedded/keys.ts";
import { Keyspace } from "./redis-embedded/keyspace.ts";
import { listCommands } from "./redis-embedded/lists.ts";
import { createLua } from "./redis-embedded/lua.ts";
import { Replica } from "./redis-embedded/replica.ts";
import { createScriptCommands } from "./redis-embedded/scripts.ts";
import { serverCommands } from "./redis-embedded/server-commands.ts";
import { setCommands } from "./redis-embedded/sets.ts";
import { Snapshot } from "./redis-embedded/snapshot.ts";
import { sortedSetRangeCommands } from "./redis-embedded/sorted-set-ranges.ts";
import { sortedSetCommands } from "./redis-embedded/sorted-sets.ts";
import { stringCommands } from "./redis-embedded/strings.ts";
import { type Bytes, type RedisEngine, RedisError, type Reply } from "./redis-engine.ts";

export interface EmbeddedRedisOptions {
  /** Absent: nothing survives. */
  readonly dataDirectory?: string | undefined;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const dataCommands: CommandTable = {
  ...stringCommands,
  ...keyCommands,
  ...setCommands,
  ...sortedSetCommands,
  ...sortedSetRangeCommands,
  ...hashCommands,
  ...listCommands,
  ...serverCommands,
};

/** How many bytes of an unknown command's arguments Redis repeats. */
const QUOTED_LENGTH = 128;

/** A Redis in this process. Commands, scripts and transactions are atomic because nothing in them waits. */
export async function createEmbeddedRedis({
  dataDirectory,
  now = Date.now,
}: EmbeddedRedisOptions = {}): Promise<RedisEngine> {
  const keys = new Keyspace();
  keys.nowMs = now();
  const snapshot = dataDirectory === undefined ? undefined : await Snapshot.open(dataDirectory, keys);
  let countScriptCall: (() => void) | undefined;
  const lua = await createLua((command) => {
    countScriptCall?.();
    return callFromScript(commands, keys, command);
  });
  const commands: CommandTable = { ...dataCommands, ...createScriptCommands(lua) };
  let replica: Replica | undefined;
  const setLag = (ms: number): void => {
    keys.nowMs = now();
    keys.onChange = undefined;
    replica = ms === 0 ? undefined : new Replica(keys, ms);
  };

  return {
    countsScriptCalls: true,
    replication: {
      setLag,
      failOver: () => {
        if (replica === undefined) throw new Error("Set a lag first: a replica without one has every write");
        keys.nowMs = now();
        keys.replaceBy(replica.at(keys.nowMs));
        setLag(replica.lagMs);
        snapshot?.schedule();
      },
    },
    run: async (command, onScriptCall) => {
      keys.nowMs = now();
      countScriptCall = onScriptCall;
      const isRead = READS.has(command[0]?.toUpperCase() ?? "");
      const reply = execute(commands, (isRead && replica?.at(keys.nowMs)) || keys, command);
      snapshot?.schedule();
      return reply;
    },
    transact: async (queued, onScriptCall) => {
      if (queued.some((command) => findFault(commands, command) !== undefined)) {
        return new RedisError("EXECABORT Transaction discarded because of previous errors.");
      }
      keys.nowMs = now();
      countScriptCall = onScriptCall;
      const replies = queued.map((command) => execute(commands, keys, command));
      snapshot?.schedule();
      return replies;
    },
    reset: async () => {
      keys.clear();
      setLag(0);
      snapshot?.schedule();
    },
    close: async () => {
      lua.close();
      await snapshot?.close();
    },
  };
}

function execute(commands: CommandTable, keys: Keyspace, command: readonly Bytes[]): Reply {
  const fault = findFault(commands, command);
  if (fault !== undefined) return fault;
  const [name = "", ...args] = command;
  try {
    return commands[name.toUpperCase()]?.run(keys, args) ?? null;
  } catch (error) {
    if (error instanceof RedisError) return error;
    throw error;
  }
}

/** What is wrong with a command before it runs, in Redis's words. */
function findFault(commands: CommandTable, [name = "", ...args]: readonly Bytes[]): RedisError | undefined {
  const upper = name.toUpperCase();
  const command = Object.hasOwn(commands, upper) ? commands[upper] : undefined;
  if (command === undefined) {
    const beginning = args.reduce(
      (text, argument) =>
        text.length < QUOTED_LENGTH ? `${text}'${argument.slice(0, QUOTED_LENGTH - text.length)}' ` : text,
      "",
    );
    return new RedisError(`ERR unknown command '${name}', with args beginning with: ${beginning}`);
  }
  const count = args.length + 1;
  const fits = command.arity < 0 ? count >= -command.arity : count === command.arity;
  return fits ? undefined : new RedisError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

/** As `redis.call` does it, which has its own words for what is wrong. */
function callFromScript(commands: CommandTable, keys: Keyspace, command: readonly Bytes[]): Reply {
  const upper = command[0]?.toUpperCase() ?? "";
  if (!Object.hasOwn(commands, upper)) return new RedisError("ERR Unknown Redis command called from script");
  if (findFault(commands, command)) return new RedisError("ERR Wrong number of args calling Redis command from script");
  if (commands[upper]?.notInScripts) return new RedisError("ERR This Redis command is not allowed from script");
  return execute(commands, keys, command);
}
