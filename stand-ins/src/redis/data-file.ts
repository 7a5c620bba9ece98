import { mkdirSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Keyspace } from "./keyspace.ts";

/** Long enough for a burst of writes to become one, short enough that a person misses nothing after a crash. */
const WRITE_PAUSE_MS = 200;

/** Keeps the keyspace in `redis.v8`: written shortly after a change and at `close()`. */
export class DataFile {
  #path: string;
  #keys: Keyspace;
  #writtenVersion: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

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
        await writeFile(`${this.#path}.draft`, serialize(this.#keys.entries()), { mode: 0o600 });
        await rename(`${this.#path}.draft`, this.#path);
        this.#writtenVersion = version;
      });
    return this.#writing;
  }
}
