import { type Database, isDuplicate, type Transaction } from "../../store/database.ts";
import {
  deleteTokens,
  deleteTokensOfUserButEarlierUndo,
  deleteTokensOfUserButUndo,
  lockTokensOfUser,
  lockTokensOfUserButEarlierUndo,
} from "../../store/delete-tokens.ts";
import {
  clearPassword,
  deleteKeysOfUserWithoutPassword,
  deleteKeysWithoutPassword,
  insertKey,
  renameKey,
} from "../../store/keys.ts";
import type { OneTimeTokenRow, UserRow } from "../../store/schema.ts";
import {
  deleteExpiredUndoTokens,
  deleteOwnOrExpiredUndoTokens,
  deleteUndoTokensOfUser,
  listUndoTokens,
  lockExpiredUndoTokens,
} from "../../store/undo-tokens.ts";
import { lockUser, setVerifiedEmail } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { type EventOrigin, recordEvent } from "../events/account-events.ts";
import {
  consumeToken,
  generateTokenSecrets,
  issueToken,
  Superseded,
  type TokenSecrets,
} from "../tokens/one-time-tokens.ts";

export type EmailChange =
  | {
      readonly outcome: "changed";
      /** As it is from now on. */
      readonly account: Account;
      readonly formerEmail: string;
      /** Whether the former address was verified, and so gets the link that undoes it. */
      readonly canBeUndone: boolean;
    }
  /** Somebody else has the address, or had it less than a week ago. */
  | { readonly outcome: "taken" }
  /** The account can undo as many changes as it may. `until`: when the first of them expires, as epoch milliseconds. */
  | { readonly outcome: "too-many"; readonly until: number }
  | { readonly outcome: "gone" };

/**
 * So many changes of an account can be undone at once. A further one is refused until one of them expires: an open one is
 * never dropped for room, or whoever stole the account would drop its owner's.
 */
const OPEN_UNDOS_MAX = 5;

/** Rolls back a change that would be one too many. */
class TooManyChanges extends Error {
  readonly until: number;

  constructor(until: number) {
    super();
    this.until = until;
  }
}

/**
 * When a change of the email is possible again, as epoch milliseconds; null if it is now. For telling people early: only
 * the change itself decides. `now` is epoch milliseconds.
 */
export async function emailChangesBlockedUntil(
  database: Database,
  userId: string,
  now: number,
): Promise<number | null> {
  return blockedUntil(await listUndoTokens(database, userId, now), now);
}

function blockedUntil(tokens: readonly OneTimeTokenRow[], now: number): number | null {
  const open = onePerUndo(tokens).filter(({ purpose, expires_at }) => purpose === "undo-email" && expires_at > now);
  return open.length < OPEN_UNDOS_MAX ? null : Math.min(...open.map(({ expires_at }) => expires_at));
}

/**
 * The rows without those that were only asked for again: of an email that was given up there may be many links, which
 * undo one change. Whoever counts or lists changes counts each once, so that nobody who asks for links changes the count.
 */
export function onePerUndo(tokens: readonly OneTimeTokenRow[]): OneTimeTokenRow[] {
  const emails = new Set<string>();
  return tokens.filter(({ purpose, subject }) => {
    if (purpose !== "undo-email") return true;
    const isFirst = !emails.has(subject);
    emails.add(subject);
    return isFirst;
  });
}

/**
 * Gives an account the address that a mailed link was sent to, and every session ends. If the former address was verified it
 * is kept for a week: nobody can sign up with it or move to it, and its owner can undo the change. An address that was
 * never verified may be a stranger's, who must not be handed the account. `sessionEpoch`: as it was when the owner was
 * recognised; `undo`: of the link that will undo it; `now` is epoch milliseconds.
 */
export async function changeEmail(
  users: UserCache,
  row: OneTimeTokenRow,
  sessionEpoch: number,
  undo: TokenSecrets,
  origin: EventOrigin,
  now: number,
): Promise<EmailChange> {
  const { user_id: userId, email } = row;
  if (userId === null) return { outcome: "gone" };
  let former: UserRow | undefined;
  let changed: UserRow | null;
  try {
    changed = await users.mutate(userId, async (transaction) => {
      // The link that is used, all that it voids, and the changes that can be undone, which nobody can add to meanwhile.
      const tokens = await lockTokensOfUser(transaction, userId);
      if (!tokens.some(({ token_hash, expires_at }) => token_hash === row.token_hash && expires_at > now)) {
        throw new Superseded();
      }
      const until = blockedUntil(tokens, now);
      if (until !== null) throw new TooManyChanges(until);
      await deleteTokensOfUserButUndo(transaction, userId);
      former = await lockExistingUser(transaction, userId);
      if (former.session_epoch !== sessionEpoch) throw new Superseded();
      await releaseForMove(transaction, userId, email, now);
      await moveAccount(transaction, former, email, now);
      if (former.email_verified_at !== null) await keepAddress(transaction, former, undo, now);
      await recordEvent(transaction, userId, "email-changed", origin, now);
    });
  } catch (error) {
    if (isDuplicate(error)) return { outcome: "taken" };
    if (error instanceof TooManyChanges) return { outcome: "too-many", until: error.until };
    if (error instanceof Superseded) return { outcome: "gone" };
    throw error;
  }
  if (former === undefined || changed === null) return { outcome: "gone" };
  return {
    outcome: "changed",
    account: accountOf(changed),
    formerEmail: former.email,
    canBeUndone: former.email_verified_at !== null,
  };
}

export type EmailChangeUndone =
  | {
      readonly outcome: "undone";
      /** The address that was given up by it. */
      readonly formerEmail: string;
      /** Of the link to choose a new password. */
      readonly resetToken: string;
    }
  | { readonly outcome: "gone" };

/**
 * Gives an account back to the address that a mailed link was sent to. Whoever had changed it knew the password, so that is
 * void, too, and every session ends; so is all that was mailed since the change. The owner chooses a new password with
 * the token in the answer, or later by "forgotten password".
 */
export async function undoEmailChange(
  users: UserCache,
  row: OneTimeTokenRow,
  origin: EventOrigin,
  now: number,
): Promise<EmailChangeUndone> {
  const { user_id: userId, email } = row;
  if (userId === null) return { outcome: "gone" };
  const reset = generateTokenSecrets();
  let former: UserRow | undefined;
  try {
    await users.mutate(userId, async (transaction) => {
      await consumeToken(transaction, row, now);
      const later = await voidLater(transaction, userId, row.created_at);
      former = await lockExistingUser(transaction, userId);
      await releaseAddresses(transaction, userId, [email, ...later]);
      await moveAccount(transaction, former, email, now);
      await clearPassword(transaction, emailKeyId(email));
      await issueToken(transaction, { purpose: "reset-password", email, userId, requester: null }, reset, now);
      await recordEvent(transaction, userId, "email-change-undone", origin, now);
    });
  } catch (error) {
    if (error instanceof Superseded || isDuplicate(error)) return { outcome: "gone" };
    throw error;
  }
  return former ? { outcome: "undone", formerEmail: former.email, resetToken: reset.token } : { outcome: "gone" };
}

async function lockExistingUser(transaction: Transaction, userId: string): Promise<UserRow> {
  const user = await lockUser(transaction, userId);
  if (user === null) throw new Superseded();
  return user;
}

/** The row and its key go to `email`, which is verified by that. A unique index refuses an address that is taken or kept. */
async function moveAccount(transaction: Transaction, { id, email: from }: UserRow, email: string, now: number) {
  await setVerifiedEmail(transaction, id, email, now);
  await renameKey(transaction, emailKeyId(from), emailKeyId(email), id);
}

/** A key that no password opens stands for an address that is kept, as long as there is a token to undo. */
async function keepAddress(transaction: Transaction, { id, email }: UserRow, undo: TokenSecrets, now: number) {
  await insertKey(transaction, emailKeyId(email), id, null);
  await issueToken(transaction, { purpose: "undo-email", email, userId: id, requester: null }, undo, now);
}

/** Lets go of the email that an account moves to, if it is kept for that account, or if its time to be asked back is over. */
async function releaseForMove(transaction: Transaction, userId: string, email: string, now: number) {
  const released = await deleteOwnOrExpiredUndoTokens(transaction, email, userId, now);
  if (released > 0) await deleteKeysWithoutPassword(transaction, [emailKeyId(email)]);
}

/**
 * Lets go of an email whose time to be asked back is over, for an account that is created with it in the same transaction.
 * The clean-up does the same in its own time; nobody waits for it.
 */
export async function releaseIfExpired(transaction: Transaction, email: string, now: number): Promise<void> {
  const released = await deleteExpiredUndoTokens(transaction, [email], now);
  if (released > 0) await deleteKeysWithoutPassword(transaction, [emailKeyId(email)]);
}

/** Lets go of addresses that are kept for an account. */
async function releaseAddresses(transaction: Transaction, userId: string, emails: readonly string[]) {
  await deleteUndoTokensOfUser(transaction, userId, emails);
  await deleteKeysOfUserWithoutPassword(transaction, userId, emails.map(emailKeyId));
}

/** Lets go of an address for somebody who has shown that they read its mail; what would undo a change to it is void. */
export async function handOverAddress(transaction: Transaction, email: string): Promise<void> {
  await deleteTokens(transaction, ["undo-email"], [email]);
  await deleteKeysWithoutPassword(transaction, [emailKeyId(email)]);
}

/** Voids all that was mailed for an account since, and returns the addresses that could have undone something later. */
async function voidLater(transaction: Transaction, userId: string, since: number): Promise<string[]> {
  const tokens = await lockTokensOfUserButEarlierUndo(transaction, userId, since);
  await deleteTokensOfUserButEarlierUndo(transaction, userId, since);
  return onePerUndo(tokens.filter(({ purpose }) => purpose === "undo-email")).map(({ subject }) => subject);
}

/**
 * Lets go of emails that nobody can ask back any more, `limit` at most, the oldest first, in one transaction. Returns how
 * many there were.
 */
export async function releaseExpiredAddresses(database: Database, now: number, limit: number): Promise<number> {
  return database.transaction(async (transaction) => {
    const emails = await lockExpiredUndoTokens(transaction, now, limit);
    if (emails.length === 0) return 0;
    await deleteExpiredUndoTokens(transaction, emails, now);
    await deleteKeysWithoutPassword(transaction, emails.map(emailKeyId));
    return emails.length;
  });
}
