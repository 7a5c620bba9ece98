import type { Bytes, Reply } from "../redis-engine.ts";
import type { Keyspace } from "./keyspace.ts";

export interface Command {
  /** How many words, the command's name included; negative: at least so many. Source: Redis's `COMMAND INFO`. */
  readonly arity: number;
  /** Whether a script may not call it. */
  readonly notInScripts?: true;
  /** `args` are without the command's name. Throws `RedisError`. */
  run(keys: Keyspace, args: readonly Bytes[]): Reply;
}

/** By name, in capitals. */
export type CommandTable = Readonly<Record<string, Command>>;
