import { LuaApi } from "wasmoon-lua5.1";
import { type Bytes, RedisError, type Reply, Status } from "./engine.ts";
import { hashScript, toRedisScript } from "./scripts.ts";

export interface Lua {
  /** Runs a script, which is compiled once. Throws a `RedisError` with the compiler's message. */
  run(script: Bytes, keys: readonly Bytes[], args: readonly Bytes[]): Reply;
  close(): void;
}

type LuaFunction = (...args: number[]) => number;

/** Lua's C interface. Strings are addresses in the WebAssembly memory. */
interface LuaModule {
  readonly HEAPU8: Uint8Array;
  readonly _malloc: LuaFunction;
  readonly _free: LuaFunction;
  readonly _luaL_newstate: LuaFunction;
  readonly [name: `_lua${string}`]: LuaFunction;
  addFunction(run: LuaFunction, signature: string): number;
}

/** Lua promises 20; a nested reply needs two for each level. */
const STACK_SLOTS = 1000;

/**
 * The environment of scripts, written in Lua. Called with the host's function, which answers a command with its reply;
 * returns a function that runs a compiled script.
 *
 * The environment refuses new globals and unknown names as Redis does, and hides modules that reach outside (`os`, `io`,
 * `debug`). An error of Redis is raised as the table that it is.
 */
const PRELUDE = `
local host = ...
local raise, format = error, string.format

local function tryCall(...)
  local words = {...}
  if #words == 0 then return {err = "ERR Please specify at least one argument for this redis lib call"} end
  for index = 1, select("#", ...) do
    local word = words[index]
    if type(word) == "number" then words[index] = format("%.17g", word)
    elseif type(word) ~= "string" then
      return {err = "ERR Lua redis lib command arguments must be strings or integers"}
    end
  end
  return host(unpack(words))
end

local redis = {
  pcall = tryCall,
  call = function(...)
    local reply = tryCall(...)
    if type(reply) == "table" and reply.err then raise(reply) end
    return reply
  end,
}

local visible = {redis = redis}
for _, name in ipairs {
  "assert", "error", "ipairs", "math", "next", "pairs", "pcall", "select", "setmetatable", "string", "table", "tonumber",
  "tostring", "type", "unpack",
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

return function(script, keys, arguments)
  visible.KEYS, visible.ARGV = keys, arguments
  setfenv(script, environment)
  return pcall(script)
end
`;

/**
 * Redis's Lua is 5.1: all numbers are doubles, which newer versions and their relatives do differently. Strings are passed as
 * bytes, so that none is changed on the way. `call` answers the commands of scripts.
 */
export async function createLua(call: (command: readonly Bytes[]) => Reply): Promise<Lua> {
  const api = (await LuaApi.initialize()).module as unknown as LuaModule;
  const main = api._luaL_newstate();
  /** The running thread: another one while a coroutine calls the host. */
  let thread = main;
  const lua = (name: `lua${string}`, ...args: number[]) => (api[`_${name}`] as LuaFunction)(thread, ...args);
  const sizeOut = api._malloc(4);

  /** Lends the bytes, ended by a zero, at an address that is free again afterwards. */
  const lend = <R>(bytes: Bytes, use: (at: number) => R): R => {
    const at = api._malloc(bytes.length + 1);
    try {
      api.HEAPU8.set(Buffer.from(`${bytes}\0`, "latin1"), at);
      return use(at);
    } finally {
      api._free(at);
    }
  };

  const pop = () => lua("lua_settop", -2);

  const readString = (index: number): Bytes => {
    const at = lua("lua_tolstring", index, sizeOut);
    const memory = Buffer.from(api.HEAPU8.buffer);
    return memory.toString("latin1", at, at + memory.readUInt32LE(sizeOut));
  };

  /** The string in a field of the table on top of the stack, if it is one. */
  const readField = (name: string): Bytes | undefined => {
    lend(name, (at) => lua("lua_getfield", -1, at));
    const found = lua("lua_type", -1) === TYPE.string ? readString(-1) : undefined;
    pop();
    return found;
  };

  /** Pushes the compiled text. Throws a `RedisError` with the compiler's message. */
  const load = (text: Bytes, name: string): void => {
    const status = lend(text, (textAt) => lend(name, (nameAt) => lua("luaL_loadbuffer", textAt, text.length, nameAt)));
    if (status === 0) return;
    const message = readString(-1);
    pop();
    throw new RedisError(`ERR Error compiling script (new function): ${message}`);
  };

  /** Pushes a reply as scripts see it. Source: Redis's documentation, "Lua API", "Data type conversion". */
  const push = (reply: Reply): void => {
    if (reply === null) lua("lua_pushboolean", 0);
    else if (typeof reply === "number") lua("lua_pushnumber", reply);
    else if (typeof reply === "string") lend(reply, (at) => lua("lua_pushlstring", at, reply.length));
    else if (Array.isArray(reply)) {
      lua("lua_createtable", reply.length, 0);
      for (const [index, item] of reply.entries()) {
        push(item);
        lua("lua_rawseti", -2, index + 1);
      }
    } else {
      const [name, text] = reply instanceof Status ? ["ok", reply.text] : ["err", reply.message];
      lua("lua_createtable", 0, 1);
      push(text);
      lend(name, (at) => lua("lua_setfield", -2, at));
    }
  };

  /** Takes the value off the top of the stack, as a reply. */
  const take = (): Reply => {
    const reply = read();
    pop();
    return reply;
  };

  const read = (): Reply => {
    switch (lua("lua_type", -1)) {
      case TYPE.boolean:
        return lua("lua_toboolean", -1) === 1 ? 1 : null;
      case TYPE.number:
        return Math.trunc(lua("lua_tonumber", -1));
      case TYPE.string:
        return readString(-1);
      case TYPE.table: {
        const [error, status] = [readField("err"), readField("ok")];
        if (error !== undefined) return new RedisError(error);
        return status === undefined ? readItems() : new Status(status);
      }
      default:
        return null;
    }
  };

  const readItems = (): Reply[] => {
    const items: Reply[] = [];
    for (;;) {
      lua("lua_rawgeti", -1, items.length + 1);
      if (lua("lua_type", -1) === TYPE.nil) {
        pop();
        return items;
      }
      items.push(take());
    }
  };

  const host = (caller: number): number => {
    thread = caller;
    try {
      lua("lua_checkstack", STACK_SLOTS);
      push(call(Array.from({ length: lua("lua_gettop") }, (_, index) => readString(index + 1))));
      return 1;
    } finally {
      thread = main;
    }
  };

  lua("luaL_openlibs");
  lua("lua_checkstack", STACK_SLOTS);
  load(PRELUDE, "@prelude");
  lua("lua_pushcclosure", api.addFunction(host, "ii"), 0);
  lua("lua_pcall", 1, 1, 0);
  const runner = lua("lua_gettop");
  lua("lua_createtable", 0, 0);
  const scripts = lua("lua_gettop");
  /** The position of each compiled script in that table, by its hash. */
  const positions = new Map<string, number>();

  return {
    run: (script, keys, args) => {
      const hash = hashScript(script);
      if (!positions.has(hash)) {
        load(toRedisScript(script), "@user_script");
        positions.set(hash, positions.size + 1);
        lua("lua_rawseti", scripts, positions.size);
      }
      lua("lua_pushvalue", runner);
      lua("lua_rawgeti", scripts, positions.get(hash) ?? 0);
      push([...keys]);
      push([...args]);
      try {
        if (lua("lua_pcall", 3, 2, 0) !== 0) throw new Error(`Lua failed: ${readString(-1)}`);
        if (lua("lua_toboolean", -2) === 1) return take();
        return new RedisError(`${readField("err") ?? `ERR ${readString(-1)}`} script: ${hash}`);
      } finally {
        lua("lua_settop", scripts);
      }
    },
    close: () => lua("lua_close"),
  };
}

const TYPE = { nil: 0, boolean: 1, number: 3, string: 4, table: 5 } as const;
