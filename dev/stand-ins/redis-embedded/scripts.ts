import { type Bytes, OK, RedisError, type Reply } from "../redis-engine.ts";
import { hashScript } from "../redis-scripts.ts";
import { parseIndex, SYNTAX_ERROR } from "./arguments.ts";
import type { CommandTable } from "./command.ts";
import type { Lua } from "./lua.ts";

const NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";

/** EVAL and its kin. Scripts are known by their SHA-1, and forgotten when the process ends. */
export function createScriptCommands(lua: Lua): CommandTable {
  const loaded = new Set<string>();

  const load = (script: Bytes): string => {
    const hash = hashScript(script);
    if (!loaded.has(hash)) lua.compile(hash, script);
    loaded.add(hash);
    return hash;
  };

  const manage: Record<string, (args: readonly Bytes[]) => Reply> = {
    LOAD: ([script = ""]) => load(script),
    EXISTS: (hashes) => hashes.map((hash) => (loaded.has(hash.toLowerCase()) ? 1 : 0)),
    FLUSH: ([mode]) => {
      if (mode !== undefined && !/^(?:ASYNC|SYNC)$/i.test(mode)) throw new RedisError(SYNTAX_ERROR);
      loaded.clear();
      return OK;
    },
  };

  return {
    EVAL: {
      arity: -3,
      notInScripts: true,
      run: (_keys, [script = "", ...rest]) => {
        const given = splitKeys(rest);
        return lua.run(load(script), given);
      },
    },
    EVALSHA: {
      arity: -3,
      notInScripts: true,
      run: (_keys, [hash = "", ...rest]) => {
        const given = splitKeys(rest);
        if (!loaded.has(hash.toLowerCase())) throw new RedisError(NO_SCRIPT);
        return lua.run(hash.toLowerCase(), given);
      },
    },
    SCRIPT: {
      arity: -2,
      notInScripts: true,
      run: (_keys, [verb = "", ...args]) => {
        const act = manage[verb.toUpperCase()];
        if (act === undefined) throw new RedisError(`ERR unknown subcommand '${verb}'. Try SCRIPT HELP.`);
        const wanted =
          verb.toUpperCase() === "LOAD" ? args.length === 1 : verb.toUpperCase() === "FLUSH" || args.length > 0;
        if (!wanted) throw new RedisError(`ERR wrong number of arguments for 'script|${verb.toLowerCase()}' command`);
        return act(args);
      },
    },
  };
}

export interface ScriptInput {
  readonly keys: readonly Bytes[];
  readonly args: readonly Bytes[];
}

function splitKeys([count, ...rest]: readonly Bytes[]): ScriptInput {
  const keyCount = parseIndex(count);
  if (keyCount > rest.length) throw new RedisError("ERR Number of keys can't be greater than number of args");
  if (keyCount < 0) throw new RedisError("ERR Number of keys can't be negative");
  return { keys: rest.slice(0, keyCount), args: rest.slice(keyCount) };
}
