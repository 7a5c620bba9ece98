import { brand } from "../../../brand.ts";
import commonPasswords from "./common.br";

/**
 * The minimum of NIST SP 800-63B-3, 5.1.1.1, and of OWASP ASVS 5.0.0, 6.2.1. SP 800-63B-4 requires 15 for a password
 * that is the only factor. There are no rules about kinds of characters.
 */
export const PASSWORD_MIN_CODE_POINTS = 8;
/** Enough for any passphrase, and a bound for the work that one request can cause. */
export const PASSWORD_MAX_CODE_POINTS = 256;

/** A code point has at most two code units. */
const PASSWORD_MAX_CODE_UNITS = 2 * PASSWORD_MAX_CODE_POINTS;

/**
 * Whether `text` is longer than any password. It is checked before anything else looks at a password, because NFKC
 * takes time that grows with the square of a run of combining marks.
 */
export function exceedsPasswordLength(text: string): boolean {
  return text.length > PASSWORD_MAX_CODE_UNITS || [...text].length > PASSWORD_MAX_CODE_POINTS;
}

/** A shorter local part (`al@…`) or service name occurs in too many good passwords. */
const TERM_MIN_CHARACTERS = 4;

/** From this share of its letters and digits on, a password is little more than the term. */
const TERM_MAX_SHARE = 0.5;

/** In the form in which passwords are compared. */
const SERVICE_NAME = brand.name.normalize("NFKC").toLowerCase();

export type PasswordProblem =
  | "password-missing"
  | "password-too-short"
  | "password-too-long"
  | "password-malformed"
  | "password-common"
  | "password-contains-email"
  | "password-contains-service";

/** Includes the problems of a password that keeps the rules but is in a breach, or is the current one. */
export type NewPasswordProblem = PasswordProblem | "password-breached" | "password-unchanged";

/**
 * Why `password` cannot be the new password of the account with this email; null if it can. It is never trimmed or cut.
 */
export function findPasswordProblem(password: string, email: string): PasswordProblem | null {
  if (password === "") return "password-missing";
  if (exceedsPasswordLength(password)) return "password-too-long";
  // Lone surrogates all encode alike, so different passwords would become equal.
  if (!password.isWellFormed()) return "password-malformed";
  // Passwords are compared after NFKC, so the normalized text must be long enough.
  const normal = password.normalize("NFKC");
  if ([...normal].length < PASSWORD_MIN_CODE_POINTS) return "password-too-short";

  const folded = normal.toLowerCase();
  if (common().has(folded) || new Set(folded).size === 1) return "password-common";
  if (reliesOn(folded, SERVICE_NAME)) return "password-contains-service";
  const [localPart = ""] = email.split("@");
  const [mailbox = ""] = localPart.split("+");
  if (reliesOn(folded, localPart) || reliesOn(folded, mailbox)) return "password-contains-email";
  return null;
}

/**
 * Whether `password` contains `term` as a whole word, or consists of it to a large share. As part of a longer word in a
 * long password it does not help an attacker: "info" in "information-superhighway-9". A word ends where letters meet
 * digits, so a year does not hide it. Dots and hyphens do not count.
 */
function reliesOn(password: string, term: string): boolean {
  if (term.length < TERM_MIN_CHARACTERS) return false;
  if (hasWord(password, term)) return true;
  const [rest, core] = [password, term].map((text) => text.replace(/[^\p{L}\p{M}\p{N}]/gu, ""));
  if (rest === undefined || core === undefined || core.length < TERM_MIN_CHARACTERS) return false;
  const times = rest.split(core).length - 1;
  return times > 0 && times * core.length >= rest.length * TERM_MAX_SHARE;
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (isBoundary(text, at) && isBoundary(text, at + word.length)) return true;
  }
  return false;
}

/** Whether no word continues across `index`. */
function isBoundary(text: string, index: number): boolean {
  // One code point on either side has at most two code units.
  const around = [text.slice(Math.max(0, index - 2), index), text.slice(index, index + 2)] as const;
  const [before, after] = [[...around[0]].at(-1) ?? "", [...around[1]][0] ?? ""];
  return ![/[\p{L}\p{M}]/u, /\p{N}/u].some((kind) => kind.test(before) && kind.test(after));
}

let commonSet: ReadonlySet<string> | undefined;

function common(): ReadonlySet<string> {
  // Loaded here, because an import would load it in every isolate that starts.
  const { brotliDecompressSync } = process.getBuiltinModule("node:zlib");
  commonSet ??= new Set(brotliDecompressSync(commonPasswords).toString().split("\n"));
  return commonSet;
}
