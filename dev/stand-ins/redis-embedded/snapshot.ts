import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Keyspace, Value } from "./keyspace.ts";

const FILE_NAME = "redis.json";
const FORMAT = 1;

/** Long enough for a burst of writes to become one, short enough to lose nothing that a person would miss. */
const WRITE_PAUSE_MS = 200;

type StoredValue =
  | { type: "string"; bytes: string }
  // Scores as text: JSON has no infinity.
  | { type: "zset"; scores: [string, string][] }
  | { type: "hash"; fields: [string, string][] }
  | { type: "set"; members: string[] }
  | { type: "list"; items: string[] };

/** Keeps the keyspace in a file: written shortly after a change and at `close()`. */
export class Snapshot {
  #path: string;
  #keys: Keyspace;
  #writtenVersion: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, keys: Keyspace) {
    this.#path = path;
    this.#keys = keys;
    this.#writtenVersion = keys.version;
  }

  /** Fills the keyspace with what the file holds. */
  static async open(directory: string, keys: Keyspace): Promise<Snapshot> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, FILE_NAME);
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text !== undefined) restore(text, path, keys);
    return new Snapshot(path, keys);
  }

  /** To be called after whatever may have changed a key. */
  schedule(): void {
    if (this.#timer !== undefined || this.#keys.version === this.#writtenVersion) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // A full disk must not end the process; `close()` reports it.
      this.#write().catch((error) => console.error(`Could not write ${this.#path}:`, error));
    }, WRITE_PAUSE_MS).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  /** One after another, each by renaming a whole file, so that a crash leaves the last good one. */
  #write(): Promise<void> {
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const { version } = this.#keys;
        if (version === this.#writtenVersion) return;
        const entries = this.#keys.entries().map(([key, entry]) => [key, entry.expiresAt, store(entry.value)]);
        const draft = `${this.#path}.draft`;
        await writeFile(draft, JSON.stringify({ format: FORMAT, entries }), { mode: 0o600 });
        await rename(draft, this.#path);
        this.#writtenVersion = version;
      });
    return this.#writing;
  }
}

function restore(text: string, path: string, keys: Keyspace): void {
  const { format, entries } = JSON.parse(text) as { format: number; entries: [string, number | null, StoredValue][] };
  if (format !== FORMAT) throw new Error(`${path} has format ${format}, not ${FORMAT}: delete it to start empty`);
  for (const [key, expiresAt, value] of entries) keys.write(key, revive(value), expiresAt);
}

function store(value: Value): StoredValue {
  switch (value.type) {
    case "string":
    case "list":
      return value;
    case "set":
      return { type: "set", members: [...value.members] };
    case "zset":
      return { type: "zset", scores: [...value.scores].map(([member, score]) => [member, String(score)]) };
    case "hash":
      return { type: "hash", fields: [...value.fields] };
  }
}

function revive(value: StoredValue): Value {
  switch (value.type) {
    case "string":
    case "list":
      return value;
    case "set":
      return { type: "set", members: new Set(value.members) };
    case "zset":
      return { type: "zset", scores: new Map(value.scores.map(([member, score]) => [member, Number(score)])) };
    case "hash":
      return { type: "hash", fields: new Map(value.fields) };
  }
}
