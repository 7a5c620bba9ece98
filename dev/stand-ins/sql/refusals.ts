import type { DatabaseSync } from "node:sqlite";
import type { Statement } from "./dialect.ts";
import { notSupported, RefusedStatement } from "./engine.ts";
import { type ColumnCheck, findColumn, quoteName, type TableDefinition } from "./table-definition.ts";
import { isSymbol, isWord, syntaxError, type Token, tokenize } from "./tokens.ts";

interface Failure {
  readonly sql: string;
  readonly statement: Statement;
  readonly connection: DatabaseSync;
  readonly database: string;
}

type Written = string | bigint | number | Uint8Array | null;

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
      return duplicateEntry(subject.split(", "), failure);
    case "NOT NULL constraint failed":
      return new RefusedStatement(1048, "23000", `Column '${lastName(subject)}' cannot be null`);
    case "CHECK constraint failed":
      return failedCheck(subject, failure);
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

function duplicateEntry(qualified: readonly string[], failure: Failure): RefusedStatement {
  const columns = qualified.map(lastName);
  const table = writtenTable(failure.statement);
  const index = table?.indexes.find((candidate) => candidate.unique && candidate.columns.join() === columns.join());
  const key = table && table.primaryKey.join() !== columns.join() && index ? index.name : "PRIMARY";
  const entry = findDuplicate(columns, table, failure).map(displayValue).join("-");
  const owner = table?.name ?? qualified[0]?.split(".")[0];
  return new RefusedStatement(1062, "23000", `Duplicate entry '${entry}' for key '${owner}.${key}'`);
}

/** The values of the first written row that another row already has. */
function findDuplicate(columns: readonly string[], table: TableDefinition | undefined, failure: Failure): Written[] {
  const rows = writtenRows(columns, failure);
  if (!table) return rows[0] ?? [];
  const where = columns.map((column) => `${quoteName(column)} = ?`).join(" AND ");
  const find = failure.connection.prepare(`SELECT 1 FROM ${quoteName(table.name)} WHERE ${where}`);
  return rows.find((row) => find.get(...row) !== undefined) ?? rows.at(-1) ?? [];
}

function failedCheck(constraint: string, failure: Failure): RefusedStatement {
  const [check, name] = constraint.split(":", 2) as [ColumnCheck, string];
  const rows = writtenRows([name], failure).map(([value]) => value ?? null);
  const table = writtenTable(failure.statement);
  const type = table && findColumn(table, name)?.type;
  const isLong = (value: Written) =>
    type?.kind === "characters"
      ? [...displayValue(value)].length > type.maxCharacters
      : type?.kind === "text" && Buffer.byteLength(displayValue(value)) > type.maxBytes;
  const isWrong = (value: Written) => typeof value === "string" && !/^\s*[+-]?\d+\s*$/.test(value);
  const position = Math.max(
    0,
    rows.findIndex(check === "too long" ? isLong : check === "wrong type" ? isWrong : isBig),
  );
  const row = `for column '${name}' at row ${position + 1}`;
  const value = rows[position] ?? null;
  if (check === "too long") return new RefusedStatement(1406, "22001", `Data too long ${row}`);
  if (check === "out of range" || isBig(value)) return new RefusedStatement(1264, "22003", `Out of range value ${row}`);
  if (value instanceof Uint8Array) return notSupported(`bytes ${row}`);
  if (typeof value === "number") return notSupported(`a fraction ${row}`);
  if (type?.kind === "double") return new RefusedStatement(1265, "01000", `Data truncated ${row}`);
  return new RefusedStatement(1366, "HY000", `Incorrect integer value: '${displayValue(value)}' ${row}`);
}

/** Beyond 32 bits: the only integers of the schema that are narrower than SQLite's. */
const isBig = (value: Written) =>
  (typeof value === "bigint" || typeof value === "number") && Math.abs(Number(value)) >= 2 ** 31;

function writtenTable(statement: Statement): TableDefinition | undefined {
  if (statement.kind === "insert") return statement.insert.table;
  return statement.kind === "update" ? statement.table : undefined;
}

/** What the statement would have written to the columns; a value that depends on other rows is left out. */
function writtenRows(columns: readonly string[], { statement, connection }: Failure): Written[][] {
  const evaluate = (values: readonly (string | undefined)[]): Written[][] => {
    try {
      const select = connection.prepare(`SELECT ${values.map((value) => value ?? "NULL").join(", ")}`);
      select.setReadBigInts(true);
      select.setReturnArrays(true);
      return [select.get() as unknown as Written[]];
    } catch {
      return [];
    }
  };
  const wanted = columns.map((column) => column.toLowerCase());
  if (statement.kind === "update") {
    const assigned = new Map(statement.assignments.map(([column, value]) => [column.toLowerCase(), value]));
    return evaluate(wanted.map((column) => assigned.get(column)));
  }
  if (statement.kind !== "insert" || !statement.insert.rows) return [];
  const positions = statement.insert.columns.map((column) => column.toLowerCase());
  return statement.insert.rows.flatMap((row) => evaluate(wanted.map((column) => row[positions.indexOf(column)])));
}

function displayValue(value: Written): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value ?? "");
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
