import { type Database, isDuplicate, type Transaction } from "../../store/database.ts";
import { EmailReserved, findUserByEmail } from "../../store/users.ts";
import { insertAccount } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import { StaleState } from "../tokens/one-time-tokens.ts";
import { generateRandomString } from "../tokens/secrets.ts";
import { removeAccount } from "./delete-account.ts";
import { transferEmail } from "./reserved-emails.ts";

/** As Lucia generates them. */
const USER_ID_CHARACTERS = 15;

export function generateUserId(): string {
  return generateRandomString(USER_ID_CHARACTERS);
}

/** The first attempt may find a reserved email, or an account that changes at the same moment. */
const ATTEMPTS_MAX = 3;

/** An account whose requester has proved access to the mailbox. */
export interface ProvenAccount {
  readonly userId: string;
  readonly email: string;
  /** Null for an account without a password. */
  readonly hashedPassword: string | null;
  /** Consumes the token of that proof, first in the transaction. */
  readonly consume: (transaction: Transaction) => Promise<void>;
}

export interface CreatedAccount {
  readonly userId: string;
  /** The unverified account that had the email and is deleted now; null if there was none. */
  readonly replacedUserId: string | null;
  readonly event: EmittedEvent;
}

/** The unverified account changed after it was read. */
class HolderChanged extends Error {}

/**
 * Creates an account whose email is verified. An unverified account with that email was created by someone who may not
 * read its mailbox. It is deleted in the same transaction exactly as account deletion does it, and the new account has
 * a new id, so that no id and no event ever belongs to two people. Throws StaleState if the token is gone, or if a
 * verified account has the email.
 */
export async function createVerifiedAccount(
  database: Database,
  users: UserCache,
  { userId, email, hashedPassword, consume }: ProvenAccount,
  cause: Cause,
): Promise<CreatedAccount> {
  for (let attempt = 1; ; attempt += 1) {
    const holder = await findUserByEmail(database, email);
    if (holder !== null && holder.email_verified_at !== null) throw new StaleState();
    let event: EmittedEvent | undefined;
    const write = async (transaction: Transaction) => {
      await consume(transaction);
      if (holder !== null) await removeUnverified(transaction, holder.id, email, new HolderChanged());
      // A reserved email is rare, so it is released only if the insert was refused.
      if (attempt > 1) await transferEmail(transaction, email);
      await insertVerified(transaction, { userId, email, hashedPassword }, cause);
      event = await emitEvent(transaction, { userId, type: "signed-up" }, cause);
    };
    try {
      await (holder === null ? database.transaction(write) : users.mutate(holder.id, write));
      if (event === undefined) throw new StaleState();
      return { userId, replacedUserId: holder?.id ?? null, event };
    } catch (error) {
      const mayPass = error instanceof HolderChanged || error instanceof EmailReserved || isDuplicate(error);
      if (!mayPass) throw error;
      if (attempt === ATTEMPTS_MAX) throw new StaleState();
    }
  }
}

/**
 * Deletes an account exactly as account deletion does it. Throws `refusal` if it has another email by now, or a
 * verified one.
 */
export async function removeUnverified(
  transaction: Transaction,
  userId: string,
  email: string,
  refusal: Error,
): Promise<void> {
  await removeAccount(transaction, userId, email, (user) => {
    if (user?.email !== email || user.email_verified_at !== null) throw refusal;
  });
}

export async function insertVerified(
  transaction: Transaction,
  { userId: id, email, hashedPassword }: Omit<ProvenAccount, "consume">,
  { language, now }: Pick<Cause, "language" | "now">,
): Promise<void> {
  const user = {
    id,
    email,
    email_verified_at: now,
    language,
    password_changed_at: hashedPassword === null ? null : now,
    two_step_at: null,
    session_epoch: 0,
    version: 0,
    created_at: now,
    updated_at: now,
  };
  await insertAccount(transaction, user, hashedPassword);
}
