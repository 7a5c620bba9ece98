import type { FormFields } from "../../http/form-body.ts";

export type CodeProblem = "missing" | "malformed" | "wrong" | "attempts-exhausted" | "expired" | "gone";

export type CodeForm =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: "missing" | "malformed" };

/** A code, and whatever may come along with it. */
const TYPED_MAX_CHARACTERS = 64;

/**
 * Eight digits. It is text that people copy, not a header: any space, dash or invisible character that came along with them
 * does not count.
 */
export function parseCode(fields: FormFields): CodeForm {
  const typed = fields.text("code");
  if (typed.length > TYPED_MAX_CHARACTERS) return { ok: false, problem: "malformed" };
  const code = typed.replace(/[\s\p{Pd}\p{Cf}]/gu, "");
  if (code === "") return { ok: false, problem: "missing" };
  return /^[0-9]{8}$/.test(code) ? { ok: true, code } : { ok: false, problem: "malformed" };
}
