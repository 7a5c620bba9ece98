import { LuaApi } from "wasmoon-lua5.1";
import { type Bytes, type Reply, Status } from "./engine.ts";

/** The functions of Lua's C interface that are used. Strings are addresses in the WebAssembly memory. */
type Function =
  | "_malloc"
  | "_free"
  | "_luaL_newstate"
  | "_luaL_openlibs"
  | "_luaL_loadbuffer"
  | `_lua_${"pcall" | "checkstack" | "gettop" | "settop" | "type" | "error" | "close"}`
  | `_lua_${"toboolean" | "tonumber" | "tolstring" | "rawgeti" | "rawseti" | "getfield" | "setfield"}`
  | `_lua_${"createtable" | "pushvalue" | "pushboolean" | "pushnumber" | "pushlstring" | "pushcclosure"}`;

type LuaModule = Readonly<Record<Function, (...args: number[]) => number>> & {
  readonly HEAPU8: Uint8Array;
  addFunction(run: (state: number) => number, signature: string): number;
};

export const TYPE = { nil: 0, boolean: 1, number: 3, string: 4, table: 5 } as const;

/** Lua promises 20; a nested reply needs two for each level. */
const STACK_SLOTS = 1000;

/** A Lua 5.1 and its stack, spoken to in bytes, so that no string is changed on the way. */
export class LuaState {
  readonly api: LuaModule;
  /** The running thread: another one while a coroutine calls the host. */
  address: number;
  #sizeOut: number;

  private constructor(api: LuaModule) {
    this.api = api;
    this.address = api._luaL_newstate();
    this.#sizeOut = api._malloc(4);
    api._luaL_openlibs(this.address);
    api._lua_checkstack(this.address, STACK_SLOTS);
  }

  static async open(): Promise<LuaState> {
    return new LuaState((await LuaApi.initialize()).module as unknown as LuaModule);
  }

  /** Pushes the compiled text; if it does not compile, pushes the compiler's message and returns false. */
  load(text: Bytes, name: string): boolean {
    return this.#lend(text, (textAt) =>
      this.#lend(name, (nameAt) => this.api._luaL_loadbuffer(this.address, textAt, text.length, nameAt) === 0),
    );
  }

  /** Pushes a function that finds its arguments on the stack from 1, and pushes its one result. */
  pushFunction(push: () => void): void {
    const run = (thread: number): number => {
      const caller = this.address;
      this.address = thread;
      this.api._lua_checkstack(thread, STACK_SLOTS);
      try {
        push();
        return 1;
      } finally {
        this.address = caller;
      }
    };
    this.api._lua_pushcclosure(this.address, this.api.addFunction(run, "ii"), 0);
  }

  /** A reply as scripts see it. Source: Redis's documentation, "Lua API", "Data type conversion". */
  pushReply(reply: Reply): void {
    const { api, address } = this;
    if (reply === null) api._lua_pushboolean(address, 0);
    else if (typeof reply === "number") api._lua_pushnumber(address, reply);
    else if (typeof reply === "string") this.#lend(reply, (at) => api._lua_pushlstring(address, at, reply.length));
    else if (Array.isArray(reply)) {
      api._lua_createtable(address, reply.length, 0);
      for (const [index, item] of reply.entries()) {
        this.pushReply(item);
        api._lua_rawseti(address, -2, index + 1);
      }
    } else {
      const [name, text] = reply instanceof Status ? ["ok", reply.text] : ["err", reply.message];
      api._lua_createtable(address, 0, 1);
      this.pushReply(text);
      this.#lend(name, (at) => api._lua_setfield(address, -2, at));
    }
  }

  readString(index: number): Bytes {
    const at = this.api._lua_tolstring(this.address, index, this.#sizeOut);
    const memory = Buffer.from(this.api.HEAPU8.buffer);
    return memory.toString("latin1", at, at + memory.readUInt32LE(this.#sizeOut));
  }

  /** The string in a field of the table on top of the stack, if it is one. */
  readField(name: string): Bytes | undefined {
    this.#lend(name, (at) => this.api._lua_getfield(this.address, -1, at));
    const found = this.typeAt(-1) === TYPE.string ? this.readString(-1) : undefined;
    this.pop();
    return found;
  }

  typeAt(index: number): number {
    return this.api._lua_type(this.address, index);
  }

  pop(): void {
    this.api._lua_settop(this.address, -2);
  }

  /** Lends the bytes, ended by a zero, at an address that is free again afterwards. */
  #lend<R>(bytes: Bytes, use: (at: number) => R): R {
    const at = this.api._malloc(bytes.length + 1);
    try {
      this.api.HEAPU8.set(Buffer.from(`${bytes}\0`, "latin1"), at);
      return use(at);
    } finally {
      this.api._free(at);
    }
  }
}
