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
  /** A failed command is a `RedisError` returned; what is thrown is a broken engine. */
  run(command: readonly Bytes[]): Promise<Reply>;
  /** MULTI … EXEC: one reply for each command, or the one error that aborted them all. */
  transact(commands: readonly (readonly Bytes[])[]): Promise<Reply[] | RedisError>;
  close(): Promise<void>;
}

export const OK = new Status("OK");

export function toBytes(text: string): Bytes {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function toText(bytes: Bytes): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
