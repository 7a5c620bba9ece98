import { type Bytes, RedisError } from "./engine.ts";

/** The data of a key by its type. */
interface Data {
  readonly string: Bytes;
  readonly list: Bytes[];
  readonly set: Set<Bytes>;
  readonly hash: Map<Bytes, Bytes>;
  readonly zset: Map<Bytes, number>;
}

export type Type = keyof Data;

interface Entry {
  readonly type: Type;
  readonly data: Data[Type];
  /** Epoch milliseconds; null: never. */
  readonly expiresAt: number | null;
}

/** The keys and their values. An expired key is absent for every method. */
export class Keyspace {
  /** Epoch milliseconds. Stands still while a command, script or transaction runs, as it does in Redis. */
  nowMs = 0;
  /** Rises with every change. */
  version = 0;
  /** Called with each change, as a function that repeats it on a copy. */
  onChange: ((repeat: (copy: Keyspace) => void) => void) | undefined;
  #entries = new Map<Bytes, Entry>();

  find(key: Bytes): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt === null || this.nowMs <= entry.expiresAt) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Throws WRONGTYPE if the key holds another type. */
  read<T extends Type>(key: Bytes, type: T): Data[T] | undefined {
    const entry = this.find(key);
    if (entry !== undefined && entry.type !== type) {
      throw new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
    }
    return entry?.data as Data[T] | undefined;
  }

  write(key: Bytes, entry: Entry): void {
    this.#entries.set(key, entry);
    this.version += 1;
    if (this.onChange === undefined) return;
    // Collections change in place, so the replica gets a copy of now.
    const written = structuredClone(entry);
    this.onChange((copy) => copy.write(key, written));
  }

  /** Lets `edit` change a collection, made first if it is absent, and removed after if it is left empty. */
  change<T extends Exclude<Type, "string">, R>(key: Bytes, type: T, edit: (data: Data[T]) => R): R {
    const data = this.read(key, type) ?? (createEmpty(type) as Data[T]);
    const result = edit(data);
    if ((Array.isArray(data) ? data.length : data.size) === 0) this.remove(key);
    else this.write(key, { type, data, expiresAt: this.find(key)?.expiresAt ?? null });
    return result;
  }

  /** Whether the key existed. */
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

  entries(): [Bytes, Entry][] {
    return [...this.#entries].filter(([key]) => this.find(key) !== undefined);
  }

  /** Becomes a copy of these. */
  replaceBy(entries: readonly [Bytes, Entry][]): void {
    this.clear();
    for (const [key, entry] of entries) this.write(key, structuredClone(entry));
  }
}

function createEmpty(type: Exclude<Type, "string">) {
  return type === "list" ? [] : type === "set" ? new Set<Bytes>() : new Map<Bytes, Bytes | number>();
}

/** Follows a leader at a fixed distance in time. Starts as its copy, as the only follower. */
export class Replica {
  readonly lagMs: number;
  #keys = new Keyspace();
  /** In the leader's order. Times are epoch milliseconds. */
  #pending: { readonly dueAt: number; readonly repeat: (copy: Keyspace) => void }[] = [];

  constructor(leader: Keyspace, lagMs: number) {
    this.lagMs = lagMs;
    this.#keys.nowMs = leader.nowMs;
    this.#keys.replaceBy(leader.entries());
    leader.onChange = (repeat) => this.#pending.push({ dueAt: leader.nowMs + lagMs, repeat });
  }

  /** The data that a read at `nowMs` sees. */
  at(nowMs: number): Keyspace {
    this.#keys.nowMs = nowMs;
    while (this.#pending[0] && this.#pending[0].dueAt <= nowMs) this.#pending.shift()?.repeat(this.#keys);
    return this.#keys;
  }
}
