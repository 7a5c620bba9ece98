import type { FormFields } from "../http/form-body.ts";

export type CodeProblem = "missing" | "malformed" | "wrong" | "attempts-exhausted" | "expired" | "gone";

export type CodeForm =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: "missing" | "malformed" };

/** The maximum length of the typed text: a code, and room for characters pasted around it. */
const TYPED_MAX_CHARACTERS = 64;

/** Parses eight digits. People copy the code from a message, so spaces, dashes and invisible characters are ignored. */
export function parseCode(fields: FormFields, field = "code"): CodeForm {
  const typed = fields.text(field);
  if (typed.length > TYPED_MAX_CHARACTERS) return { ok: false, problem: "malformed" };
  const code = typed.replace(/[\s\p{Pd}\p{Cf}]/gu, "");
  if (code === "") return { ok: false, problem: "missing" };
  return /^[0-9]{8}$/.test(code) ? { ok: true, code } : { ok: false, problem: "malformed" };
}
