import type { DatabaseSync } from "node:sqlite";
import {
  cannotBeNull,
  duplicateEntry,
  explainConstraint,
  incorrectInteger,
  outOfRange,
  tooLong,
} from "./constraints.ts";
import type { Statement } from "./dialect.ts";
import { notSupported, RefusedStatement } from "./engine.ts";
import { isSymbol, isWord, syntaxError, type Token, tokenize } from "./tokens.ts";

interface Failure {
  readonly sql: string;
  readonly statement: Statement;
  readonly connection: DatabaseSync;
  readonly database: string;
}

/** SQLite's error codes that are asked for (sqlite.org/rescode.html); the rest is told from the message. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/** Says MySQL's refusal for an error of SQLite, or returns the error itself when nobody foresaw it. */
export function explainRefusal(error: unknown, failure: Failure): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  const code = Number(error.errcode) & 0xff;
  if (code === SQLITE_BUSY || code === SQLITE_LOCKED) return lockWaitTimeout();
  const [, before = "", subject = ""] = /^(.*?)[:,] (.*)$/.exec(error.message) ?? [];
  switch (before) {
    case "UNIQUE constraint failed":
    case "NOT NULL constraint failed":
    case "CHECK constraint failed":
      return explainConstraint(failure.statement, failure.connection) ?? fallBack(before, subject);
    case "no such table":
      return new RefusedStatement(1146, "42S02", `Table '${failure.database}.${subject}' doesn't exist`);
    case "no such column":
      return new RefusedStatement(1054, "42S22", `Unknown column '${subject}' in '${clauseOf(subject, failure)}'`);
    case "ambiguous column name":
      return new RefusedStatement(1052, "23000", `Column '${subject}' in ${clauseOf(subject, failure)} is ambiguous`);
    case "no such savepoint":
      return new RefusedStatement(1305, "42000", `SAVEPOINT ${subject} does not exist`);
    default:
      return explainSyntax(error.message, failure);
  }
}

export const lockWaitTimeout = () =>
  new RefusedStatement(1205, "HY000", "Lock wait timeout exceeded; try restarting transaction");

function explainSyntax(message: string, { sql }: Failure): RefusedStatement {
  const tokens = tokenize(sql);
  const near = /^near "(.*)": syntax error$/s.exec(message)?.[1];
  if (near !== undefined) {
    return syntaxError(
      sql,
      tokens.findLast((token) => token.value === near.replaceAll("`", "")),
    );
  }
  if (message === "incomplete input") return syntaxError(sql, undefined);
  if (message.startsWith("misuse of aggregate")) {
    return new RefusedStatement(1111, "HY000", "Invalid use of group function");
  }
  return notSupported(message);
}

/** For what the rows do not show, as when only the UPDATE half of an upsert is refused. */
function fallBack(constraint: string, subject: string): RefusedStatement {
  if (constraint.startsWith("NOT NULL")) return cannotBeNull(lastName(subject));
  if (constraint.startsWith("UNIQUE")) return duplicateEntry("", subject.split(".")[0] ?? "", "PRIMARY");
  const [check = "", column = ""] = subject.split(":", 2);
  if (check === "too long") return tooLong(column, 1);
  return check === "out of range" ? outOfRange(column, 1) : incorrectInteger("", column, 1);
}

const lastName = (qualified: string) => qualified.slice(qualified.lastIndexOf(".") + 1);

/** MySQL names the clause in which a column is unknown. */
function clauseOf(column: string, { sql }: Failure): string {
  const tokens = tokenize(sql);
  const qualified = column.includes(".");
  const at = tokens.findLastIndex(
    (token, position) => token.value === lastName(column) && isSymbol(tokens[position - 1], ".") === qualified,
  );
  const clause = tokens.slice(0, at).findLast((token) => isWord(token, ...Object.keys(CLAUSES))) as Token | undefined;
  return CLAUSES[clause?.value.toUpperCase() ?? ""] ?? "field list";
}

const CLAUSES: Readonly<Record<string, string>> = {
  SELECT: "field list",
  SET: "field list",
  ON: "on clause",
  WHERE: "where clause",
  GROUP: "group statement",
  HAVING: "having clause",
  ORDER: "order clause",
};
