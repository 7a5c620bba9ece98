import { findLanguage, type Language } from "../../i18n/language.ts";
import type { UserRow } from "../../store/schema.ts";

/** The owner of sessions, keys and mailed links: a row of `users`. */
export interface Account {
  readonly id: string;
  /** Lower-case ASCII, the domain in punycode. */
  readonly email: string;
  /** Whether the owner has proved that they receive email there. */
  readonly emailVerified: boolean;
  /** When the email was verified, as epoch milliseconds; null if it is not verified. */
  readonly emailVerifiedAt: number | null;
  /** The language of notices; null if it is not known. */
  readonly language: Language | null;
  /** When the password was chosen, as epoch milliseconds; null if that was before 0.2.0. */
  readonly passwordChangedAt: number | null;
  /** When the second step of the sign-in was turned on, as epoch milliseconds; null if it is off. */
  readonly twoStepAt: number | null;
  /** Rises whenever all sessions end. A session whose copy differs is dead. */
  readonly sessionEpoch: number;
  /** Rises with every change, so that the newer of two copies is known. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

export function accountOf(row: UserRow): Account {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    emailVerifiedAt: row.email_verified_at,
    language: findLanguage(row.language),
    // A snapshot from a former release has no such value.
    passwordChangedAt: row.password_changed_at ?? null,
    twoStepAt: row.two_step_at,
    sessionEpoch: row.session_epoch,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function rowOf(account: Account): UserRow {
  return {
    id: account.id,
    email: account.email,
    email_verified_at: account.emailVerifiedAt,
    language: account.language,
    password_changed_at: account.passwordChangedAt,
    two_step_at: account.twoStepAt,
    session_epoch: account.sessionEpoch,
    version: account.version,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
  };
}
