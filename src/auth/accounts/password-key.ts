import type { Account } from "./account.ts";

/** A password key with its account, read at the same instant. */
export interface PasswordKey {
  readonly id: string;
  readonly account: Account;
  /** Null if no password opens the key. */
  readonly hashedPassword: string | null;
}
