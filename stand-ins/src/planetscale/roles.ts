import { is, leadingVerb, tokenize } from "../sql/tokens.ts";

/** The roles of a password, by PlanetScale's names for them: https://planetscale.com/docs/vitess/security/password-roles */
export const ROLES = ["admin", "readwriter", "writer", "reader"] as const;

export type Role = (typeof ROLES)[number];

/** The login that sends a statement. */
export interface Caller {
  readonly username: string;
  readonly role: Role;
}

/** A statement that the caller's role does not allow, as the refusal names it. */
export interface Denied {
  readonly kind: "denied";
  readonly command: string;
  readonly table: string;
}

/** Statements that change the schema. They commit an open transaction first: MySQL 8.4 manual, 15.3.3. */
export const SCHEMA_VERBS = ["ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE"];

const DENIED: Readonly<Record<Role, readonly string[]>> = {
  admin: [],
  readwriter: ["DDL"],
  writer: ["DDL", "Select"],
  reader: ["DDL", "Insert", "Update", "Delete"],
};

/** The refusal that `role` meets with a statement, or null. A statement that names no table is never refused. */
export function findDenied(role: Role, sql: string): Denied | null {
  const verb = leadingVerb(sql);
  const command = SCHEMA_VERBS.includes(verb) ? "DDL" : verb.charAt(0) + verb.slice(1).toLowerCase();
  if (!DENIED[role].includes(command)) return null;
  const tokens = tokenize(sql).filter((token) => !is(token, "IF", "NOT", "EXISTS"));
  const at = tokens.findIndex((token) => is(token, "INTO", "FROM", "UPDATE", "TABLE", "ON"));
  const table = at < 0 ? undefined : tokens[at + 1]?.value;
  return table === undefined ? null : { kind: "denied", command, table };
}
