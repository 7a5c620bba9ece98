import { generateRandomString, hashSecret } from "../tokens/secrets.ts";

export const RECOVERY_CODES = 10;

/** 24 characters of 32: 120 bits, enough for a fast hash (OWASP ASVS 5.0.0, 6.5.2). */
const CHARACTERS = 24;
const GROUPS = /.{6}/g;

/** Crockford's base32, which leaves out I, L, O and U: https://www.crockford.com/base32.html */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const TYPED_MAX_CHARACTERS = 64;

/** Generates ten recovery codes, in the form that is shown: `XXXXXX-XXXXXX-XXXXXX-XXXXXX`. */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const code = generateRandomString(CHARACTERS, ALPHABET);
    return (code.match(GROUPS) ?? []).join("-");
  });
}

/**
 * Parses a typed recovery code: in any case, with or without dashes and white space, with O for 0, and with I or L for
 * 1. Null if it cannot be one.
 */
export function parseRecoveryCode(typed: string): string | null {
  if (typed.length > TYPED_MAX_CHARACTERS) return null;
  const code = typed.replaceAll(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(code) ? code : null;
}

/**
 * Hashes a parsed recovery code for one account, in hexadecimal. With the account in the hash, a row that was copied to
 * another account opens nothing.
 */
export function hashRecoveryCode(userId: string, code: string): Promise<string> {
  return hashSecret(`recovery:${userId}:${code}`);
}
