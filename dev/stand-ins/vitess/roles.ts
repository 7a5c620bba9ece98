import { leadingVerb, tokenize } from "../sql/tokens.ts";

/** The roles of a password, by PlanetScale's names for them: https://planetscale.com/docs/vitess/security/password-roles */
export const ROLES = ["admin", "readwriter", "writer", "reader"] as const;

export type Role = (typeof ROLES)[number];

/** Who sends a statement. */
export interface Caller {
  readonly username: string;
  readonly role: Role;
}

type Command = "Select" | "Insert" | "Update" | "Delete" | "DDL";

/** A statement that the caller's role does not allow, as the refusal names it. */
export interface Denied {
  readonly kind: "denied";
  readonly command: Command;
  readonly table: string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  SELECT: "Select",
  INSERT: "Insert",
  UPDATE: "Update",
  DELETE: "Delete",
  ALTER: "DDL",
  CREATE: "DDL",
  DROP: "DDL",
  RENAME: "DDL",
  TRUNCATE: "DDL",
};

const DENIED: Readonly<Record<Role, readonly Command[]>> = {
  admin: [],
  readwriter: ["DDL"],
  writer: ["DDL", "Select"],
  reader: ["DDL", "Insert", "Update", "Delete"],
};

/** The refusal that `role` meets with a statement, or null. What names no table is never refused. */
export function findDenied(role: Role, sql: string): Denied | null {
  const command = COMMANDS[leadingVerb(sql)];
  if (command === undefined || !DENIED[role].includes(command)) return null;
  const table = nameTable(sql);
  return table === null ? null : { kind: "denied", command, table };
}

function nameTable(sql: string): string | null {
  const tokens = tokenize(sql).filter((token) => !/^(IF|NOT|EXISTS)$/i.test(token.value) || token.kind === "quoted");
  const at = tokens.findIndex((token) => token.kind === "word" && /^(INTO|FROM|UPDATE|TABLE|ON)$/i.test(token.value));
  return at < 0 ? null : (tokens[at + 1]?.value ?? null);
}
