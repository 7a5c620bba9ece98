import { type Database, isDuplicate, type Transaction } from "../../store/database.ts";
import type { OneTimeTokenRow, UserRow } from "../../store/schema.ts";
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
  const select = "select * from one_time_tokens where user_id = ? and purpose = 'undo-email' and expires_at > ?";
  return blockedUntil((await database.execute<OneTimeTokenRow>(select, [userId, now])).rows, now);
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
      const tokens = await lockTokens(transaction, userId);
      if (!tokens.some(({ token_hash, expires_at }) => token_hash === row.token_hash && expires_at > now)) {
        throw new Superseded();
      }
      const until = blockedUntil(tokens, now);
      if (until !== null) throw new TooManyChanges(until);
      await transaction.execute("delete from one_time_tokens where user_id = ? and purpose <> 'undo-email'", [userId]);
      former = await lockUser(transaction, userId);
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
      former = await lockUser(transaction, userId);
      await releaseAddresses(transaction, userId, [email, ...later]);
      await moveAccount(transaction, former, email, now);
      await transaction.execute("update `keys` set hashed_password = null where id = ?", [emailKeyId(email)]);
      await issueToken(transaction, { purpose: "reset-password", email, userId, requester: null }, reset, now);
      await recordEvent(transaction, userId, "email-change-undone", origin, now);
    });
  } catch (error) {
    if (error instanceof Superseded || isDuplicate(error)) return { outcome: "gone" };
    throw error;
  }
  return former ? { outcome: "undone", formerEmail: former.email, resetToken: reset.token } : { outcome: "gone" };
}

/**
 * Locks and returns everything that was mailed for an account: the link that is used, all that it voids, and the changes
 * that can be undone, which nobody can add to meanwhile.
 */
async function lockTokens(transaction: Transaction, userId: string): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where user_id = ? for update";
  return (await transaction.execute<OneTimeTokenRow>(select, [userId])).rows;
}

async function lockUser(transaction: Transaction, userId: string): Promise<UserRow> {
  const { rows } = await transaction.execute<UserRow>("select * from users where id = ? for update", [userId]);
  if (!rows[0]) throw new Superseded();
  return rows[0];
}

/** The row and its key go to `email`, which is verified by that. A unique index refuses an address that is taken or kept. */
async function moveAccount(transaction: Transaction, { id, email: from }: UserRow, email: string, now: number) {
  const move = `update users set email = ?, email_verified_at = ?, session_epoch = session_epoch + 1, version = version + 1,
    updated_at = ?
    where id = ?`;
  await transaction.execute(move, [email, now, now, id]);
  const moveKey = "update `keys` set id = ? where id = ? and user_id = ?";
  await transaction.execute(moveKey, [emailKeyId(email), emailKeyId(from), id]);
}

/** A key that no password opens stands for an address that is kept, as long as there is a token to undo. */
async function keepAddress(transaction: Transaction, { id, email }: UserRow, undo: TokenSecrets, now: number) {
  await transaction.execute("insert into `keys` (id, user_id, hashed_password) values (?, ?, null)", [
    emailKeyId(email),
    id,
  ]);
  await issueToken(transaction, { purpose: "undo-email", email, userId: id, requester: null }, undo, now);
}

/** Lets go of the email that an account moves to, if it is kept for that account, or if its time to be asked back is over. */
async function releaseForMove(transaction: Transaction, userId: string, email: string, now: number) {
  const remove = `delete from one_time_tokens
    where purpose = 'undo-email' and subject = ? and (user_id = ? or expires_at <= ?)`;
  const { rowsAffected } = await transaction.execute(remove, [email, userId, now]);
  if (rowsAffected > 0) await removeKeptKey(transaction, email);
}

/**
 * Lets go of an email whose time to be asked back is over, for an account that is created with it in the same transaction.
 * The clean-up does the same in its own time; nobody waits for it.
 */
export async function releaseIfExpired(transaction: Transaction, email: string, now: number): Promise<void> {
  const remove = "delete from one_time_tokens where purpose = 'undo-email' and subject = ? and expires_at <= ?";
  const { rowsAffected } = await transaction.execute(remove, [email, now]);
  if (rowsAffected > 0) await removeKeptKey(transaction, email);
}

/** Lets go of addresses that are kept for an account. */
async function releaseAddresses(transaction: Transaction, userId: string, emails: readonly string[]) {
  const removeTokens = "delete from one_time_tokens where purpose = 'undo-email' and user_id = ? and subject in (?)";
  await transaction.execute(removeTokens, [userId, emails]);
  await removeKeptKeys(transaction, userId, emails);
}

/** One of the links that undo a change from this email, which are good for the same; null if there is none. */
export async function findUndo(database: Database, email: string, now: number): Promise<OneTimeTokenRow | null> {
  const select =
    "select * from one_time_tokens where purpose = 'undo-email' and subject = ? and expires_at > ? limit 1";
  return (await database.execute<OneTimeTokenRow>(select, [email, now])).rows[0] ?? null;
}

/** Lets go of an address for somebody who has shown that they read its mail; what would undo a change to it is void. */
export async function handOverAddress(transaction: Transaction, email: string): Promise<void> {
  await transaction.execute("delete from one_time_tokens where purpose = 'undo-email' and subject = ?", [email]);
  await removeKeptKey(transaction, email);
}

/** Voids all that was mailed for an account since, and returns the addresses that could have undone something later. */
async function voidLater(transaction: Transaction, userId: string, since: number): Promise<string[]> {
  const later = "from one_time_tokens where user_id = ? and (purpose <> 'undo-email' or created_at > ?)";
  const { rows } = await transaction.execute<OneTimeTokenRow>(`select * ${later} for update`, [userId, since]);
  await transaction.execute(`delete ${later}`, [userId, since]);
  return onePerUndo(rows.filter(({ purpose }) => purpose === "undo-email")).map(({ subject }) => subject);
}

/**
 * Lets go of emails that nobody can ask back any more, `limit` at most, the oldest first, in one transaction. Returns how
 * many there were.
 */
export async function releaseExpiredAddresses(database: Database, now: number, limit: number): Promise<number> {
  return database.transaction(async (transaction) => {
    // All links of one email end at once, so that each pair is an email.
    const select = `select distinct subject, expires_at from one_time_tokens where purpose = 'undo-email' and expires_at <= ?
      order by expires_at limit ? for update`;
    const { rows } = await transaction.execute<Pick<OneTimeTokenRow, "subject">>(select, [now, limit]);
    if (rows.length === 0) return 0;
    const emails = rows.map(({ subject }) => subject);
    const remove = "delete from one_time_tokens where purpose = 'undo-email' and subject in (?) and expires_at <= ?";
    await transaction.execute(remove, [emails, now]);
    await transaction.execute("delete from `keys` where hashed_password is null and id in (?)", [
      emails.map(emailKeyId),
    ]);
    return rows.length;
  });
}

async function removeKeptKey(transaction: Transaction, email: string): Promise<void> {
  await transaction.execute("delete from `keys` where id = ? and hashed_password is null", [emailKeyId(email)]);
}

async function removeKeptKeys(transaction: Transaction, userId: string, emails: readonly string[]): Promise<void> {
  const remove = "delete from `keys` where user_id = ? and hashed_password is null and id in (?)";
  await transaction.execute(remove, [userId, emails.map(emailKeyId)]);
}
