import type { FormFields } from "../../http/form-body.ts";

export type CodeProblem = "missing" | "malformed" | "wrong" | "tries-used-up" | "expired" | "gone";

export type CodeForm =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problem: "missing" | "malformed" };

/** Eight digits; spaces and hyphens, as people copy them, do not count. */
export function parseCode(fields: FormFields): CodeForm {
  const code = fields.text("code").replace(/[\s-]/g, "");
  if (code === "") return { ok: false, problem: "missing" };
  return /^[0-9]{8}$/.test(code) ? { ok: true, code } : { ok: false, problem: "malformed" };
}
