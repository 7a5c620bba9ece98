import { type Argon2idParameters, hashArgon2id, verifyArgon2id } from "./argon2id.ts";
import { withHashSlot } from "./hash-queue.ts";
import { exceedsPasswordLength } from "./rules.ts";

/** OWASP's Password Storage Cheat Sheet, first choice for Argon2id: 19 MiB, two passes, one lane. */
const CURRENT: Argon2idParameters = { memory: 19 * 1024, passes: 2, parallelism: 1 };
const CURRENT_PREFIX = `$argon2id$v=19$m=${CURRENT.memory},t=${CURRENT.passes},p=${CURRENT.parallelism}$`;

/** Lucia's own format: `s2:<salt>:<128 hex digits>`, scrypt with these factors. */
const LUCIA_SCRYPT = { N: 2 ** 14, r: 16, p: 1, maxmem: 2 ** 26 };
const LUCIA_SCRYPT_HASH = /^s2:([^:]+):([0-9a-f]{128})$/;

/** A valid hash that no password matches. Checking against it takes as long as checking a real hash. */
export const DUMMY_HASH = `${CURRENT_PREFIX}Z2F0ZWhvdXNlIG5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`;

/**
 * Lucia's `passwordHash`. Passwords are compared after NFKC, so that the same characters typed on two systems are
 * equal.
 */
export const passwordHash = {
  generate: (password: string): Promise<string> => withHashSlot(() => hashArgon2id(toBytes(password), CURRENT)),

  validate: async (password: string, hash: string): Promise<boolean> => {
    // Such a password cannot be right and must not be normalized. It costs the work of any wrong password.
    if (exceedsPasswordLength(password)) {
      await passwordHash.validate("", hash);
      return false;
    }
    if (hash.startsWith("$argon2id$")) return withHashSlot(() => verifyArgon2id(toBytes(password), hash));
    const [, salt, key] = LUCIA_SCRYPT_HASH.exec(hash) ?? [];
    if (salt === undefined || key === undefined) return false;
    // Loaded here, because an import would load it in every isolate that starts.
    const { timingSafeEqual } = process.getBuiltinModule("node:crypto");
    return timingSafeEqual(await withHashSlot(() => deriveScryptKey(toBytes(password), salt)), Buffer.from(key, "hex"));
  },
};

/** Whether two passwords open the same hashes. Neither may be longer than a password. */
export function isSamePassword(one: string, other: string): boolean {
  return one.normalize("NFKC") === other.normalize("NFKC");
}

/** Takes as long as checking a wrong password. */
export async function equalizeTiming(password: string): Promise<void> {
  await passwordHash.validate(password, DUMMY_HASH);
}

/** Whether `hash` uses another function or other factors than the current ones. */
export function isOutdatedHash(hash: string): boolean {
  return !hash.startsWith(CURRENT_PREFIX);
}

function toBytes(password: string): Uint8Array {
  return new TextEncoder().encode(password.normalize("NFKC"));
}

function deriveScryptKey(password: Uint8Array, salt: string): Promise<Buffer> {
  const { scrypt } = process.getBuiltinModule("node:crypto");
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 64, LUCIA_SCRYPT, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
