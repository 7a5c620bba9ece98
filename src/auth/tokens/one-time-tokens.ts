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

/** A code has 26.6 bits. Ten minutes and five attempts leave a chance of one in twenty million. */
const CODE_TTL_MILLISECONDS = 10 * 60 * 1_000;
const CODE_ATTEMPTS_MAX = 5;

/**
 * Lifetimes of links: long if a link is harmless, short if it gives access to an account. `confirm-owner` has a code
 * only.
 */
const TTL_MILLISECONDS = {
  "verify-email": 24 * HOUR_MILLISECONDS,
  "reset-password": HOUR_MILLISECONDS,
  "change-email": HOUR_MILLISECONDS,
  "confirm-owner": CODE_TTL_MILLISECONDS,
} as const;

/** Purposes of tokens that a new password or a used link revokes. */
export type Revocable = keyof typeof TTL_MILLISECONDS;

/**
 * A link that undoes a change of the email expires with the reservation. An attacker would revoke it first, so nothing
 * revokes it.
 */
export type Purpose = Revocable | "undo-email";

/**
 * The secrets of a token: the token for the link, the code beside it, and the browser secret for the requester's
 * cookie.
 */
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
  /** The account of the token; null if it is set later, or by its use. */
  readonly userId: string | null;
  /** The password hash of a pending sign-up. */
  readonly hashedPassword?: string | null;
  /** The requester as the limits on emails count it (`findRequester`); null if there is no request. */
  readonly requester: string | null;
}

/**
 * Stores a token beside those of the same purpose and account, or email. It only inserts: no request revokes an earlier
 * token, and concurrent requests wait for nothing. Readers decide which tokens of a requester are too old. One
 * statement, and one for a pending sign-up: a token without its sign-up opens nothing, and a sign-up without its token
 * expires. `now` is epoch milliseconds.
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

/**
 * The row of a token that undoes a change of the email, without the fields of its reservation. `now` is epoch
 * milliseconds.
 */
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

/** Hashed with the email, so that the table does not show which rows belong to one requester. */
async function hashRequester(requester: string | null, email: string): Promise<string> {
  return requester === null ? "" : hashSecret(`${requester}:${email}`);
}

/** Assigns a token to an account. Until then it opens nothing. */
export async function bindToken(database: Database, token: string, userId: string | null): Promise<void> {
  await setTokenUser(database, await hashSecret(token), userId);
}

/** The valid row of a mailed link, unchanged; null if there is none. */
export async function peekToken(
  database: Database,
  purpose: Purpose,
  token: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  return findLiveToken(database, purpose, await hashSecret(token), now);
}

/** The valid row that this browser requested. */
export async function peekBrowserToken(
  database: Database,
  purpose: Purpose,
  browserSecret: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  return findLiveTokenOfBrowser(database, purpose, await hashSecret(browserSecret), now);
}

/**
 * The pending sign-up for a sign-in with this email; null if there is none. Of several, the one of this browser comes
 * first, then the newest of these requesters, then the newest. So a later sign-up by someone else does not keep the
 * owner's password from being checked in the owner's browser.
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

/** Counts one of the five attempts at a token. False if they are exhausted. */
export async function countAttempt(database: Database, row: OneTimeTokenRow): Promise<boolean> {
  return incrementAttempts(database, row.token_hash, CODE_ATTEMPTS_MAX);
}

/**
 * Checks a code in the browser that requested it. One statement counts the attempt before the code is compared, so
 * concurrent guesses get five attempts in total. A right code is not consumed yet.
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

/** Rolls a transaction back because its token or the account has changed since it was read. */
export class StaleState extends Error {}

/**
 * Consumes a token in the transaction of its effect, with every other token of `purposes` for the same account or
 * email. Throws StaleState if another request was first. Must come first in the transaction, before the user's row. It
 * locks all these tokens in the order of their primary key before it deletes any, so two links of one account that are
 * used at once wait for each other instead of a deadlock.
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

/** Revokes the token of a link, whatever account it belongs to. A missing token is no error. */
export async function revokeToken(database: Database, purpose: Purpose, token: string): Promise<void> {
  await deleteToken(database, purpose, await hashSecret(token));
}

/** Revokes the tokens of an account, whatever its email is. */
export async function revokeTokensForUser(
  transaction: Transaction,
  purposes: readonly Revocable[],
  userId: string,
): Promise<boolean> {
  return (await deleteTokensOfUserFor(transaction, userId, purposes)) > 0;
}

/** Codes are compared as hashes of 256 bits with a secret, so that the time of a comparison reveals nothing. */
function hashCode(browserSecret: string, code: string): Promise<string> {
  return hashSecret(`${browserSecret}:${code}`);
}
