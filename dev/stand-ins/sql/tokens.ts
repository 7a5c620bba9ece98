import { RefusedStatement } from "./engine.ts";

export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "hex" | "symbol";
  /** What the token means: a name without its backticks, a string without its escapes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

// MySQL 8.4 manual, table 11.1. Any other escaped character stands for itself.
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\x1a",
  "%": "\\%",
  _: "\\_",
};

const SPACE_OR_COMMENT = /(?:\s|#[^\n]*|--(?=\s|$)[^\n]*|\/\*(?!!)[\s\S]*?\*\/)+/y;
const HEX = /0x[0-9a-f]+\b|x'(?:[0-9a-f]{2})*'/iy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\w$])/iy;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const SYMBOL = /<=>|<=|>=|<>|!=|\|\||&&|[-+*/%=<>(),.;!~^&|]/y;

/** Splits MySQL's text into tokens, or throws MySQL's 1064. Nothing in a string or a comment is taken for SQL. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  const push = (kind: Token["kind"], value: string, end: number) => {
    tokens.push({ kind, value, start: at, end });
    at = end;
  };
  while (at < sql.length) {
    at += match(SPACE_OR_COMMENT)?.length ?? 0;
    const character = sql[at];
    if (character === undefined) break;
    const hex = match(HEX);
    const number = hex ? undefined : match(NUMBER);
    const word = match(WORD);
    const symbol = match(SYMBOL);
    if (character === "'" || character === '"') push("string", ...readQuoted(sql, at, true));
    else if (character === "`") push("quoted", ...readQuoted(sql, at, false));
    else if (hex) push("hex", hex.replace(/^0x|^x'|'$/gi, ""), at + hex.length);
    else if (number) push("number", number, at + number.length);
    else if (word) push("word", word, at + word.length);
    else if (symbol) push("symbol", symbol, at + symbol.length);
    else throw syntaxError(sql, { kind: "symbol", value: character, start: at, end: at + 1 });
  }
  return joinStrings(tokens);
}

function readQuoted(sql: string, start: number, escapes: boolean): [value: string, end: number] {
  const quote = sql[start];
  let value = "";
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql[at] as string;
    if (escapes && character === "\\" && at + 1 < sql.length) {
      const escaped = sql[++at] as string;
      value += ESCAPES[escaped] ?? escaped;
    } else if (character !== quote) {
      value += character;
    } else if (sql[at + 1] === quote) {
      value += character;
      at++;
    } else {
      return [value, at + 1];
    }
  }
  throw syntaxError(sql, { kind: "string", value, start, end: sql.length });
}

/** `'a' 'b'` is `'ab'` in MySQL; in SQLite the second would be an alias. */
function joinStrings(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (token.kind === "string" && last?.kind === "string") {
      joined[joined.length - 1] = { ...last, value: last.value + token.value, end: token.end };
    } else joined.push(token);
  }
  return joined;
}

/** Vitess's own parser reports the position after the token, counted from 1, and no token at the end of the text. */
export function syntaxError(sql: string, token: Token | undefined): RefusedStatement {
  const position = (token?.end ?? sql.length) + 1;
  const near = token ? ` near '${token.value}'` : "";
  return new RefusedStatement(1064, "42000", `syntax error at position ${position}${near}`);
}

export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === "word" && words.includes(token.value.toUpperCase());
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.value === symbol;
}

/** The first word of a statement in capitals, past comments and brackets; "" when there is none. */
export function leadingVerb(sql: string): string {
  return /^(?:[\s(;]|#[^\n]*\n?|--[^\n]*\n?|\/\*[\s\S]*?\*\/)*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? "";
}

/** Without `FROM DUAL`, which SQLite neither knows nor needs. */
export function withoutDual(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex((token, index) => isWord(token, "FROM") && isWord(tokens[index + 1], "DUAL"));
  return at < 0 ? tokens : tokens.toSpliced(at, 2);
}
