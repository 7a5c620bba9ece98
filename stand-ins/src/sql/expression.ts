import { notSupported, quoteName, RefusedStatement } from "./engine.ts";
import { is, syntaxError, type Token } from "./tokens.ts";

/** Functions that SQLite and MySQL have under one name with one meaning. All others are refused. */
const FUNCTIONS = new Set(["COALESCE", "COUNT", "IFNULL", "LOWER", "MAX", "MIN", "NULLIF", "UPPER"]);

/** Words before a bracket that are not functions. */
const KEYWORDS = new Set(
  "ALL AND AS BY DISTINCT EXISTS FROM IN JOIN LIKE NOT ON OR SELECT UNION WHEN WHERE".split(" "),
);

/** SQLite reads these otherwise: `--` begins a comment, `||` joins texts, and the quotient of integers is one. */
const REFUSED = ["--", "||", "/"];

/** Renders tokens of MySQL in SQLite's words. `renderValue` renders `VALUES(column)`, where an upsert allows it. */
export function renderExpression(
  sql: string,
  tokens: readonly Token[],
  renderValue?: (column: string) => string,
): string {
  let rendered = "";
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const [before, next] = [tokens[at - 1], tokens[at + 1]];
    if (before?.end !== token.start) rendered += " ";
    if (is(token, "FROM") && is(next, "DUAL")) at += 1;
    else if (renderValue && is(token, "VALUES") && is(next, "(")) {
      at = tokens.findIndex((later, position) => position > at && is(later, ")"));
      rendered += renderValue(tokens[at - 1]?.value ?? "");
    } else rendered += renderToken(sql, token, before, next);
  }
  return rendered;
}

function renderToken(sql: string, token: Token, before: Token | undefined, next: Token | undefined): string {
  const upper = token.value.toUpperCase();
  switch (token.kind) {
    case "string":
      // `'a' 'b'` is `'ab'` in MySQL and an alias in SQLite.
      if (before?.kind === "string") throw notSupported("'' ''");
      if (before?.end === token.start && before.kind === "word") throw notSupported(before.value);
      // A backslash escapes a wildcard in MySQL only.
      return quoteString(token.value) + (is(before, "LIKE") ? " ESCAPE '\\'" : "");
    case "quoted":
      return quoteName(token.value);
    case "number":
      return token.value;
    case "word":
    case "symbol":
      if (REFUSED.includes(upper)) throw notSupported(token.value);
      // One operator of SQLite's.
      if (is(token, "=") && is(before, "=")) throw syntaxError(sql, token);
      if (token.kind === "word" && is(next, "(") && !KEYWORDS.has(upper) && !FUNCTIONS.has(upper)) {
        throw new RefusedStatement(1305, "42000", `FUNCTION ${token.value} does not exist`);
      }
      return token.value;
  }
}

export function quoteString(text: string): string {
  // SQLite ends a statement at a NUL, so a string with one is passed as bytes.
  if (text.includes("\0")) return `CAST(X'${Buffer.from(text, "utf8").toString("hex")}' AS TEXT)`;
  return `'${text.replaceAll("'", "''")}'`;
}
