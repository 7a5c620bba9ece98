/** RFC 6238, 4: the time step that authenticator apps use. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226, 4: 160 bits are recommended. */
const SECRET_BYTES = 20;
/** One step before and one after the current one, for clocks that differ (RFC 6238, 5.2). */
const STEPS_AROUND = [-1, 0, 1];

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function generateTotpSecret(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

/** A secret as authenticator apps take it: base32 (RFC 4648) without padding. */
export function encodeTotpSecret(secret: Uint8Array): string {
  const bits = Array.from(secret, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((group) => BASE32[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/** The link that an authenticator app reads from a QR code: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function otpauthUri(issuer: string, email: string, secret: Uint8Array): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`;
  return `otpauth://totp/${label}?secret=${encodeTotpSecret(secret)}&issuer=${encodeURIComponent(issuer)}`;
}

/**
 * The time step whose code is `code`: the current one, the one before or the one after. Null if it is the code of none
 * of them. All three are computed and compared in constant time. `now` is epoch milliseconds.
 */
export async function matchingStep(secret: Uint8Array<ArrayBuffer>, code: string, now: number): Promise<number | null> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const current = Math.floor(now / 1_000 / STEP_SECONDS);
  let matching: number | null = null;
  for (const step of STEPS_AROUND.map((distance) => current + distance)) {
    if (isSameText(await codeOf(key, step), code)) matching = step;
  }
  return matching;
}

/** RFC 4226, 5.3, with the time step as the counter. */
async function codeOf(key: CryptoKey, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf;
  const number = mac.getUint32(offset) & 0x7f_ff_ff_ff;
  return `${number % 10 ** DIGITS}`.padStart(DIGITS, "0");
}

function isSameText(expected: string, given: string): boolean {
  if (given.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at);
  return difference === 0;
}

export type TotpReading =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: "code-missing" | "code-malformed" };

const TYPED_MAX_CHARACTERS = 32;

/** Parses a typed code: six digits, with white space anywhere. */
export function readTotpCode(typed: string): TotpReading {
  if (typed.length > TYPED_MAX_CHARACTERS) return { ok: false, problem: "code-malformed" };
  const code = typed.replaceAll(/\s/g, "");
  if (code === "") return { ok: false, problem: "code-missing" };
  return /^\d{6}$/.test(code) ? { ok: true, code } : { ok: false, problem: "code-malformed" };
}
