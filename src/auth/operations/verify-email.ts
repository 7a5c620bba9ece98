import type { Database, Transaction } from "../../store/database.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { markEmailVerified } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import type { Authentication } from "../accounts/accounts.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { DUMMY_HASH, passwordHash } from "../credentials/password/hash.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import { consumeToken, countAttempt, StaleState } from "../tokens/one-time-tokens.ts";
import { type CreatedAccount, createVerifiedAccount, generateUserId } from "./create-verified-account.ts";

export interface Verified extends CreatedAccount {
  readonly outcome: "verified";
  /** After the change; null if it was created and not read yet. */
  readonly account: Account | null;
  /** Whether the account has a password, as far as this verification created it; otherwise true. */
  readonly hasPassword: boolean;
}

export type Verification = Verified | { readonly outcome: "gone" };

/**
 * Consumes a token that proves access to a mailbox. If an account requested it, that account is verified and keeps its
 * id. A pending sign-up becomes an account of its own, and an unverified account that someone else created with the
 * email is deleted.
 */
export async function verifyEmail(
  database: Database,
  users: UserCache,
  row: OneTimeTokenRow,
  cause: Cause,
): Promise<Verification> {
  try {
    return { outcome: "verified", ...(await applyVerification(database, users, row, cause)) };
  } catch (error) {
    if (error instanceof StaleState) return { outcome: "gone" };
    throw error;
  }
}

/** The result of checking the password behind a link. `attempts-exhausted`: it was not checked. */
export type LinkPasswordCheck = "right" | "wrong" | "attempts-exhausted";

/**
 * Checks whether `password` is the password of the account or the sign-up behind a link. It is required in a browser that did
 * not request the link. Otherwise the owner of an email, pressing the button of the newest message, would verify a
 * later sign-up of someone else. A link allows five attempts.
 */
export async function checkRequesterPassword(
  database: Database,
  row: OneTimeTokenRow,
  password: string,
  check: (email: string, password: string) => Promise<Authentication>,
): Promise<LinkPasswordCheck> {
  if (!(await countAttempt(database, row))) return "attempts-exhausted";
  return (await opens(row, password, check)) ? "right" : "wrong";
}

async function opens(
  { email, user_id: userId, hashed_password: hashedPassword }: OneTimeTokenRow,
  password: string,
  check: (email: string, password: string) => Promise<Authentication>,
): Promise<boolean> {
  if (hashedPassword !== null) return passwordHash.validate(password, hashedPassword);
  const authentication = await check(email, password);
  return authentication.outcome === "authenticated" && authentication.account.id === userId;
}

async function applyVerification(
  database: Database,
  users: UserCache,
  row: OneTimeTokenRow,
  cause: Cause,
): Promise<Omit<Verified, "outcome">> {
  const { user_id: userId, hashed_password: hashedPassword, email } = row;
  const consume = (transaction: Transaction) => consumeToken(transaction, row, cause.now);
  if (hashedPassword !== null) {
    const ownPassword = hashedPassword === DUMMY_HASH ? null : hashedPassword;
    const account = { userId: generateUserId(), email, hashedPassword: ownPassword, consume };
    return {
      account: null,
      hasPassword: ownPassword !== null,
      ...(await createVerifiedAccount(database, users, account, cause)),
    };
  }
  if (userId === null) throw new StaleState();
  let event: EmittedEvent | undefined;
  const verified = await users.mutate(userId, async (transaction) => {
    await consume(transaction);
    if (!(await markEmailVerified(transaction, userId, email, cause.now))) throw new StaleState();
    event = await emitEvent(transaction, { userId, type: "email-verified" }, cause);
  });
  if (event === undefined) throw new StaleState();
  return { userId, replacedUserId: null, event, account: verified && accountOf(verified), hasPassword: true };
}
