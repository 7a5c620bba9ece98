import type { Database, Transaction } from "../store/database.ts";
import type { OneTimeTokenRow } from "../store/schema.ts";
import { generateCode, generateSecret, hashSecret } from "./secrets.ts";

const HOUR_MILLISECONDS = 60 * 60 * 1_000;

/** How long a mailed link is good: long for what harms nobody, short for what gives an account away. */
const TTL_MILLISECONDS = {
  "verify-email": 24 * HOUR_MILLISECONDS,
  "reset-password": HOUR_MILLISECONDS,
  "change-email": HOUR_MILLISECONDS,
  /** A week, for who reads that mailbox seldom. */
  "undo-email": 7 * 24 * HOUR_MILLISECONDS,
} as const;

export type Purpose = keyof typeof TTL_MILLISECONDS;

/** A code has 27 bits. Ten minutes and five tries leave a guesser one chance in twenty million. */
const CODE_TTL_MILLISECONDS = 10 * 60 * 1_000;
const CODE_ATTEMPTS_MAX = 5;

/** What goes out: the token into the link, the code beside it, the browser secret into the cookie of who asked. */
export interface TokenSecrets {
  readonly token: string;
  readonly code: string;
  readonly browserSecret: string;
}

export function generateTokenSecrets(): TokenSecrets {
  return { token: generateSecret(), code: generateCode(), browserSecret: generateSecret() };
}

export interface TokenRequest {
  readonly purpose: Purpose;
  readonly email: string;
  /** The account that it will be good for; null if that is decided later, or by its use. */
  readonly userId: string | null;
  /** Of a sign-up that waits for its address to be verified. */
  readonly hashedPassword?: string | null;
}

const INSERT = `
insert into one_time_tokens (purpose, subject, token_hash, email, user_id, hashed_password, browser_hash, code_hash,
  attempts, code_expires_at, expires_at, created_at)`;
const VALUES = "?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?";
const REPLACE = `
on duplicate key update token_hash = values(token_hash), email = values(email), user_id = values(user_id),
  hashed_password = values(hashed_password), browser_hash = values(browser_hash), code_hash = values(code_hash),
  attempts = 0, code_expires_at = values(code_expires_at), expires_at = values(expires_at), created_at = values(created_at)`;

/**
 * Stores a token in place of any before it of the same purpose and account, or address where there is no account yet:
 * what an account asks for does not void a sign-up with its address, nor the reverse. One that undoes stays, whatever
 * else is done with the account. One statement. `now` is epoch milliseconds.
 */
export async function issueToken(
  database: Pick<Database, "execute">,
  { purpose, email, userId, hashedPassword = null }: TokenRequest,
  secrets: TokenSecrets,
  now: number,
): Promise<void> {
  // By way of the user's row: what is issued late, after the account is deleted, leaves nothing behind.
  const source = userId === null ? `values (${VALUES})` : `select ${VALUES} from users where id = ?`;
  await database.execute(`${INSERT} ${source} ${REPLACE}`, [
    purpose,
    purpose === "undo-email" ? email : (userId ?? email),
    await hashSecret(secrets.token),
    email,
    userId,
    hashedPassword,
    await hashSecret(secrets.browserSecret),
    await hashCode(secrets.browserSecret, secrets.code),
    now + CODE_TTL_MILLISECONDS,
    now + TTL_MILLISECONDS[purpose],
    now,
    ...(userId === null ? [] : [userId]),
  ]);
}

/** Makes a token good for an account. Until then it opens nothing, though it was issued as for any address. */
export async function bindToken(database: Database, token: string, userId: string | null): Promise<void> {
  const bind = "update one_time_tokens set user_id = ? where token_hash = ?";
  await database.execute(bind, [userId, await hashSecret(token)]);
}

/** The live row of a mailed link, left as it is; null if there is none. */
export async function peekToken(
  database: Database,
  purpose: Purpose,
  token: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  const select = "select * from one_time_tokens where token_hash = ? and purpose = ? and expires_at > ?";
  const { rows } = await database.execute<OneTimeTokenRow>(select, [await hashSecret(token), purpose, now]);
  return rows[0] ?? null;
}

/** The live row that this browser asked for. */
export async function peekBrowserToken(
  database: Database,
  purpose: Purpose,
  browserSecret: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  const select = "select * from one_time_tokens where browser_hash = ? and purpose = ? and expires_at > ?";
  const { rows } = await database.execute<OneTimeTokenRow>(select, [await hashSecret(browserSecret), purpose, now]);
  return rows[0] ?? null;
}

export type CodeTrial =
  | { readonly outcome: "right"; readonly row: OneTimeTokenRow }
  | { readonly outcome: "wrong" | "tries-used-up" | "expired"; readonly row: OneTimeTokenRow }
  | { readonly outcome: "gone" };

/** Counts one of the five tries that a token leaves for anything that is guessed. False if they are used up. */
export async function takeTry(database: Database, row: OneTimeTokenRow): Promise<boolean> {
  const count = "update one_time_tokens set attempts = attempts + 1 where token_hash = ? and attempts < ?";
  return (await database.execute(count, [row.token_hash, CODE_ATTEMPTS_MAX])).rowsAffected === 1;
}

/**
 * Tries a code in the browser that asked for it. The try is counted before the code is looked at, in one statement, so
 * that any number of guesses at once still gets only its five. A right code is not consumed yet.
 */
export async function tryCode(
  database: Database,
  purpose: Purpose,
  browserSecret: string,
  code: string,
  now: number,
): Promise<CodeTrial> {
  const count = `update one_time_tokens set attempts = attempts + 1
    where browser_hash = ? and purpose = ? and attempts < ? and code_expires_at > ?`;
  const { rowsAffected } = await database.execute(count, [
    await hashSecret(browserSecret),
    purpose,
    CODE_ATTEMPTS_MAX,
    now,
  ]);
  const row = await peekBrowserToken(database, purpose, browserSecret, now);
  if (!row) return { outcome: "gone" };
  if (rowsAffected === 0) return { outcome: row.attempts >= CODE_ATTEMPTS_MAX ? "tries-used-up" : "expired", row };
  if (row.code_hash === (await hashCode(browserSecret, code))) return { outcome: "right", row };
  return { outcome: row.attempts >= CODE_ATTEMPTS_MAX ? "tries-used-up" : "wrong", row };
}

/** Rolls a transaction back: what it stands on, a token or the state of an account, is not so any more. */
export class Superseded extends Error {}

/**
 * Takes the token away within the transaction of its effect: they commit together or not at all. Throws Superseded if
 * someone else was first, or a newer one has replaced it. It comes first in its transaction, before the user's row: so
 * nobody who is too late holds that row, and all take their locks in one order.
 */
export async function consumeToken(transaction: Transaction, row: OneTimeTokenRow, now: number): Promise<void> {
  const remove = "delete from one_time_tokens where token_hash = ? and purpose = ? and expires_at > ?";
  const { rowsAffected } = await transaction.execute(remove, [row.token_hash, row.purpose, now]);
  if (rowsAffected !== 1) throw new Superseded();
}

/** Throws Superseded unless a statement met exactly the one row that it is about. */
export async function expectOneRow(statement: Promise<{ readonly rowsAffected: number }>): Promise<void> {
  if ((await statement).rowsAffected !== 1) throw new Superseded();
}

/** Voids what was mailed to an address or for an account. Never what undoes: whoever stole the account would void that first. */
export async function voidTokens(
  transaction: Transaction,
  purposes: readonly Exclude<Purpose, "undo-email">[],
  email: string,
  userId: string,
): Promise<void> {
  const remove = "delete from one_time_tokens where purpose in (?) and subject in (?)";
  await transaction.execute(remove, [purposes, [email, userId]]);
}

/** Voids the one token of a link, whoever it is good for. That there is none is no error. */
export async function revokeToken(database: Database, purpose: Purpose, token: string): Promise<void> {
  const remove = "delete from one_time_tokens where token_hash = ? and purpose = ?";
  await database.execute(remove, [await hashSecret(token), purpose]);
}

/** Voids what was mailed for an account, whatever its address is. */
export async function voidTokensOf(
  transaction: Transaction,
  purposes: readonly Exclude<Purpose, "undo-email">[],
  userId: string,
): Promise<void> {
  const remove = "delete from one_time_tokens where user_id = ? and purpose in (?)";
  await transaction.execute(remove, [userId, purposes]);
}

/** Compared as a hash of 256 bits under a secret key, so that the time a comparison takes tells a guesser nothing. */
function hashCode(browserSecret: string, code: string): Promise<string> {
  return hashSecret(`${browserSecret}:${code}`);
}
