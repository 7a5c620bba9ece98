import type { Database, Executor, Transaction } from "../../store/database.ts";
import { deleteToken, deleteTokens, deleteTokensOfUserFor, lockTokens } from "../../store/delete-tokens.ts";
import {
  findLiveSignup,
  findLiveToken,
  findLiveTokenOfBrowser,
  incrementAttempts,
  incrementCodeAttempts,
  insertToken,
  type NewToken,
  setTokenUser,
} from "../../store/one-time-tokens.ts";
import { deletePendingSignups, insertPendingSignup } from "../../store/pending-signups.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { generateCode, generateSecret, hashSecret } from "./secrets.ts";

const HOUR_MILLISECONDS = 60 * 60 * 1_000;

/** How long a mailed link is good: long for what harms nobody, short for what gives an account away. */
const TTL_MILLISECONDS = {
  "verify-email": 24 * HOUR_MILLISECONDS,
  "reset-password": HOUR_MILLISECONDS,
  "change-email": HOUR_MILLISECONDS,
} as const;

/** What a new password or a used link revokes. */
export type Revocable = keyof typeof TTL_MILLISECONDS;

/** What undoes a change of the email is good as long as the email is reserved. Whoever stole the account would revoke it first. */
export type Purpose = Revocable | "undo-email";

/** A code has 26.6 bits. Ten minutes and five tries leave a guesser one chance in twenty million. */
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
  readonly purpose: Revocable;
  readonly email: string;
  /** The account that it will be good for; null if that is decided later, or by its use. */
  readonly userId: string | null;
  /** Of a sign-up that waits for its email to be verified. */
  readonly hashedPassword?: string | null;
  /** Who asks, as the limits on mail count them (`findRequester`); null where nobody asked for a mail. */
  readonly requester: string | null;
}

/**
 * Stores a token beside those of the same purpose and account, or email where there is no account yet. It only inserts:
 * no request voids what was mailed before, and any number of requests at once wait for nothing. Which of a requester's
 * tokens are too old is decided where they are read. One statement, and beside it one for a pending sign-up: a token without
 * its sign-up opens nothing, and a sign-up without its token expires. `now` is epoch milliseconds.
 */
export async function issueToken(
  database: Executor,
  { purpose, email, userId, hashedPassword = null, requester }: TokenRequest,
  secrets: TokenSecrets,
  now: number,
): Promise<void> {
  const tokenHash = await hashSecret(secrets.token);
  const expiresAt = now + TTL_MILLISECONDS[purpose];
  const token = {
    purpose,
    subject: userId ?? email,
    requester: await hashRequester(requester, email),
    token_hash: tokenHash,
    email,
    user_id: userId,
    browser_hash: await hashSecret(secrets.browserSecret),
    code_hash: await hashCode(secrets.browserSecret, secrets.code),
    code_expires_at: now + CODE_TTL_MILLISECONDS,
    expires_at: expiresAt,
    created_at: now,
  };
  await Promise.all([
    insertToken(database, token),
    hashedPassword !== null &&
      insertPendingSignup(database, {
        token_hash: tokenHash,
        email,
        hashed_password: hashedPassword,
        expires_at: expiresAt,
      }),
  ]);
}

/** The row of a token that undoes a change of the email, but for what its reservation says. `now` is epoch milliseconds. */
export async function describeUndoToken(
  email: string,
  token: string,
  requester: string | null,
  now: number,
): Promise<Pick<NewToken, "email" | "requester" | "token_hash" | "code_expires_at">> {
  return {
    email,
    requester: await hashRequester(requester, email),
    token_hash: await hashSecret(token),
    code_expires_at: now + CODE_TTL_MILLISECONDS,
  };
}

/** With the email, so that the table does not tell which rows come from one requester. */
async function hashRequester(requester: string | null, email: string): Promise<string> {
  return requester === null ? "" : hashSecret(`${requester}:${email}`);
}

/** Makes a token good for an account. Until then it opens nothing, though it was issued as for any email. */
export async function bindToken(database: Database, token: string, userId: string | null): Promise<void> {
  await setTokenUser(database, await hashSecret(token), userId);
}

/** The live row of a mailed link, left as it is; null if there is none. */
export async function peekToken(
  database: Database,
  purpose: Purpose,
  token: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  return findLiveToken(database, purpose, await hashSecret(token), now);
}

/** The live row that this browser asked for. */
export async function peekBrowserToken(
  database: Database,
  purpose: Purpose,
  browserSecret: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  return findLiveTokenOfBrowser(database, purpose, await hashSecret(browserSecret), now);
}

/**
 * The pending sign-up that a sign-in with this email may belong to; null if there is none. Several people may have signed
 * up: the one in this browser comes first, then the newest of these requesters, then the newest. So whoever signs up after
 * the owner, from elsewhere, does not keep the owner's password from being tested where they signed up.
 */
export async function findPendingSignup(
  database: Database,
  email: string,
  { browserSecret, requesters }: { readonly browserSecret: string | null; readonly requesters: readonly string[] },
  now: number,
): Promise<OneTimeTokenRow | null> {
  const browserHash = browserSecret === null ? "" : await hashSecret(browserSecret);
  const hashes = await Promise.all(requesters.map((requester) => hashRequester(requester, email)));
  return findLiveSignup(database, email, browserHash, hashes, now);
}

export type CodeCheck =
  | { readonly outcome: "right"; readonly row: OneTimeTokenRow }
  | { readonly outcome: "wrong" | "attempts-exhausted" | "expired"; readonly row: OneTimeTokenRow }
  | { readonly outcome: "gone" };

/** Counts one of the five tries that a token leaves for anything that is guessed. False if they are used up. */
export async function countAttempt(database: Database, row: OneTimeTokenRow): Promise<boolean> {
  return incrementAttempts(database, row.token_hash, CODE_ATTEMPTS_MAX);
}

/**
 * Tries a code in the browser that asked for it. The try is counted before the code is looked at, in one statement, so
 * that any number of guesses at once still gets only its five. A right code is not consumed yet.
 */
export async function checkCode(
  database: Database,
  purpose: Purpose,
  browserSecret: string,
  code: string,
  now: number,
): Promise<CodeCheck> {
  const browserHash = await hashSecret(browserSecret);
  const isCounted = await incrementCodeAttempts(database, purpose, browserHash, CODE_ATTEMPTS_MAX, now);
  const row = await findLiveTokenOfBrowser(database, purpose, browserHash, now);
  if (!row) return { outcome: "gone" };
  if (!isCounted) return { outcome: row.attempts >= CODE_ATTEMPTS_MAX ? "attempts-exhausted" : "expired", row };
  if (row.code_hash === (await hashCode(browserSecret, code))) return { outcome: "right", row };
  return { outcome: row.attempts >= CODE_ATTEMPTS_MAX ? "attempts-exhausted" : "wrong", row };
}

/** Rolls a transaction back: what it stands on, a token or the state of an account, is not so any more. */
export class StaleState extends Error {}

/**
 * Removes a token within the transaction of its effect, and with it every other of `purposes` for the same account or
 * email: they commit together or not at all. Throws StaleState if another request was first. It comes first in its
 * transaction, before the user's row, and locks all of these tokens in the order of their primary key before it removes
 * one: so two links of one account that are used at once wait for each other instead of ending in a deadlock.
 */
export async function consumeToken(
  transaction: Transaction,
  row: OneTimeTokenRow,
  now: number,
  purposes: readonly string[] = [row.purpose],
): Promise<void> {
  const subjects = [...new Set([row.subject, row.email, ...(row.user_id === null ? [] : [row.user_id])])];
  const tokens = await lockTokens(transaction, purposes, subjects);
  if (!tokens.some(({ token_hash, expires_at }) => token_hash === row.token_hash && expires_at > now)) {
    throw new StaleState();
  }
  await deleteTokens(transaction, purposes, subjects);
  const hasSignups = tokens.some(({ purpose, user_id }) => purpose === "verify-email" && user_id === null);
  if (hasSignups) await deletePendingSignups(transaction, [row.email]);
}

/** Voids the one token of a link, whoever it is good for. That there is none is no error. */
export async function revokeToken(database: Database, purpose: Purpose, token: string): Promise<void> {
  await deleteToken(database, purpose, await hashSecret(token));
}

/** Voids what was mailed for an account, whatever its address is. */
export async function revokeTokensForUser(
  transaction: Transaction,
  purposes: readonly Revocable[],
  userId: string,
): Promise<void> {
  await deleteTokensOfUserFor(transaction, userId, purposes);
}

/** Compared as a hash of 256 bits under a secret key, so that the time a comparison takes tells a guesser nothing. */
function hashCode(browserSecret: string, code: string): Promise<string> {
  return hashSecret(`${browserSecret}:${code}`);
}
