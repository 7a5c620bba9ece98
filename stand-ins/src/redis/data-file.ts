import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Keyspace } from "./keyspace.ts";

/** Long enough for a burst of writes to become one, short enough that a person misses nothing after a crash. */
const WRITE_PAUSE_MS = 200;

/** Keeps the keyspace in `redis.v8`: written shortly after a change and at the end. */
export class DataFile {
  #path: string;
  #keys: Keyspace;
  #writtenVersion: number;
  #timer: NodeJS.Timeout | undefined;

  /** Fills the keyspace from the file. Throws if it cannot be read. */
  constructor(directory: string, keys: Keyspace) {
    mkdirSync(directory, { recursive: true });
    this.#path = join(directory, "redis.v8");
    try {
      keys.replaceBy(deserialize(readFileSync(this.#path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw new Error(`${this.#path} cannot be read: remove it to start empty`, { cause: error });
      }
    }
    this.#keys = keys;
    this.#writtenVersion = keys.version;
  }

  /** Must be called after each change of a key. */
  schedule(): void {
    this.#timer ??= setTimeout(() => this.write(), WRITE_PAUSE_MS).unref();
  }

  /** Renames a whole file, so that a crash leaves the last good one. */
  write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { version } = this.#keys;
    if (version === this.#writtenVersion) return;
    writeFileSync(`${this.#path}.draft`, serialize(this.#keys.entries()), { mode: 0o600 });
    renameSync(`${this.#path}.draft`, this.#path);
    this.#writtenVersion = version;
  }
}
