import { LuaApi } from "wasmoon-lua5.1";
import { type Bytes, RedisError, type Reply, Status } from "../redis-engine.ts";

/** The part of Lua's C interface that is used. Strings are addresses in the WebAssembly memory. */
interface LuaModule {
  HEAPU8: Uint8Array;
  addFunction(run: (state: number) => number, signature: string): number;
  _malloc(size: number): number;
  _free(address: number): void;
  _luaL_newstate(): number;
  _luaL_openlibs(state: number): void;
  _luaL_loadbuffer(state: number, text: number, size: number, name: number): number;
  _lua_pcall(state: number, argumentCount: number, resultCount: number, handler: number): number;
  _lua_checkstack(state: number, size: number): number;
  _lua_gettop(state: number): number;
  _lua_settop(state: number, index: number): void;
  _lua_type(state: number, index: number): number;
  _lua_toboolean(state: number, index: number): number;
  _lua_tonumber(state: number, index: number): number;
  _lua_tolstring(state: number, index: number, size: number): number;
  _lua_rawgeti(state: number, index: number, position: number): void;
  _lua_rawseti(state: number, index: number, position: number): void;
  _lua_getfield(state: number, index: number, name: number): void;
  _lua_setfield(state: number, index: number, name: number): void;
  _lua_createtable(state: number, items: number, fields: number): void;
  _lua_pushvalue(state: number, index: number): void;
  _lua_pushboolean(state: number, value: number): void;
  _lua_pushnumber(state: number, value: number): void;
  _lua_pushlstring(state: number, text: number, size: number): void;
  _lua_pushcclosure(state: number, run: number, upvalueCount: number): void;
  /** Does not return. */
  _lua_error(state: number): never;
  _lua_close(state: number): void;
}

export const LUA_TYPE = { nil: 0, boolean: 1, number: 3, string: 4, table: 5 } as const;

const SIZE_BYTES = 4;

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
    this.#sizeOut = api._malloc(SIZE_BYTES);
    api._luaL_openlibs(this.address);
    api._lua_checkstack(this.address, STACK_SLOTS);
  }

  static async open(): Promise<LuaState> {
    return new LuaState((await LuaApi.initialize()).module as unknown as LuaModule);
  }

  /** Pushes the compiled text, or the compiler's message: false. */
  load(text: Bytes, name: string): boolean {
    return this.#lend(text, (textAt) =>
      this.#lend(name, (nameAt) => this.api._luaL_loadbuffer(this.address, textAt, text.length, nameAt) === 0),
    );
  }

  pushString(bytes: Bytes): void {
    this.#lend(bytes, (at) => this.api._lua_pushlstring(this.address, at, bytes.length));
  }

  /** Pushes a function that answers its arguments, which it finds on the stack from 1, with the value it pushes. */
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
    if (reply === null) this.api._lua_pushboolean(this.address, 0);
    else if (typeof reply === "number") this.api._lua_pushnumber(this.address, reply);
    else if (typeof reply === "string") this.pushString(reply);
    else if (reply instanceof Status) this.#pushField("ok", reply.text);
    else if (reply instanceof RedisError) this.#pushField("err", reply.message);
    else {
      this.api._lua_createtable(this.address, reply.length, 0);
      for (const [index, item] of reply.entries()) {
        this.pushReply(item);
        this.api._lua_rawseti(this.address, -2, index + 1);
      }
    }
  }

  readString(index: number): Bytes {
    const at = this.api._lua_tolstring(this.address, index, this.#sizeOut);
    const memory = Buffer.from(this.api.HEAPU8.buffer);
    return memory.toString("latin1", at, at + memory.readUInt32LE(this.#sizeOut));
  }

  /** The string in a field of the table at `index`, if it is one. */
  readField(index: number, name: string): Bytes | undefined {
    this.#lend(name, (at) => this.api._lua_getfield(this.address, index, at));
    const found = this.typeAt(-1) === LUA_TYPE.string ? this.readString(-1) : undefined;
    this.pop();
    return found;
  }

  typeAt(index: number): number {
    return this.api._lua_type(this.address, index);
  }

  pop(): void {
    this.api._lua_settop(this.address, -2);
  }

  close(): void {
    this.api._lua_close(this.address);
  }

  #pushField(name: string, bytes: Bytes): void {
    this.api._lua_createtable(this.address, 0, 1);
    this.pushString(bytes);
    this.#lend(name, (at) => this.api._lua_setfield(this.address, -2, at));
  }

  /** Lends the bytes, ended by a zero, at an address that is free again afterwards. */
  #lend<R>(bytes: Bytes, use: (at: number) => R): R {
    const at = this.api._malloc(bytes.length + 1);
    try {
      this.api.HEAPU8.set(Buffer.from(bytes, "latin1"), at);
      this.api.HEAPU8[at + bytes.length] = 0;
      return use(at);
    } finally {
      this.api._free(at);
    }
  }
}
