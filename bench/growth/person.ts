import { createHash } from "node:crypto";
import { readValue, type StoredValue, startSessionCommand } from "../../src/store/person.ts";
import type { Command } from "../../src/store/redis.ts";

/** The rows and keys of a person who signed up through the Worker. All other people are copies. */
export interface Sample {
  readonly hashedPassword: string;
  /** In the format of `src/store/person.ts`. */
  readonly session: StoredValue;
  readonly snapshot: StoredValue;
}

/** Distributed evenly, as random ids are, and computable from the number. */
export function userIdOf(number: number): string {
  return sha256(`user ${number}`).slice(0, 15);
}

export function emailOf(number: number): string {
  return `${userIdOf(number)}@example.com`;
}

/** The content of the session cookie of this person. */
export function sessionIdOf(number: number, session: number): string {
  return `${userIdOf(number)}.${sha256(`session ${session} of ${number}`).slice(0, 40)}`;
}

/** The command that starts a session of this person. */
export function startSession({ session, snapshot }: Sample, number: number, ordinal: number): Command {
  const userId = userIdOf(number);
  const user = { ...JSON.parse(snapshot.text), id: userId, email: emailOf(number) };
  const ownSnapshot = { ...snapshot, text: JSON.stringify(user) };
  return startSessionCommand(userId, sha256(sessionIdOf(number, ordinal)), session, ownSnapshot, session.rank);
}

/** Returns the stored value, live or not. Throws if there is none. */
export function requireValue(raw: string | undefined): StoredValue {
  const value = readValue(raw ?? null, 0);
  if (value === null) throw new Error("The sample account has no session or no snapshot");
  return value;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
