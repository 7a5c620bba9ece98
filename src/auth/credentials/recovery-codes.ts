import { RECOVERY_CODES } from "../../store/recovery-codes.ts";
import { generateRandomString, hashSecret } from "../tokens/secrets.ts";

/** 24 characters of 32: 120 bits, of which a fast hash may be stored (OWASP ASVS 5.0.0, 6.5.2: at least 112). */
const CODE_CHARACTERS = 24;

/** Crockford's base32, which has no I, L, O and U: https://www.crockford.com/base32.html */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Generates ten recovery codes as they are shown, such as `7ZK3QA-0M9XWC-…`, in four groups of six. */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    generateRandomString(CODE_CHARACTERS, ALPHABET).replace(/.{6}(?=.)/g, "$&-"),
  );
}

/** The maximum length of the typed text: a code in its groups, and room for characters pasted around it. */
const TYPED_MAX_CHARACTERS = 64;

/**
 * Parses a typed recovery code, and returns it without dashes and in capitals; null if it cannot be one. Spaces, dashes
 * and invisible characters are ignored, O is read as 0, and I and L as 1.
 */
export function parseRecoveryCode(typed: string): string | null {
  if (typed.length > TYPED_MAX_CHARACTERS) return null;
  const characters = typed.replace(/[\s\p{Pd}\p{Cf}]/gu, "");
  if (!/^[0-9A-TV-Za-tv-z]{24}$/.test(characters)) return null;
  return characters.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
}

/**
 * Hashes a parsed recovery code, in hexadecimal. The account is part of the input, so that the row of one account is
 * worth nothing in another, even to a query that forgets to ask whose it is.
 */
export function hashRecoveryCode(userId: string, code: string): Promise<string> {
  return hashSecret(`recovery:${userId}:${code}`);
}
