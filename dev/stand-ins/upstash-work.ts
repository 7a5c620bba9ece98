import { findKeys } from "./redis-commands.ts";
import { type Bytes, type RedisEngine, RedisError, type Reply, toText } from "./redis-engine.ts";
import { hashScript, locksOnlyItsKeys } from "./redis-scripts.ts";
import type { RedisWork } from "./service.ts";

type Locks = readonly Bytes[] | "database";

/** https://upstash.com/docs/redis/overall/pricing: "Operational commands like AUTH, INFO, PING, … are not charged." */
const FREE = new Set(["PING"]);

/** What commands lock beyond their own moment. Source: https://upstash.com/docs/redis/features/key-locking */
export class UpstashLocks {
  /** By hash: whether the script locks only its keys. A hash that is not here has no script to run. */
  #scripts = new Map<string, boolean>();

  find(command: readonly Bytes[]): Locks {
    const [name = "", first = "", second = ""] = command;
    switch (name.toUpperCase()) {
      case "EVAL":
        return this.#learn(first) ? takeKeys(command) : "database";
      case "EVALSHA": {
        const keysOnly = this.#scripts.get(first.toLowerCase());
        if (keysOnly === undefined) return [];
        return keysOnly ? takeKeys(command) : "database";
      }
      case "SCRIPT":
        if (first.toUpperCase() === "LOAD") this.#learn(second);
        return [];
      case "FLUSHALL":
      case "FLUSHDB":
        return "database";
      default:
        return [];
    }
  }

  /** A transaction locks the keys of all its commands, and the database if one is a script, whatever its flags. */
  findForTransaction(commands: readonly (readonly Bytes[])[]): Locks {
    const locked: Bytes[] = [];
    for (const command of commands) {
      this.find(command);
      const keys = findKeys(command);
      if (keys === undefined) return "database";
      locked.push(...keys);
    }
    return locked;
  }

  #learn(script: Bytes): boolean {
    const keysOnly = locksOnlyItsKeys(script);
    this.#scripts.set(hashScript(script), keysOnly);
    return keysOnly;
  }
}

function takeKeys([, , count, ...rest]: readonly Bytes[]): readonly Bytes[] {
  return rest.slice(0, Number(count));
}

/** Runs the commands of one request, and adds up what Upstash locks and bills for them. */
export class MeteredEngine {
  #engine: RedisEngine;
  #locks: UpstashLocks;
  #locked: Set<Bytes> | "database" = new Set();
  #commands = 0;
  #ranScript = false;

  constructor(engine: RedisEngine, locks: UpstashLocks) {
    this.#engine = engine;
    this.#locks = locks;
  }

  get work(): RedisWork {
    const locks = this.#locked === "database" ? this.#locked : [...this.#locked].map(toText);
    const isCounted = this.#engine.countsScriptCalls || !this.#ranScript;
    return isCounted ? { locks, commands: this.#commands } : { locks };
  }

  run(command: readonly Bytes[]): Promise<Reply> {
    this.#add(this.#locks.find(command), [command]);
    return this.#engine.run(command, this.#countScriptCall);
  }

  async transact(commands: readonly (readonly Bytes[])[]): Promise<Reply[] | RedisError> {
    const replies = await this.#engine.transact(commands, this.#countScriptCall);
    if (!(replies instanceof RedisError)) this.#add(this.#locks.findForTransaction(commands), commands);
    return replies;
  }

  #add(locks: Locks, commands: readonly (readonly Bytes[])[]): void {
    if (locks === "database") this.#locked = locks;
    else if (this.#locked !== "database") for (const key of locks) this.#locked.add(key);
    for (const [name = ""] of commands) {
      if (!FREE.has(name.toUpperCase())) this.#commands += 1;
      if (/^EVAL/i.test(name)) this.#ranScript = true;
    }
  }

  #countScriptCall = (): void => {
    this.#commands += 1;
  };
}
