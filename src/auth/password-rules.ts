import { brand } from "../brand.ts";
import commonPasswords from "./common-passwords.br";

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

/** Shorter local parts (`al@…`) stand in too many good passwords. */
const LOCAL_PART_MIN_CHARACTERS = 4;

/** In the form in which passwords are compared. A shorter one stands in too many good passwords. */
const SERVICE_NAME = brand.name.normalize("NFKC").toLowerCase();
const SERVICE_NAME_MIN_CHARACTERS = 4;

export type PasswordProblem =
  | "password-missing"
  | "password-too-short"
  | "password-too-long"
  | "password-malformed"
  | "password-common"
  | "password-contains-address"
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
  if (SERVICE_NAME.length >= SERVICE_NAME_MIN_CHARACTERS && folded.includes(SERVICE_NAME)) {
    return "password-contains-service";
  }
  const [localPart = ""] = email.split("@");
  if (localPart.length >= LOCAL_PART_MIN_CHARACTERS && folded.includes(localPart)) return "password-contains-address";
  return null;
}

let commonSet: ReadonlySet<string> | undefined;

function common(): ReadonlySet<string> {
  // Asked for here: an import would load it into every isolate that starts.
  const { brotliDecompressSync } = process.getBuiltinModule("node:zlib");
  commonSet ??= new Set(brotliDecompressSync(commonPasswords).toString().split("\n"));
  return commonSet;
}
