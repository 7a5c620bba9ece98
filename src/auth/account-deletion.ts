import type { UserRows } from "./user-rows.ts";

/**
 * Deletes an account and all that MySQL holds about it, in one transaction. Sessions are dead with its commit, for the
 * user whom they name is gone; Redis forgets them afterwards: docs/account-deletion.md says what happens if it does not.
 * Deleting what is deleted already is no error.
 */
export async function deleteAccount(users: UserRows, userId: string, email: string): Promise<void> {
  await users.change(userId, async (transaction) => {
    await transaction.execute("delete from one_time_tokens where user_id = ?", [userId]);
    await transaction.execute("delete from one_time_tokens where purpose = 'reset-password' and subject = ?", [email]);
    // Before its trail: whoever is about to add to it waits for this row, and then finds none.
    await transaction.execute("delete from users where id = ?", [userId]);
    await transaction.execute("delete from `keys` where user_id = ?", [userId]);
    await transaction.execute("delete from account_events where user_id = ?", [userId]);
  });
}
