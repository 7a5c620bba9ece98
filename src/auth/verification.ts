import { generateRandomString } from "lucia/utils";
import { type Database, isDuplicate } from "../store/database.ts";
import type { OneTimeTokenRow } from "../store/schema.ts";
import { emailKeyId } from "./accounts.ts";
import { findUserByEmail } from "./find-user.ts";
import { consumeToken, expectOneRow, TokenGone } from "./one-time-tokens.ts";
import type { UserRows } from "./user-rows.ts";

/** As Lucia makes them. */
const USER_ID_CHARACTERS = 15;

export type Verification = { readonly outcome: "verified"; readonly userId: string } | { readonly outcome: "gone" };

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
    return { outcome: "verified", userId: await applyVerification(database, users, row, now) };
  } catch (error) {
    if (error instanceof TokenGone || isDuplicate(error)) return { outcome: "gone" };
    throw error;
  }
}

async function applyVerification(
  database: Database,
  users: UserRows,
  row: OneTimeTokenRow,
  now: number,
): Promise<string> {
  const { user_id, hashed_password, email } = row;
  if (hashed_password === null) {
    if (user_id === null) throw new TokenGone();
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
    await transaction.execute("update `keys` set hashed_password = ? where id = ? and user_id = ?", [
      hashed_password,
      emailKeyId(email),
      squatter.id,
    ]);
  });
  return squatter.id;
}

async function createVerifiedUser(
  database: Database,
  row: OneTimeTokenRow,
  hashedPassword: string,
  now: number,
): Promise<string> {
  const id = generateRandomString(USER_ID_CHARACTERS);
  await database.transaction(async (transaction) => {
    await consumeToken(transaction, row, now);
    await transaction.execute(
      "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values (?, ?, ?, 0, ?, ?)",
      [id, row.email, now, now, now],
    );
    await transaction.execute("insert into `keys` (id, user_id, hashed_password) values (?, ?, ?)", [
      emailKeyId(row.email),
      id,
      hashedPassword,
    ]);
  });
  return id;
}
