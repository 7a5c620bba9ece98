import type { Transaction } from "../../store/database.ts";
import { insertKey } from "../../store/keys.ts";
import type { UserRow } from "../../store/schema.ts";
import { insertUser } from "../../store/users.ts";

/** Lucia's `providerId` of keys with a password. Their `providerUserId` is the email. */
export const EMAIL_PROVIDER = "email";

/** The id of Lucia's key for the account with that email. */
export function emailKeyId(email: string): string {
  return `${EMAIL_PROVIDER}:${email}`;
}

/** The email of such a key. */
export function emailOfKey(keyId: string): string {
  return keyId.slice(EMAIL_PROVIDER.length + 1);
}

/** Inserts a user and its password key. Rejects (`isDuplicate`) if the email is taken. Throws EmailReserved. */
export async function insertAccount(
  transaction: Transaction,
  user: UserRow,
  hashedPassword: string | null,
): Promise<void> {
  await insertUser(transaction, user);
  await insertKey(transaction, emailKeyId(user.email), user.id, hashedPassword);
}
