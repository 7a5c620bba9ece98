import { isSymbol, isWord, syntaxError, type Token } from "./tokens.ts";

/** Walks a statement's tokens from left to right; whatever does not fit is MySQL's 1064. */
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

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  refuse(): never {
    throw syntaxError(this.sql, this.peek());
  }

  next(): Token {
    const token = this.peek() ?? this.refuse();
    this.#at++;
    return token;
  }

  /** Consumes the words, one after the other, if they all come next. */
  accept(...words: readonly string[]): boolean {
    const matches = words.every((word, index) => isWord(this.peek(index), word));
    if (matches) this.#at += words.length;
    return matches;
  }

  acceptSymbol(symbol: string): boolean {
    const matches = isSymbol(this.peek(), symbol);
    if (matches) this.#at++;
    return matches;
  }

  expect(...words: readonly string[]): void {
    if (!this.accept(...words)) this.refuse();
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.refuse();
  }

  expectEnd(): void {
    if (!this.done) this.refuse();
  }

  /** A table's, column's or index's name, in backticks or without. */
  name(): string {
    const token = this.peek();
    if (token?.kind !== "word" && token?.kind !== "quoted") this.refuse();
    return this.next().value;
  }

  names(): string[] {
    return this.bracketed().map((item) => {
      // An index may name a column's order or the length of its prefix: neither changes what is unique here.
      const [column] = item;
      if (column?.kind !== "word" && column?.kind !== "quoted") throw syntaxError(this.sql, column);
      return column.value;
    });
  }

  /** The comma-separated items of a bracket, which is consumed whole. */
  bracketed(): Token[][] {
    this.expectSymbol("(");
    const items: Token[][] = [];
    if (this.acceptSymbol(")")) return items;
    do items.push(this.takeUntil(",", ")"));
    while (this.acceptSymbol(","));
    this.expectSymbol(")");
    return items;
  }

  /** The tokens before the next of `symbols` that stands in no inner bracket, or before the end. */
  takeUntil(...symbols: readonly string[]): Token[] {
    return this.takeWhile((token) => !(token.kind === "symbol" && symbols.includes(token.value)));
  }

  takeWhile(wanted: (token: Token) => boolean): Token[] {
    const taken: Token[] = [];
    let depth = 0;
    for (let token = this.peek(); token && (depth > 0 || wanted(token)); token = this.peek()) {
      if (isSymbol(token, "(")) depth++;
      if (isSymbol(token, ")")) depth--;
      taken.push(this.next());
    }
    return taken;
  }
}
