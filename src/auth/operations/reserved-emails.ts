import type { Database, Transaction } from "../../store/database.ts";
import {
  deleteExpiredUndoTokens,
  deleteTokens,
  deleteTokensOfUserButEarlierUndo,
  deleteUndoTokensOfUser,
  lockTokens,
  lockTokensOfUserButEarlierUndo,
} from "../../store/delete-tokens.ts";
import {
  deleteKeysWithoutPassword,
  isUnmovedReservation,
  listUndoTokens,
  listUnmovedReservations,
} from "../../store/former-shapes.ts";
import { insertUndoToken } from "../../store/one-time-tokens.ts";
import {
  deleteExpiredReservedEmails,
  deleteReservedEmails,
  deleteReservedEmailsOf,
  insertReservedEmail,
  listExpiredReservedEmails,
  listReservedEmails,
  lockReservedEmails,
} from "../../store/reserved-emails.ts";
import type { OneTimeTokenRow, ReservedEmailRow } from "../../store/schema.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import { describeUndoToken } from "../tokens/one-time-tokens.ts";
import { generateSecret } from "../tokens/secrets.ts";

/** How long an email stays reserved: a week, for people who read that mailbox rarely. */
const RESERVED_MILLISECONDS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Reserved emails of one account. A further change is refused until one expires. A reservation is never dropped for
 * room, because an attacker would drop the owner's.
 */
const RESERVED_EMAILS_MAX = 5;

/** The owner of the former mailbox, who may be the rightful one, has a day to undo the change. */
const FINAL_AFTER_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** From when on the change that gave up a reserved email can be made final, as epoch milliseconds. */
export function finalFrom({ created_at: changedAt }: Pick<ReservedEmailRow, "created_at">): number {
  return changedAt + FINAL_AFTER_MILLISECONDS;
}

/** When a reservation that starts now expires, as epoch milliseconds. */
export function reservationEnd(now: number): number {
  return now + RESERVED_MILLISECONDS;
}

/** Adds reservations that an earlier release has made, which are known only by their tokens to undo the change. */
export function withFormerReservations(
  rows: readonly ReservedEmailRow[],
  tokens: readonly OneTimeTokenRow[],
): readonly ReservedEmailRow[] {
  const byEmail = new Map(rows.map((row) => [row.email, row]));
  for (const { purpose, subject: email, user_id, created_at, expires_at } of tokens) {
    if (purpose !== "undo-email" || user_id === null || byEmail.has(email)) continue;
    byEmail.set(email, { email, user_id, created_at, expires_at });
  }
  return [...byEmail.values()];
}

/** When an account with these reservations can give up another email, as epoch milliseconds; null if it can now. */
export function blockedUntil(reserved: readonly ReservedEmailRow[], now: number): number | null {
  const live = reserved.filter(({ expires_at }) => expires_at > now);
  return live.length < RESERVED_EMAILS_MAX ? null : Math.min(...live.map(({ expires_at }) => expires_at));
}

/**
 * When the email can be changed again, as epoch milliseconds; null if it can now. Only for an early answer: the change
 * itself decides. `now` is epoch milliseconds.
 */
export async function emailChangesBlockedUntil(
  database: Database,
  userId: string,
  now: number,
): Promise<number | null> {
  const [rows, tokens] = await Promise.all([
    listReservedEmails(database, userId, now),
    listUndoTokens(database, userId, now),
  ]);
  return blockedUntil(withFormerReservations(rows, tokens), now);
}

/**
 * Issues a token that undoes the change by which an email was given up. It expires with the reservation. Null if the
 * email is not reserved. `requester`: see `findRequester`; null for a notice. `now` is epoch milliseconds.
 */
export async function issueUndoToken(
  database: Database,
  email: string,
  requester: string | null,
  now: number,
): Promise<string | null> {
  const secret = generateSecret();
  const token = await describeUndoToken(email, secret, requester, now);
  if (await insertUndoToken(database, token, now)) return secret;
  if (!(await isUnmovedReservation(database, email))) return null;
  await moveReservations(database, [email], now);
  return (await insertUndoToken(database, token, now)) ? secret : null;
}

/** Releases emails that are reserved for an account, and revokes the tokens that undo a change from them. */
export async function releaseEmails(
  transaction: Transaction,
  userId: string,
  emails: readonly string[],
): Promise<void> {
  await deleteUndoTokensOfUser(transaction, userId, emails);
  await deleteReservedEmailsOf(transaction, userId, emails);
  await deleteKeysWithoutPassword(transaction, emails.map(emailKeyId));
}

/** Releases an email for a person who has proved access to its mailbox. */
export async function transferEmail(transaction: Transaction, email: string): Promise<void> {
  await deleteTokens(transaction, ["undo-email"], [email]);
  await deleteReservedEmails(transaction, [email]);
  await deleteKeysWithoutPassword(transaction, [emailKeyId(email)]);
}

/**
 * Revokes everything that was mailed for an account after a change of its email (epoch milliseconds). Returns the
 * emails that were given up later.
 */
export async function revokeLater(transaction: Transaction, userId: string, since: number): Promise<string[]> {
  const tokens = await lockTokensOfUserButEarlierUndo(transaction, userId, since);
  await deleteTokensOfUserButEarlierUndo(transaction, userId, since);
  const reserved = withFormerReservations(await lockReservedEmails(transaction, userId), tokens);
  return reserved.filter(({ created_at }) => created_at > since).map(({ email }) => email);
}

/** Releases at most `limit` expired emails and returns their number. `now` is epoch milliseconds. */
export async function releaseExpiredEmails(database: Database, now: number, limit: number): Promise<number> {
  const emails = await listExpiredReservedEmails(database, now, limit);
  if (emails.length === 0) return 0;
  return database.transaction(async (transaction) => {
    await deleteExpiredUndoTokens(transaction, emails, now);
    return deleteExpiredReservedEmails(transaction, emails, now);
  });
}

/** Moves at most `limit` reservations of an earlier release to rows of their own and returns their number. */
export async function moveFormerReservations(database: Database, now: number, limit: number): Promise<number> {
  const emails = await listUnmovedReservations(database, limit);
  if (emails.length > 0) await moveReservations(database, emails, now);
  return emails.length;
}

async function moveReservations(database: Database, emails: readonly string[], now: number): Promise<void> {
  await database.transaction(async (transaction) => {
    const tokens = await lockTokens(transaction, ["undo-email"], emails);
    for (const row of withFormerReservations([], tokens))
      if (row.expires_at > now) await insertReservedEmail(transaction, row);
    await deleteExpiredUndoTokens(transaction, emails, now);
    await deleteKeysWithoutPassword(transaction, emails.map(emailKeyId));
  });
}
