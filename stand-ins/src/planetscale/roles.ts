import { is, leadingVerb, SCHEMA_VERBS, tokenize } from "../sql/tokens.ts";
import type { Failure } from "./errors.ts";

/** The roles of a password, by PlanetScale's names for them: https://planetscale.com/docs/vitess/security/password-roles */
export const ROLES = ["admin", "readwriter", "writer", "reader"] as const;

export type Role = (typeof ROLES)[number];

/** The login that sends a statement. */
export interface Caller {
  readonly username: string;
  readonly role: Role;
}

const DENIED: Readonly<Record<Role, readonly string[]>> = {
  admin: [],
  readwriter: ["DDL"],
  writer: ["DDL", "Select"],
  reader: ["DDL", "Insert", "Update", "Delete"],
};

/**
 * The refusal that a caller meets with a statement, or null. A statement that names no table is never refused.
 * PlanetScale's documentation of password roles quotes it.
 */
export function findDenied({ role, username }: Caller, sql: string): Failure | null {
  const verb = leadingVerb(sql);
  const command = SCHEMA_VERBS.includes(verb) ? "DDL" : verb.charAt(0) + verb.slice(1).toLowerCase();
  if (!DENIED[role].includes(command)) return null;
  const tokens = tokenize(sql).filter((token) => !is(token, "IF", "NOT", "EXISTS"));
  const at = tokens.findIndex((token) => is(token, "INTO", "FROM", "UPDATE", "TABLE", "ON"));
  const table = at < 0 ? undefined : tokens[at + 1]?.value;
  if (table === undefined) return null;
  const message = `${command} command denied to user '${username}' for table '${table}' (ACL check error)`;
  return { kind: "failed", code: "PermissionDenied", message };
}
