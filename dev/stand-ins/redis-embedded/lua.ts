import { type Bytes, RedisError, type Reply, Status } from "../redis-engine.ts";
import { hashScript, toRedisScript } from "../redis-scripts.ts";
import { formatPrecisely } from "./arguments.ts";
import { LUA_PRELUDE } from "./lua-prelude.ts";
import { LUA_TYPE, LuaState } from "./lua-state.ts";

export interface Lua {
  /** Throws a `RedisError` with the compiler's message. */
  compile(hash: string, script: Bytes): void;
  /** Runs what was compiled under that hash. */
  run(hash: string, input: { readonly keys: readonly Bytes[]; readonly args: readonly Bytes[] }): Reply;
  close(): void;
}

/** Redis's Lua is 5.1: all numbers are doubles, which newer versions and their relatives do differently. */
export async function createLua(call: (command: readonly Bytes[]) => Reply): Promise<Lua> {
  const state = await LuaState.open();
  const { api, address } = state;
  const runner = loadPrelude(state, call);
  api._lua_createtable(address, 0, 0);
  const scripts = api._lua_gettop(address);
  /** Where each compiled script lies in that table. */
  const positions = new Map<string, number>();

  return {
    compile: (hash, script) => {
      if (positions.has(hash)) return;
      if (!state.load(toRedisScript(script), "@user_script")) {
        const message = state.readString(-1);
        state.pop();
        throw new RedisError(`ERR Error compiling script (new function): ${message}`);
      }
      positions.set(hash, positions.size + 1);
      api._lua_rawseti(address, scripts, positions.size);
    },
    run: (hash, { keys, args }) => {
      const position = positions.get(hash);
      if (position === undefined) throw new Error(`No script ${hash}`);
      const top = api._lua_gettop(address);
      try {
        api._lua_pushvalue(address, runner);
        api._lua_rawgeti(address, scripts, position);
        state.pushReply([...keys]);
        state.pushReply([...args]);
        if (api._lua_pcall(address, 3, 2, 0) !== 0) throw new Error(`Lua failed: ${state.readString(-1)}`);
        return api._lua_toboolean(address, -2) === 1 ? readResult(state) : readFailure(state, hash);
      } finally {
        api._lua_settop(address, top);
      }
    },
    close: () => state.close(),
  };
}

/** The position of the function that runs scripts. */
function loadPrelude(state: LuaState, call: (command: readonly Bytes[]) => Reply): number {
  const { api, address } = state;
  if (!state.load(LUA_PRELUDE, "@prelude")) throw new Error(state.readString(-1));
  state.pushFunction(() => {
    const reply = invoke(state, call);
    state.pushReply(reply);
    // Raised here and not in Lua: `return redis.call(…)` would take the script's line off the stack.
    if (reply instanceof RedisError) api._lua_error(state.address);
  });
  state.pushFunction(() => state.pushReply(invoke(state, call)));
  state.pushFunction(() => state.pushString(hashScript(state.readString(1))));
  if (api._lua_pcall(address, 3, 1, 0) !== 0) throw new Error(state.readString(-1));
  return api._lua_gettop(address);
}

function invoke(state: LuaState, call: (command: readonly Bytes[]) => Reply): Reply {
  const command: Bytes[] = [];
  for (let index = 1; index <= state.api._lua_gettop(state.address); index += 1) {
    const type = state.typeAt(index);
    if (type === LUA_TYPE.number) command.push(formatPrecisely(state.api._lua_tonumber(state.address, index)));
    else if (type === LUA_TYPE.string) command.push(state.readString(index));
    else return new RedisError("ERR Lua redis lib command arguments must be strings or integers");
  }
  if (command.length === 0) return new RedisError("ERR Please specify at least one argument for this redis lib call");
  return call(command);
}

/** The value on top of the stack as a reply. Takes it off. */
function readResult(state: LuaState): Reply {
  const reply = readTop(state);
  state.pop();
  return reply;
}

function readTop(state: LuaState): Reply {
  switch (state.typeAt(-1)) {
    case LUA_TYPE.boolean:
      return state.api._lua_toboolean(state.address, -1) === 1 ? 1 : null;
    case LUA_TYPE.number:
      return Math.trunc(state.api._lua_tonumber(state.address, -1));
    case LUA_TYPE.string:
      return state.readString(-1);
    case LUA_TYPE.table:
      return readTable(state);
    default:
      return null;
  }
}

function readTable(state: LuaState): Reply {
  const error = state.readField(-1, "err");
  if (error !== undefined) return new RedisError(error);
  const status = state.readField(-1, "ok");
  if (status !== undefined) return new Status(status);
  const items: Reply[] = [];
  for (let position = 1; ; position += 1) {
    state.api._lua_rawgeti(state.address, -1, position);
    if (state.typeAt(-1) === LUA_TYPE.nil) {
      state.pop();
      return items;
    }
    items.push(readResult(state));
  }
}

function readFailure(state: LuaState, hash: string): RedisError {
  const message = state.readField(-1, "err") ?? "ERR unknown error";
  const place = state.readField(-1, "at");
  return new RedisError(`${message} script: ${hash}${place === undefined ? "" : `, on ${place}.`}`);
}
