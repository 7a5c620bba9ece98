import { brand } from "../../../brand.ts";
import commonPasswords from "./common.br";

/** NIST SP 800-63B allows no less for a password that stands alone; long enough is the only rule of composition. */
export const PASSWORD_MIN_CODE_POINTS = 8;
/** Room for any passphrase, and a bound for the work that one request can cause. */
export const PASSWORD_MAX_CODE_POINTS = 256;

/** A code point takes two code units at most, so a longer text is no password, whatever it holds. */
const PASSWORD_MAX_CODE_UNITS = 2 * PASSWORD_MAX_CODE_POINTS;

/**
 * Whether `text` is longer than any password. Costs nothing, where normalising does: NFKC takes time that grows with
 * the square of a run of combining marks. It comes before everything else that looks at a password.
 */
export function exceedsPasswordLength(text: string): boolean {
  return text.length > PASSWORD_MAX_CODE_UNITS || [...text].length > PASSWORD_MAX_CODE_POINTS;
}

/** A shorter local part (`al@…`) or name of a service stands in too many good passwords. */
const TERM_MIN_CHARACTERS = 4;

/** From this share of its letters and digits on, a password is little more than what everybody knows. */
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

/** Of a password that keeps the rules, and may still be in everybody's hands. */
export type NewPasswordProblem = PasswordProblem | "password-breached";

/** Why `password` cannot be the new password of the account with this address; null if it can. Never trimmed or cut. */
export function findPasswordProblem(password: string, email: string): PasswordProblem | null {
  if (password === "") return "password-missing";
  if (exceedsPasswordLength(password)) return "password-too-long";
  // Lone surrogates all encode alike, so that different passwords would become one.
  if (!password.isWellFormed()) return "password-malformed";
  // What opens the account is compared after NFKC, so that is what must be long enough.
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
 * Whether `password` has `term` in it as a whole word, or consists of it to a large share. As a part of a longer word in a
 * long password it is no help to who guesses: "info" in "information-superhighway-9". Where letters meet digits a
 * word ends, so that a year does not hide it; dots and hyphens do not count for the share, nor where they stand.
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

/** Whether no word goes on from before `index` to after it. */
function isBoundary(text: string, index: number): boolean {
  // One code point on either side: at most two code units.
  const around = [text.slice(Math.max(0, index - 2), index), text.slice(index, index + 2)] as const;
  const [before, after] = [[...around[0]].at(-1) ?? "", [...around[1]][0] ?? ""];
  return ![/[\p{L}\p{M}]/u, /\p{N}/u].some((kind) => kind.test(before) && kind.test(after));
}

let commonSet: ReadonlySet<string> | undefined;

function common(): ReadonlySet<string> {
  // Asked for here: an import would load it into every isolate that starts.
  const { brotliDecompressSync } = process.getBuiltinModule("node:zlib");
  commonSet ??= new Set(brotliDecompressSync(commonPasswords).toString().split("\n"));
  return commonSet;
}
