import type { Account } from "./account.ts";

/** The key that a password opens, and whose it is: both as they stood at one instant. */
export interface PasswordKey {
  readonly id: string;
  readonly account: Account;
  /** Null where no password opens it: it keeps an email for the account that gave it up. */
  readonly hashedPassword: string | null;
}
