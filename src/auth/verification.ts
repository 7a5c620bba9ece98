import { generateRandomString } from "lucia/utils";
import { type Database, isDuplicate, type Transaction } from "../store/database.ts";
import type { OneTimeTokenRow } from "../store/schema.ts";
import { type Authentication, emailKeyId } from "./accounts.ts";
import { handOverAddress } from "./email-change.ts";
import { findUserByEmail } from "./find-user.ts";
import { consumeToken, expectOneRow, Superseded, takeTry } from "./one-time-tokens.ts";
import { passwordHash } from "./password-hash.ts";
import type { UserRows } from "./user-rows.ts";

/** As Lucia makes them. */
const USER_ID_CHARACTERS = 15;

export type Verification =
  /** `event`: whether an account was verified, or a sign-up became one. */
  | { readonly outcome: "verified"; readonly userId: string; readonly event: "address-verified" | "signed-up" }
  | { readonly outcome: "gone" };

/**
 * Consumes the token of somebody who has shown that mail to its address reaches them. A sign-up that waited becomes an
 * account; if somebody else had signed up with the address and never verified it, their password stops working and
 * their sessions end: it was never theirs.
 */
export async function verifyAddress(
  database: Database,
  users: UserRows,
  row: OneTimeTokenRow,
  now: number,
): Promise<Verification> {
  try {
    const userId = await applyVerification(database, users, row, now);
    return { outcome: "verified", userId, event: row.hashed_password === null ? "address-verified" : "signed-up" };
  } catch (error) {
    if (error instanceof Superseded || isDuplicate(error)) return { outcome: "gone" };
    throw error;
  }
}

/**
 * Whether `password` is the one that the account or the sign-up behind a link has. Whoever opens the link in a browser
 * that did not ask for it says it: or else the owner of an address, pressing the button of the newest mail, would
 * verify the account of a stranger who had signed up with it after them. Each link leaves five tries.
 */
export async function isAskersPassword(
  database: Database,
  row: OneTimeTokenRow,
  password: string,
  check: (email: string, password: string) => Promise<Authentication>,
): Promise<boolean> {
  if (password === "" || !(await takeTry(database, row))) return false;
  if (row.hashed_password !== null) return passwordHash.validate(password, row.hashed_password);
  const authentication = await check(row.email, password);
  return authentication.outcome === "authenticated" && authentication.userId === row.user_id;
}

async function applyVerification(
  database: Database,
  users: UserRows,
  row: OneTimeTokenRow,
  now: number,
): Promise<string> {
  const { user_id, hashed_password, email } = row;
  if (hashed_password === null) {
    if (user_id === null) throw new Superseded();
    await users.change(user_id, async (transaction) => {
      await consumeToken(transaction, row, now);
      const verify = "update users set email_verified_at = ?, updated_at = ? where id = ? and email = ?";
      await expectOneRow(transaction.execute(verify, [now, now, user_id, email]));
    });
    return user_id;
  }

  const squatter = await findUserByEmail(database, email);
  if (squatter === null) return createVerifiedUser(database, row, hashed_password, now);
  await users.change(squatter.id, async (transaction) => {
    await consumeToken(transaction, row, now);
    const takeOver = `update users set email_verified_at = ?, updated_at = ?, session_epoch = session_epoch + 1
      where id = ? and email = ? and email_verified_at is null`;
    await expectOneRow(transaction.execute(takeOver, [now, now, squatter.id, email]));
    const setPassword = `insert into \`keys\` (id, user_id, hashed_password) values (?, ?, ?)
      on duplicate key update hashed_password = values(hashed_password)`;
    await transaction.execute(setPassword, [emailKeyId(email), squatter.id, hashed_password]);
  });
  return squatter.id;
}

/**
 * An address that is kept for its last owner goes to who reads its mail: that is the last owner, or who has their mailbox
 * and with it the link that undoes. It is rare, so only tried when the index has refused.
 */
async function createVerifiedUser(
  database: Database,
  row: OneTimeTokenRow,
  hashedPassword: string,
  now: number,
): Promise<string> {
  const id = generateRandomString(USER_ID_CHARACTERS);
  const create = (isKept: boolean) =>
    database.transaction((transaction) => insertVerifiedUser(transaction, id, row, hashedPassword, isKept, now));
  try {
    await create(false);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await create(true);
  }
  return id;
}

async function insertVerifiedUser(
  transaction: Transaction,
  id: string,
  row: OneTimeTokenRow,
  hashedPassword: string,
  isKept: boolean,
  now: number,
): Promise<void> {
  await consumeToken(transaction, row, now);
  if (isKept) await handOverAddress(transaction, row.email);
  await transaction.execute(
    "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values (?, ?, ?, 0, ?, ?)",
    [id, row.email, now, now, now],
  );
  await transaction.execute("insert into `keys` (id, user_id, hashed_password) values (?, ?, ?)", [
    emailKeyId(row.email),
    id,
    hashedPassword,
  ]);
}
