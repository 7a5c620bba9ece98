import { createHash } from "node:crypto";
import { readValue, type StoredValue, startSessionCommand } from "../../src/store/person.ts";
import type { Command } from "../../src/store/redis.ts";

/** The stored values of a person who signed up through the Worker. All other people are copies. */
export interface Sample {
  readonly hashedPassword: string;
  /** In the format of `src/store/person.ts`. */
  readonly session: StoredValue;
  readonly snapshot: StoredValue;
}

/** Computes the user id from the number of a person. These ids are evenly distributed, like random ids. */
export function userIdOf(number: number): string {
  return sha256(`user ${number}`).slice(0, 15);
}

export function emailOf(number: number): string {
  return `${userIdOf(number)}@example.com`;
}

/** Computes the value of the session cookie from the numbers of a person and a session. */
export function sessionIdOf(number: number, session: number): string {
  return `${userIdOf(number)}.${sha256(`session ${session} of ${number}`).slice(0, 40)}`;
}

/** Returns the command that starts a session of a person. `number` and `ordinal` are those of `sessionIdOf`. */
export function startSession({ session, snapshot }: Sample, number: number, ordinal: number): Command {
  const userId = userIdOf(number);
  const user = { ...JSON.parse(snapshot.text), id: userId, email: emailOf(number) };
  const ownSnapshot = { ...snapshot, text: JSON.stringify(user) };
  return startSessionCommand(userId, sha256(sessionIdOf(number, ordinal)), session, ownSnapshot, session.rank);
}

/** Parses a stored value, even if it has expired. Throws if there is none. */
export function requireValue(raw: string | undefined): StoredValue {
  const value = readValue(raw ?? null, 0);
  if (value === null) throw new Error("The sample account has no session or no snapshot");
  return value;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
