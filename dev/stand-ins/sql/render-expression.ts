import { notSupported, RefusedStatement } from "./engine.ts";
import { quoteName, quoteString } from "./table-definition.ts";
import { isSymbol, isWord, syntaxError, type Token } from "./tokens.ts";

/** MySQL's functions that SQLite has, under its own name. Any other is refused rather than guessed at. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  ABS: "abs",
  CHAR_LENGTH: "length",
  CHARACTER_LENGTH: "length",
  COALESCE: "coalesce",
  COUNT: "count",
  GREATEST: "max",
  IF: "if",
  IFNULL: "ifnull",
  LEAST: "min",
  // Bytes in MySQL, characters in SQLite.
  LENGTH: "octet_length",
  LOWER: "lower",
  MAX: "max",
  MIN: "min",
  NULLIF: "nullif",
  SUM: "sum",
  TRIM: "trim",
  UPPER: "upper",
};

/** Words that may stand before a bracket without being a function. */
const KEYWORDS = new Set(
  (
    "ALL AND AS BETWEEN BY CASE DISTINCT ELSE END EXISTS FROM HAVING IN INTO IS JOIN LIKE LIMIT NOT OFFSET ON OR " +
    "SELECT SET THEN UNION USING VALUES WHEN WHERE WITH"
  ).split(" "),
);

/** Operators by what SQLite calls them. */
const OPERATORS: Readonly<Record<string, string>> = { "||": "OR", "&&": "AND", "<=>": "IS" };

/** Spelled alike in SQLite and meant otherwise, or unknown to it. Division yields decimals in MySQL. */
const REFUSED_SYMBOLS = new Set(["/", "^", "~", "!"]);
const REFUSED_WORDS = new Set([
  "BINARY",
  "COLLATE",
  "DIV",
  "GLOB",
  "INTERVAL",
  "MATCH",
  "MOD",
  "REGEXP",
  "RLIKE",
  "XOR",
]);

/** SQLite's words that are names in MySQL. In backticks they are no more than that, in either. */
const SQLITE_ONLY = new Set(
  (
    "AUTOINCREMENT COMMIT CONFLICT DEFERRABLE EXCLUDE FAIL FILTER FULL INDEXED ISNULL MATERIALIZED NOTHING NOTNULL NULLS " +
    "RAISE RETURNING TRANSACTION WITHOUT"
  ).split(" "),
);

/** Renders tokens of MySQL as SQLite's text. `values` says what `VALUES(column)` is, where an upsert allows it. */
export function renderExpression(sql: string, tokens: readonly Token[], values?: (column: string) => string): string {
  let rendered = "";
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const before = tokens[at - 1];
    if (before && before.end !== token.start) rendered += " ";
    // One operator to SQLite, none to MySQL.
    if (isSymbol(token, "=") && isSymbol(before, "=")) throw syntaxError(sql, token);
    if (values && isWord(token, "VALUES") && isSymbol(tokens[at + 1], "(")) {
      // `VALUES(column)` or `VALUES(table.column)`.
      at = tokens.findIndex((later, position) => position > at && isSymbol(later, ")"));
      rendered += values(tokens[at - 1]?.value ?? "");
    } else if (isSymbol(tokens[at + 1], "(") && token.kind === "word") {
      rendered += renderCall(token);
    } else rendered += renderToken(token);
    // Backslash escapes a wildcard in MySQL, and nothing does in SQLite.
    if (token.kind === "string" && isWord(before, "LIKE") && !isWord(tokens[at + 1], "ESCAPE")) {
      rendered += " ESCAPE '\\'";
    }
  }
  return rendered;
}

function renderCall(token: Token): string {
  const name = token.value.toUpperCase();
  if (KEYWORDS.has(name)) return token.value;
  const known = FUNCTIONS[name];
  if (known === undefined) throw new RefusedStatement(1305, "42000", `FUNCTION ${token.value} does not exist`);
  // Its own spelling where it is SQLite's too: an unnamed column is called by its text.
  return known.toUpperCase() === name ? token.value : known;
}

function renderToken(token: Token): string {
  switch (token.kind) {
    case "string":
      return quoteString(token.value);
    case "quoted":
      return quoteName(token.value);
    case "hex":
      return `X'${token.value}'`;
    case "number":
      return token.value;
    case "word":
      if (REFUSED_WORDS.has(token.value.toUpperCase())) throw notSupported(token.value);
      return SQLITE_ONLY.has(token.value.toUpperCase()) ? quoteName(token.value) : token.value;
    case "symbol":
      if (REFUSED_SYMBOLS.has(token.value)) throw notSupported(token.value);
      return OPERATORS[token.value] === undefined ? token.value : ` ${OPERATORS[token.value]} `;
  }
}
