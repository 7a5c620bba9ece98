import { formatPrecisely } from "./arguments.ts";
import { type Bytes, RedisError, type Reply, Status } from "./engine.ts";
import { LuaState, TYPE } from "./lua-state.ts";
import { hashScript, toRedisScript } from "./scripts.ts";

export interface Lua {
  /** Runs a script, which is compiled once. Throws a `RedisError` with the compiler's message. */
  run(script: Bytes, keys: readonly Bytes[], args: readonly Bytes[]): Reply;
  close(): void;
}

type Call = (command: readonly Bytes[]) => Reply;

/**
 * The environment of scripts, written in Lua. Called with the host's functions; returns a function that runs a compiled
 * script.
 *
 * The environment refuses new globals and unknown names as Redis does, and hides modules that reach outside (`os`, `io`,
 * `debug`). An error becomes `{err = …, at = "@user_script:<line>"}`.
 */
const PRELUDE = `
local call, tryCall = ...
local raise, getinfo = error, debug.getinfo

local redis = {
  call = call,
  pcall = tryCall,
  error_reply = function(text)
    if not string.find(text, " ", 1, true) then text = "ERR " .. text end
    return {err = text}
  end,
}

local visible = {redis = redis}
for _, name in ipairs {
  "assert", "coroutine", "error", "getmetatable", "ipairs", "math", "next", "pairs", "pcall", "rawget", "rawset", "select",
  "setmetatable", "string", "table", "tonumber", "tostring", "type", "unpack",
} do visible[name] = _G[name] end

local environment = setmetatable({}, {
  __index = function(_, name)
    local value = visible[name]
    if value == nil then
      raise("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
    end
    return value
  end,
  __newindex = function() raise("Attempt to modify a readonly table", 2) end,
})

local function locate(problem)
  local message = type(problem) == "table" and problem.err or "ERR " .. tostring(problem)
  for level = 2, 50 do
    local info = getinfo(level, "Sl")
    if not info then break end
    if info.source == "@user_script" then return {err = message, at = info.source .. ":" .. info.currentline} end
  end
  return {err = message}
end

return function(script, keys, arguments)
  visible.KEYS, visible.ARGV = keys, arguments
  setfenv(script, environment)
  return xpcall(script, locate)
end
`;

/** Redis's Lua is 5.1: all numbers are doubles, which newer versions and their relatives do differently. */
export async function createLua(call: Call): Promise<Lua> {
  const state = await LuaState.open();
  const { api, address } = state;
  const runner = loadPrelude(state, call);
  api._lua_createtable(address, 0, 0);
  const scripts = api._lua_gettop(address);
  /** The position of each compiled script in that table, by its hash. */
  const positions = new Map<string, number>();

  const compile = (hash: string, script: Bytes): number => {
    if (!state.load(toRedisScript(script), "@user_script")) {
      const message = state.readString(-1);
      state.pop();
      throw new RedisError(`ERR Error compiling script (new function): ${message}`);
    }
    positions.set(hash, positions.size + 1);
    api._lua_rawseti(address, scripts, positions.size);
    return positions.size;
  };

  return {
    run: (script, keys, args) => {
      const hash = hashScript(script);
      const position = positions.get(hash) ?? compile(hash, script);
      const top = api._lua_gettop(address);
      try {
        api._lua_pushvalue(address, runner);
        api._lua_rawgeti(address, scripts, position);
        state.pushReply([...keys]);
        state.pushReply([...args]);
        if (api._lua_pcall(address, 3, 2, 0) !== 0) throw new Error(`Lua failed: ${state.readString(-1)}`);
        if (api._lua_toboolean(address, -2) === 1) return popReply(state);
        const place = state.readField("at");
        const message = `${state.readField("err") ?? "ERR unknown error"} script: ${hash}`;
        return new RedisError(place === undefined ? message : `${message}, on ${place}.`);
      } finally {
        api._lua_settop(address, top);
      }
    },
    close: () => api._lua_close(address),
  };
}

/** Returns the position of the function that runs scripts. */
function loadPrelude(state: LuaState, call: Call): number {
  const { api, address } = state;
  if (!state.load(PRELUDE, "@prelude")) throw new Error(state.readString(-1));
  state.pushFunction(() => {
    const reply = invoke(state, call);
    state.pushReply(reply);
    // Raised here and not in Lua: `return redis.call(…)` would take the script's line off the stack.
    if (reply instanceof RedisError) api._lua_error(state.address);
  });
  state.pushFunction(() => state.pushReply(invoke(state, call)));
  if (api._lua_pcall(address, 2, 1, 0) !== 0) throw new Error(state.readString(-1));
  return api._lua_gettop(address);
}

function invoke(state: LuaState, call: Call): Reply {
  const command: Bytes[] = [];
  for (let index = 1; index <= state.api._lua_gettop(state.address); index += 1) {
    const type = state.typeAt(index);
    if (type === TYPE.number) command.push(formatPrecisely(state.api._lua_tonumber(state.address, index)));
    else if (type === TYPE.string) command.push(state.readString(index));
    else return new RedisError("ERR Lua redis lib command arguments must be strings or integers");
  }
  if (command.length === 0) return new RedisError("ERR Please specify at least one argument for this redis lib call");
  return call(command);
}

/** Takes the value off the top of the stack, as a reply. */
function popReply(state: LuaState): Reply {
  const { api, address } = state;
  const read = (): Reply => {
    switch (state.typeAt(-1)) {
      case TYPE.boolean:
        return api._lua_toboolean(address, -1) === 1 ? 1 : null;
      case TYPE.number:
        return Math.trunc(api._lua_tonumber(address, -1));
      case TYPE.string:
        return state.readString(-1);
      case TYPE.table:
        return readTable(state);
      default:
        return null;
    }
  };
  const reply = read();
  state.pop();
  return reply;
}

function readTable(state: LuaState): Reply {
  const error = state.readField("err");
  if (error !== undefined) return new RedisError(error);
  const status = state.readField("ok");
  if (status !== undefined) return new Status(status);
  const items: Reply[] = [];
  for (;;) {
    state.api._lua_rawgeti(state.address, -1, items.length + 1);
    if (state.typeAt(-1) === TYPE.nil) {
      state.pop();
      return items;
    }
    items.push(popReply(state));
  }
}
