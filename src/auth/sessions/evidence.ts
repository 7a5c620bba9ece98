import { PASSWORD_FRESH_MILLISECONDS } from "./lifetimes.ts";

/** `email`: a mailed code or link. */
export type Method = "password" | "email";

export interface Proof {
  readonly method: Method;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The proofs of identity in a session: the latest of each method, newest first. */
export type Evidence = readonly [Proof, ...Proof[]];

/** 1: one factor. 2: two factors of different kinds. */
export type Level = 1 | 2;

/** A mailed code is no second factor beside a password, because access to the mailbox is enough to reset the password. */
const LEVELS: Readonly<Record<Method, Level>> = { password: 1, email: 1 };

/** Authentication method references, https://www.rfc-editor.org/rfc/rfc8176#section-2 */
const METHOD_REFERENCES: Readonly<Record<Method, string>> = { password: "pwd", email: "otp" };

/** The same evidence with `proof` in place of an older one by that method. */
export function withProof(evidence: Evidence, proof: Proof): Evidence {
  return [proof, ...evidence.filter(({ method }) => method !== proof.method)];
}

/** The authentication level of the evidence. */
export function level(evidence: Evidence): Level {
  return evidence.some(({ method }) => LEVELS[method] === 2) ? 2 : 1;
}

/** The claim `amr`: authentication methods in the values of RFC 8176. */
export function amr(evidence: Evidence): string[] {
  return evidence.map(({ method }) => METHOD_REFERENCES[method]);
}

/** The time of the latest proof, as epoch milliseconds. */
export function authenticatedAt(evidence: Evidence): number {
  return Math.max(...evidence.map(({ at }) => at));
}

/** When the password was last entered, as epoch milliseconds; null if it was not. */
export function passwordGivenAt(evidence: Evidence): number | null {
  return evidence.find(({ method }) => method === "password")?.at ?? null;
}

/** Whether the password was entered recently enough to skip asking for it. `now` is epoch milliseconds. */
export function isConfirmed(evidence: Evidence, now: number): boolean {
  const givenAt = passwordGivenAt(evidence);
  return givenAt !== null && now - givenAt < PASSWORD_FRESH_MILLISECONDS;
}
