/**
 * Bytes, one character each (latin1). Redis compares, measures and cuts bytes; strings of this kind do so too, and
 * nothing is lost when a script cuts a letter in half.
 */
export type Bytes = string;

/** A simple string, such as `OK`; scripts see it as a table. */
export class Status {
  readonly text: Bytes;

  constructor(text: Bytes) {
    this.text = text;
  }
}

/** An error reply. The message begins with its code: `ERR …`, `WRONGTYPE …`. */
export class RedisError extends Error {
  constructor(message: Bytes) {
    // An error reply is one line in Redis's protocol.
    super(message.replace(/[\r\n]/g, " "));
  }
}

export type Reply = number | Bytes | null | Status | RedisError | Reply[];

export interface RedisEngine {
  /** Whether `onScriptCall` is called. */
  readonly countsScriptCalls: boolean;
  readonly replication: Replication;
  /**
   * Resolves with a `RedisError` if the command fails, and rejects if the engine is broken. `onScriptCall` is called for
   * each command that a script runs.
   */
  run(command: readonly Bytes[], onScriptCall?: () => void): Promise<Reply>;
  /** MULTI … EXEC: one reply for each command, or the one error that aborted them all. */
  transact(commands: readonly (readonly Bytes[])[], onScriptCall?: () => void): Promise<Reply[] | RedisError>;
  /** Removes all keys and ends a lag. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Upstash's replication, which is asynchronous: the leader takes writes, any replica answers reads, and when the leader
 * fails a replica takes its place. A real Redis, which has no replicas here, throws at every method.
 * Source: https://upstash.com/docs/redis/features/consistency
 *
 * Upstash's sync tokens are not imitated. They let one client read its own writes, and two requests to a Worker may be
 * served by two clients.
 */
export interface Replication {
  /**
   * From now on plain reads see the data of `ms` milliseconds ago, but none older than this call. Writes, scripts and
   * transactions see the leader. 0: no lag.
   */
  setLag(ms: number): void;
  /**
   * The leader fails and the replica takes its place: writes of the last `ms` milliseconds are lost. The lag stays.
   * Throws if none is set.
   */
  failOver(): void;
}

export const OK = new Status("OK");

export const ABORTED = new RedisError("EXECABORT Transaction discarded because of previous errors.");

export function toBytes(text: string): Bytes {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function toText(bytes: Bytes): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
