import { CONFIRMATION_MILLISECONDS } from "./lifetimes.ts";

/**
 * How a person proved who they are. `email`: a mailed code or link. `totp`: a code of the authenticator app.
 * `remembered-device`: the device passed the second step earlier, which is not a factor. `no-factor`: the account had
 * no factor to ask for, because it was just created without a password, or because its owner gave up on the passkey
 * then and has now entered a mailed code.
 */
export type Method = "password" | "email" | "passkey" | "totp" | "recovery-code" | "remembered-device" | "no-factor";

declare const checked: unique symbol;

/** A proof of identity. Only `prove` creates one, and only the functions that check a factor call it. */
export interface Proof {
  readonly method: Method;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The row of a remembered device. The session ends when the device is forgotten. */
  readonly deviceId?: string;
  readonly [checked]: true;
}

/**
 * Creates a proof. Only for functions that have just checked that factor, which test/unit/source.test.ts lists. `at` is
 * epoch milliseconds.
 */
export function prove(method: Exclude<Method, "remembered-device">, at: number): Proof {
  return { method, at } as Proof;
}

/** Like `prove`, for a device that passed the second step earlier. `deviceId` is its row. */
export function proveDevice(deviceId: string, at: number): Proof {
  return { method: "remembered-device", at, deviceId } as Proof;
}

/** The proofs of identity in a session: the latest of each method, newest first. */
export type Evidence = readonly [Proof, ...Proof[]];

/** 1: one factor. 2: two factors of different kinds. */
export type Level = 1 | 2;

/** These complete a sign-in after a password. A passkey checks a PIN or fingerprint itself, so it is both factors. */
const SECOND_FACTORS: readonly Method[] = ["passkey", "totp", "recovery-code"];

/**
 * Authentication method references, https://www.rfc-editor.org/rfc/rfc8176#section-2. A passkey proves the possession
 * of a key (`pop`). The last two are no methods of authentication.
 */
const METHOD_REFERENCES: Readonly<Record<Method, string | null>> = {
  password: "pwd",
  email: "otp",
  passkey: "pop",
  totp: "otp",
  "recovery-code": "otp",
  "remembered-device": null,
  "no-factor": null,
};

/** The same evidence with `proof` in place of an older one by that method. */
export function withProof(evidence: readonly Proof[], proof: Proof): Evidence {
  return [proof, ...evidence.filter(({ method }) => method !== proof.method)];
}

/** The evidence with the proofs of `added` in place of older ones by the same methods. */
export function withProofs(evidence: Evidence, added: readonly Proof[]): Evidence {
  return added.reduceRight<Evidence>((proofs, proof) => withProof(proofs, proof), evidence);
}

/**
 * The authentication level of the evidence. A mailed code is no second factor beside a password, because access to the
 * mailbox is enough to reset the password.
 */
export function level(evidence: readonly Proof[]): Level {
  const has = (...methods: Method[]) => evidence.some(({ method }) => methods.includes(method));
  return has("passkey") || (has("password") && has("totp", "recovery-code")) ? 2 : 1;
}

/** Whether the evidence completes the second step: by a second factor, or by a remembered device. */
export function hasSecondStep(evidence: Evidence): boolean {
  return evidence.some(({ method }) => method === "remembered-device" || SECOND_FACTORS.includes(method));
}

/** The claim `amr`: authentication methods in the values of RFC 8176, with `mfa` at level 2. */
export function amr(evidence: Evidence): string[] {
  const references = evidence.flatMap(({ method }) => METHOD_REFERENCES[method] ?? []);
  return [...new Set([...references, ...(level(evidence) === 2 ? ["mfa"] : [])])];
}

/** The time of the latest proof, as epoch milliseconds. */
export function authenticatedAt(evidence: Evidence): number {
  return Math.max(...evidence.map(({ at }) => at));
}

/** When a method was last used, as epoch milliseconds; null if it was not. */
export function provedAt(evidence: Evidence, method: Method): number | null {
  return evidence.find((proof) => proof.method === method)?.at ?? null;
}

/**
 * Whether the owner proved recently enough that they are still there: with both factors if the second step is on,
 * otherwise with the password or a passkey, or with the proof that there was none. `now` is epoch milliseconds.
 */
export function isConfirmed(evidence: Evidence, twoStep: boolean, now: number): boolean {
  const recent = evidence.filter(({ at }) => now - at < CONFIRMATION_MILLISECONDS);
  if (twoStep) return level(recent) === 2;
  return recent.some(({ method }) => method === "password" || method === "passkey" || method === "no-factor");
}
