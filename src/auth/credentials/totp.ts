/** RFC 6238, 4: the time step that authenticator apps use. */
const STEP_MILLISECONDS = 30_000;

const DIGITS = 6;

/** RFC 4226, 4 recommends 160 bits, the length of a SHA-1 hash. */
const SECRET_BYTES = 20;

/** RFC 4648, 6. */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Generates the secret that the service and an authenticator app share. */
export function generateTotpSecret(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

/** Encodes a secret as people type it into an app: in base32 without padding, 32 characters for 160 bits. */
export function encodeTotpSecret(secret: Uint8Array): string {
  const bits = Array.from(secret, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/**
 * The link that an authenticator app reads from a QR code. Leaves out the algorithm, the digits and the period, because
 * the ones used here are the defaults. https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function otpauthUri(issuer: string, email: string, secret: Uint8Array): string {
  // Apps split the label at the first colon, even at an encoded one.
  const name = encodeURIComponent(issuer.replaceAll(":", " "));
  return `otpauth://totp/${name}:${encodeURIComponent(email)}?secret=${encodeTotpSecret(secret)}&issuer=${name}`;
}

/**
 * The time step that `code` belongs to: the current one, the one before or the one after, because clocks differ (RFC
 * 6238, 5.2). Null if it belongs to none. All three codes are computed and compared in constant time. `now` is epoch
 * milliseconds.
 */
export async function matchingStep(secret: Uint8Array<ArrayBuffer>, code: string, now: number): Promise<number | null> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const current = Math.floor(now / STEP_MILLISECONDS);
  const steps = [current - 1, current, current + 1];
  const codes = await Promise.all(steps.map((step) => computeCode(key, step)));
  const matches = codes.map((expected) => isSameText(expected, code));
  // If two steps have the same code, the later one, so that using it up uses up the other as well.
  return steps[matches.lastIndexOf(true)] ?? null;
}

/** RFC 4226, 5.3, with the time step as the counter. */
async function computeCode(key: CryptoKey, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf;
  const number = mac.getUint32(offset) & 0x7f_ff_ff_ff;
  return `${number % 10 ** DIGITS}`.padStart(DIGITS, "0");
}

/** Compares texts in a time that depends only on their lengths. */
function isSameText(expected: string, given: string): boolean {
  if (given.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at);
  return difference === 0;
}

export type TotpReading =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: "code-missing" | "code-malformed" };

/** The maximum length of the typed text: a code, and room for characters pasted around it. */
const TYPED_MAX_CHARACTERS = 64;

/** Parses six digits. Apps show them in groups, so spaces, dashes and invisible characters are ignored. */
export function readTotpCode(typed: string): TotpReading {
  if (typed.length > TYPED_MAX_CHARACTERS) return { ok: false, problem: "code-malformed" };
  const code = typed.replace(/[\s\p{Pd}\p{Cf}]/gu, "");
  if (code === "") return { ok: false, problem: "code-missing" };
  return /^[0-9]{6}$/.test(code) ? { ok: true, code } : { ok: false, problem: "code-malformed" };
}
