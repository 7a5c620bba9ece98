import { type Bytes, RedisError } from "../redis-engine.ts";

export type Value =
  | { readonly type: "string"; readonly bytes: Bytes }
  | { readonly type: "set"; readonly members: Set<Bytes> }
  | { readonly type: "zset"; readonly scores: Map<Bytes, number> }
  | { readonly type: "hash"; readonly fields: Map<Bytes, Bytes> }
  | { readonly type: "list"; readonly items: Bytes[] };

export type ValueOf<T extends Value["type"]> = Extract<Value, { type: T }>;

export interface Entry {
  readonly value: Value;
  /** Epoch milliseconds; null: never. */
  readonly expiresAt: number | null;
}

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

/** The keys and their values. A key whose time is over is gone for every method. */
export class Keyspace {
  /** Epoch milliseconds. Stands still while a command, script or transaction runs, as it does in Redis. */
  nowMs = 0;
  /** Rises with every change. */
  version = 0;
  /** Called with each change, as what repeats it on a copy. */
  onChange: ((repeat: (copy: Keyspace) => void) => void) | undefined;
  #entries = new Map<Bytes, Entry>();

  find(key: Bytes): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt === null || this.nowMs <= entry.expiresAt) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Throws WRONGTYPE where the key holds something else. */
  read<T extends Value["type"]>(key: Bytes, type: T): ValueOf<T> | undefined {
    const value = this.find(key)?.value;
    if (value !== undefined && value.type !== type) throw new RedisError(WRONG_TYPE);
    return value as ValueOf<T> | undefined;
  }

  write(key: Bytes, value: Value, expiresAt: number | null): void {
    this.#entries.set(key, { value, expiresAt });
    this.version += 1;
    if (this.onChange === undefined) return;
    // Collections change in place, so what is repeated later is a copy of now.
    const written = structuredClone(value);
    this.onChange((copy) => copy.write(key, written, expiresAt));
  }

  /** Lets `edit` change a collection, made first where there is none, and removed after where it is left empty. */
  change<T extends "set" | "zset" | "hash" | "list", R>(key: Bytes, type: T, edit: (value: ValueOf<T>) => R): R {
    const value = this.read(key, type) ?? (createEmpty(type) as ValueOf<T>);
    const result = edit(value);
    if (isEmpty(value)) this.remove(key);
    else this.write(key, value, this.find(key)?.expiresAt ?? null);
    return result;
  }

  /** Whether there was such a key. */
  remove(key: Bytes): boolean {
    if (this.find(key) === undefined) return false;
    this.#entries.delete(key);
    this.version += 1;
    this.onChange?.((copy) => copy.remove(key));
    return true;
  }

  clear(): void {
    this.#entries.clear();
    this.version += 1;
    this.onChange?.((copy) => copy.clear());
  }

  /** Becomes a copy of `other`. */
  replaceBy(other: Keyspace): void {
    this.clear();
    for (const [key, { value, expiresAt }] of other.entries()) this.write(key, structuredClone(value), expiresAt);
  }

  entries(): [Bytes, Entry][] {
    return [...this.#entries].filter(([key]) => this.find(key) !== undefined);
  }
}

function createEmpty(type: "set" | "zset" | "hash" | "list"): Value {
  switch (type) {
    case "set":
      return { type, members: new Set() };
    case "zset":
      return { type, scores: new Map() };
    case "hash":
      return { type, fields: new Map() };
    case "list":
      return { type, items: [] };
  }
}

function isEmpty(value: Value): boolean {
  switch (value.type) {
    case "string":
      return false;
    case "set":
      return value.members.size === 0;
    case "zset":
      return value.scores.size === 0;
    case "hash":
      return value.fields.size === 0;
    case "list":
      return value.items.length === 0;
  }
}
