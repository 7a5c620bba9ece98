import type { SqlOutcome } from "./engine.ts";
import { isWord, syntaxError, type Token, tokenize } from "./tokens.ts";

/** MariaDB's names for the clauses of a statement, by MySQL's. */
const CLAUSES: Readonly<Record<string, string>> = {
  "INSERT INTO": "field list",
  SELECT: "field list",
  SET: "field list",
  ON: "on clause",
  WHERE: "where clause",
  "GROUP BY": "group statement",
  HAVING: "having clause",
  "ORDER BY": "order clause",
};

/** MariaDB's RETURNING, which MySQL does not have: code that came to rely on it would fail in production. */
export function findMariaDbOnly(sql: string): SqlOutcome | null {
  if (!/\breturning\b/i.test(sql)) return null;
  const word = tokenize(sql).find((token) => isWord(token, "RETURNING"));
  return word ? syntaxError(sql, word).outcome() : null;
}

/** A server's refusal in MySQL 8's words, which MariaDB's differ from. Other failures mean that it is unreachable. */
export function explainServerError(error: unknown, sql: string): SqlOutcome {
  if (!(error instanceof Error)) throw error;
  const { errno, sqlState, sqlMessage } = error as Error & { errno?: number; sqlState?: string; sqlMessage?: string };
  if (errno === undefined || sqlState === undefined || sqlMessage === undefined) return { kind: "unavailable" };
  switch (errno) {
    case 1062:
      return refused(errno, sqlState, nameTable(sqlMessage, sql));
    case 1052:
    case 1054:
      return refused(errno, sqlState, nameClause(sqlMessage));
    case 1064:
      return syntaxError(sql, findNear(sql, sqlMessage)).outcome();
    case 1091:
      return refused(
        errno,
        sqlState,
        sqlMessage.replace(/DROP \w+ `(.*)`; check that it/, "DROP '$1'; check that column/key"),
      );
    case 1366:
      return refused(errno, "HY000", sqlMessage.replace(/for column (?:`[^`]*`\.)*`([^`]*)`/, "for column '$1'"));
    default:
      return refused(errno, sqlState, sqlMessage);
  }
}

const refused = (errno: number, sqlState: string, message: string): SqlOutcome => ({
  kind: "refused",
  errno,
  sqlState,
  message,
});

/** MySQL 8 writes a key with its table. MariaDB leaves the table out, so it is read from the statement. */
function nameTable(message: string, sql: string): string {
  const tokens = tokenize(sql);
  const at = tokens.findIndex((token) => token.kind === "word" && /^(INTO|UPDATE|TABLE|ON)$/i.test(token.value));
  const table = tokens[at + 1]?.value;
  return message.replace(/for key '([^'.]+)'$/, (_, key) => `for key '${table}.${key}'`);
}

function nameClause(message: string): string {
  return message.replace(/ in '?([A-Z]+(?: [A-Z]+)?)'?(?= is ambiguous|$)/, (whole, clause: string) => {
    const named = CLAUSES[clause];
    if (named === undefined) return whole;
    return message.includes("ambiguous") ? ` in ${named}` : ` in '${named}'`;
  });
}

function findNear(sql: string, message: string): Token | undefined {
  const near = /near '([\s\S]*)' at line \d+$/.exec(message)?.[1];
  if (!near) return undefined;
  // Long statements are cut off after the place, so only its beginning is certain.
  const start = sql.lastIndexOf(near);
  const end = start + (/^\w+|^\S/.exec(near)?.[0].length ?? 1);
  return { kind: "symbol", value: sql.slice(start, end), start, end };
}
