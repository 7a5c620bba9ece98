import { RefusedStatement } from "./engine.ts";

const KINDS = ["word", "quoted", "string", "number", "symbol"] as const;

export interface Token {
  readonly kind: (typeof KINDS)[number];
  /** The meaning of the token: a name without its backticks, a string without its escapes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = new RegExp(
  [
    /\s+/,
    /(?<word>[\p{L}_$][\p{L}\p{N}_$]*)/u,
    /(?<quoted>`(?:[^`]|``)*`)/,
    /(?<string>'[^'\\]*(?:(?:\\.|'')[^'\\]*)*')/,
    /(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_$]))/u,
    /(?<symbol><=|>=|<>|!=|\|\||--|[-+*/%=<>(),.;])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gisuy",
);

/** Escaped characters of a string that do not stand for themselves. MySQL 8.4 manual, table 11.1. */
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

/** Splits a statement into tokens, so that nothing in a string is read as SQL. Throws MySQL's error 1064. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const { 0: text, groups = {} } of sql.matchAll(TOKEN)) {
    const kind = KINDS.find((name) => groups[name] !== undefined);
    const end = at + text.length;
    if (kind) tokens.push({ kind, value: readValue(kind, text), start: at, end });
    at = end;
  }
  if (at === sql.length) return tokens;
  throw syntaxError(sql, { kind: "symbol", value: sql.charAt(at), start: at, end: at + 1 });
}

function readValue(kind: Token["kind"], text: string): string {
  if (kind === "quoted") return text.slice(1, -1).replaceAll("``", "`");
  if (kind !== "string") return text;
  return text.slice(1, -1).replace(/\\(.)|''/gs, (_, escaped) => (escaped ? (ESCAPES[escaped] ?? escaped) : "'"));
}

/** Error 1064 as Vitess's own parser words it: the position after the token, counted from 1, and no token at the end. */
export function syntaxError(sql: string, token?: Token): RefusedStatement {
  const near = token ? ` near '${token.value}'` : "";
  return new RefusedStatement(1064, "42000", `syntax error at position ${(token?.end ?? sql.length) + 1}${near}`);
}

/** Whether a token is one of these keywords or symbols, given in capitals. */
export function is(token: Token | undefined, ...texts: readonly string[]): boolean {
  return (token?.kind === "word" || token?.kind === "symbol") && texts.includes(token.value.toUpperCase());
}

/** The first word of a statement in capitals; "" if it does not begin with one. */
export function leadingVerb(sql: string): string {
  return /^\s*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? "";
}

/** Statements that change the schema. They commit an open transaction first: MySQL 8.4 manual, 15.3.3. */
export const SCHEMA_VERBS = ["ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE"];

/** Reads a statement's tokens from left to right. An unexpected token is error 1064. */
export class TokenReader {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** Consumes the keywords or symbols if they all come next. */
  accept(...texts: readonly string[]): boolean {
    const matches = texts.every((text, index) => is(this.peek(index), text));
    if (matches) this.#at += texts.length;
    return matches;
  }

  expect(...texts: readonly string[]): void {
    if (!this.accept(...texts)) this.refuse();
  }

  refuse(): never {
    throw syntaxError(this.sql, this.peek());
  }

  /** The name of a table or a column. */
  name(): string {
    const token = this.peek();
    if (token?.kind !== "word" && token?.kind !== "quoted") this.refuse();
    this.#at += 1;
    return token.value;
  }

  /** Comma-separated items in a bracket, which is consumed. */
  bracketed(): Token[][] {
    this.expect("(");
    const items: Token[][] = [];
    do items.push(this.takeUntil(",", ")"));
    while (this.accept(","));
    this.expect(")");
    return items;
  }

  /** The tokens before the next of these keywords or symbols outside of inner brackets, or all that are left. */
  takeUntil(...texts: readonly string[]): Token[] {
    const taken: Token[] = [];
    let depth = 0;
    for (let token = this.peek(); token && (depth > 0 || !is(token, ...texts)); token = this.peek()) {
      if (is(token, "(")) depth += 1;
      if (is(token, ")")) depth -= 1;
      taken.push(token);
      this.#at += 1;
    }
    return taken;
  }
}
