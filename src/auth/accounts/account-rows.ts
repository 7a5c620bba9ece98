import type { Transaction } from "../../store/database.ts";
import { insertKey } from "../../store/keys.ts";
import type { UserRow } from "../../store/schema.ts";
import { insertUser } from "../../store/users.ts";

/** The provider of Lucia's keys that a password opens; the name there is the email. */
export const EMAIL_PROVIDER = "email";

/** The id of Lucia's key for the account with that email. */
export function emailKeyId(email: string): string {
  return `${EMAIL_PROVIDER}:${email}`;
}

/** The email that such a key is for. */
export function emailOfKey(keyId: string): string {
  return keyId.slice(EMAIL_PROVIDER.length + 1);
}

/** Inserts a user and the key that the password opens. A unique index refuses an email that is taken. Throws EmailReserved. */
export async function insertAccount(
  transaction: Transaction,
  user: UserRow,
  hashedPassword: string | null,
): Promise<void> {
  await insertUser(transaction, user);
  await insertKey(transaction, emailKeyId(user.email), user.id, hashedPassword);
}
