import { bigint, boolean, index, int, mysqlTable, primaryKey, unique, varchar } from "drizzle-orm/mysql-core";

/** A time as milliseconds since 1970 in UTC. A number, because databases treat date types differently. */
const epochMilliseconds = (name: string) => bigint(name, { mode: "number" });

/**
 * One row for each account. `email` is lower-case ASCII, so that no collation treats two spellings as equal or one as
 * two.
 */
export const users = mysqlTable(
  "users",
  {
    id: varchar("id", { length: 32 }).primaryKey(),
    email: varchar("email", { length: 254 }).notNull().unique("users_email_unique"),
    email_verified_at: epochMilliseconds("email_verified_at"),
    /**
     * The language of notices: of the pages on which the owner signed up or last signed in. Null if it is not known.
     */
    language: varchar("language", { length: 8 }),
    /** When the password was chosen. Null if that was before 0.2.0. */
    password_changed_at: epochMilliseconds("password_changed_at"),
    /** When the owner turned on the second step of the sign-in. Null if it is off. */
    two_step_at: epochMilliseconds("two_step_at"),
    /** Rises whenever all sessions end. A session whose copy differs is dead. */
    session_epoch: int("session_epoch").notNull().default(0),
    /** Rises with every change of the row, so that the newer of two copies is known. */
    version: int("version").notNull().default(0),
    created_at: epochMilliseconds("created_at").notNull(),
    updated_at: epochMilliseconds("updated_at").notNull(),
  },
  (table) => [index("users_updated_at_index").on(table.updated_at)],
);

/**
 * Lucia's keys. `id` is `<provider>:<name there>`: `email:<email>` for a password, and the id of a row of `passkeys`. A
 * key of an email without a password cannot be used.
 */
export const keys = mysqlTable(
  "keys",
  {
    id: varchar("id", { length: 320 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    hashed_password: varchar("hashed_password", { length: 255 }),
  },
  (table) => [index("keys_user_id_index").on(table.user_id)],
);

/** Passkeys, at most 20 of one account. Kept until they are removed. */
export const passkeys = mysqlTable(
  "passkeys",
  {
    /**
     * The id of its key, `passkey:<SHA-256 of the credential id in hexadecimal>`. Credential ids have up to 1,023 bytes
     * and are case-sensitive, which collations are not. As the primary key it keeps a credential in one account.
     */
    id: varchar("id", { length: 72 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    /** In base64url. */
    credential_id: varchar("credential_id", { length: 1_400 }).notNull(),
    /** SubjectPublicKeyInfo in base64url. */
    public_key: varchar("public_key", { length: 1_024 }).notNull(),
    /** COSE algorithm: -8, -7 or -257. */
    algorithm: int("algorithm").notNull(),
    sign_count: bigint("sign_count", { mode: "number" }).notNull(),
    /** Separated by commas. */
    transports: varchar("transports", { length: 64 }).notNull(),
    /** The model of the authenticator, as a UUID. */
    aaguid: varchar("aaguid", { length: 36 }).notNull(),
    backup_eligible: boolean("backup_eligible").notNull(),
    backed_up: boolean("backed_up").notNull(),
    /** Chosen by the owner. */
    name: varchar("name", { length: 64 }).notNull(),
    created_at: epochMilliseconds("created_at").notNull(),
    last_used_at: epochMilliseconds("last_used_at"),
    /** The device on which it was created. */
    browser: varchar("browser", { length: 32 }),
    platform: varchar("platform", { length: 32 }),
  },
  (table) => [index("passkeys_user_id_index").on(table.user_id)],
);

/** The authenticator app of an account. Kept until it is removed. */
export const authenticators = mysqlTable(
  "authenticators",
  {
    user_id: varchar("user_id", { length: 32 }).primaryKey(),
    /** The TOTP secret, sealed for this account with one of the secret keys. */
    secret: varchar("secret", { length: 255 }).notNull(),
    /** The time step of the last code that was accepted. Codes of this step and before it are refused. */
    last_step: bigint("last_step", { mode: "number" }).notNull(),
    created_at: epochMilliseconds("created_at").notNull(),
    last_used_at: epochMilliseconds("last_used_at"),
  },
  // The scheduled run looks for secrets that were sealed with an older key, which is their beginning.
  (table) => [index("authenticators_secret_index").on(table.secret)],
);

/** Unused recovery codes, at most ten of one account. Deleted when used, and with the last second factor. */
export const recoveryCodes = mysqlTable(
  "recovery_codes",
  {
    user_id: varchar("user_id", { length: 32 }).notNull(),
    code_hash: varchar("code_hash", { length: 64 }).notNull(),
    created_at: epochMilliseconds("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.code_hash] })],
);

/** Devices that are not asked for the second step until they expire. */
export const trustedDevices = mysqlTable(
  "trusted_devices",
  {
    /** The hash of the secret in the device's cookie. */
    id: varchar("id", { length: 64 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    /** The account's epoch when it was remembered. It is forgotten once they differ. */
    session_epoch: int("session_epoch").notNull(),
    browser: varchar("browser", { length: 32 }),
    platform: varchar("platform", { length: 32 }),
    country: varchar("country", { length: 2 }),
    created_at: epochMilliseconds("created_at").notNull(),
    expires_at: epochMilliseconds("expires_at").notNull(),
  },
  (table) => [
    index("trusted_devices_user_id_index").on(table.user_id),
    index("trusted_devices_expires_at_index").on(table.expires_at),
  ],
);

/**
 * Emails that were given up by a change. No other account can have such an email while the change can be undone. A
 * transaction that gives up an email inserts the row first.
 */
export const reservedEmails = mysqlTable(
  "reserved_emails",
  {
    email: varchar("email", { length: 254 }).primaryKey(),
    /** The account that gave up the email and can get it back. */
    user_id: varchar("user_id", { length: 32 }).notNull(),
    /** The time of the change. */
    created_at: epochMilliseconds("created_at").notNull(),
    expires_at: epochMilliseconds("expires_at").notNull(),
  },
  (table) => [
    index("reserved_emails_user_id_index").on(table.user_id),
    index("reserved_emails_expires_at_index").on(table.expires_at),
  ],
);

/** Sign-ups that become accounts when the mailed token with the same hash verifies their email. */
export const pendingSignups = mysqlTable(
  "pending_signups",
  {
    token_hash: varchar("token_hash", { length: 64 }).primaryKey(),
    email: varchar("email", { length: 254 }).notNull(),
    /** A hash that no password matches for a sign-up with a passkey. */
    hashed_password: varchar("hashed_password", { length: 255 }).notNull(),
    expires_at: epochMilliseconds("expires_at").notNull(),
  },
  (table) => [
    index("pending_signups_email_index").on(table.email),
    index("pending_signups_expires_at_index").on(table.expires_at),
  ],
);

/**
 * Mailed links and codes. The newest three of a requester for a purpose and subject are valid, and using one revokes
 * the others. All hashes are SHA-256 in hexadecimal.
 */
export const oneTimeTokens = mysqlTable(
  "one_time_tokens",
  {
    purpose: varchar("purpose", { length: 32 }).notNull(),
    /**
     * Tokens of one purpose and subject revoke each other: an email or a user id; for undo links the email that was
     * given up.
     */
    subject: varchar("subject", { length: 254 }).notNull(),
    /** Hash of the requesting device or ip, and the email; empty for a notice. It tells requesters apart. */
    requester: varchar("requester", { length: 64 }).notNull().default(""),
    token_hash: varchar("token_hash", { length: 64 }).notNull(),
    /** The recipient. */
    email: varchar("email", { length: 254 }).notNull(),
    /** The account of the token; null as long as it has none. */
    user_id: varchar("user_id", { length: 32 }),
    /** Written before 0.2.0. Replaced by `pending_signups`. */
    hashed_password: varchar("hashed_password", { length: 255 }),
    /** Hash of the secret in the requesting browser's cookie. */
    browser_hash: varchar("browser_hash", { length: 64 }),
    /** Hash of the code and that secret, so that trying all codes against a stolen table finds none. */
    code_hash: varchar("code_hash", { length: 64 }),
    attempts: int("attempts").notNull().default(0),
    code_expires_at: epochMilliseconds("code_expires_at"),
    expires_at: epochMilliseconds("expires_at").notNull(),
    created_at: epochMilliseconds("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.purpose, table.subject, table.token_hash] }),
    unique("one_time_tokens_token_hash_unique").on(table.token_hash),
    unique("one_time_tokens_browser_hash_unique").on(table.browser_hash),
    index("one_time_tokens_expires_at_index").on(table.expires_at),
    index("one_time_tokens_user_id_index").on(table.user_id),
  ],
);

/**
 * The audit log of accounts. Rows are added and deleted after a year, never changed, except that failed attempts of a
 * day share a row, so that an attacker cannot fill the table.
 */
export const accountEvents = mysqlTable(
  "account_events",
  {
    id: varchar("id", { length: 64 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    type: varchar("type", { length: 32 }).notNull(),
    occurred_at: epochMilliseconds("occurred_at").notNull(),
    occurrences: int("occurrences").notNull().default(1),
    /** The client's ip. IPv6 has at most 45 characters. */
    ip: varchar("ip", { length: 45 }),
    /** Written before 0.2.0. Replaced by `ip`. */
    address: varchar("address", { length: 45 }),
    country: varchar("country", { length: 2 }),
    browser: varchar("browser", { length: 32 }),
    platform: varchar("platform", { length: 32 }),
    /** The hash of the session that the event ended, which the scheduled run ends again in case Redis lost it. */
    ended_session: varchar("ended_session", { length: 64 }),
  },
  (table) => [
    index("account_events_user_id_occurred_at_index").on(table.user_id, table.occurred_at),
    index("account_events_occurred_at_index").on(table.occurred_at),
    // For moving the remaining values to `ip` without reading other rows.
    index("account_events_address_index").on(table.address),
  ],
);

/**
 * Notices: inserted in the transaction of their event, deleted when they are sent, and dropped after 72 hours. Links
 * are not stored; they are issued when a notice is sent.
 */
export const outbox = mysqlTable(
  "outbox",
  {
    id: varchar("id", { length: 24 }).primaryKey(),
    kind: varchar("kind", { length: 32 }).notNull(),
    /** The row of `account_events`; null after a deletion. */
    event_id: varchar("event_id", { length: 64 }),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    recipient: varchar("recipient", { length: 254 }).notNull(),
    language: varchar("language", { length: 8 }).notNull(),
    /** JSON with further values of the notice. */
    parameters: varchar("parameters", { length: 1_000 }).notNull(),
    /** Number of attempts to send it. */
    attempts: int("attempts").notNull().default(0),
    /** When it is tried next. */
    next_at: epochMilliseconds("next_at").notNull(),
    created_at: epochMilliseconds("created_at").notNull(),
  },
  (table) => [index("outbox_next_at_index").on(table.next_at), index("outbox_user_id_index").on(table.user_id)],
);

export type UserRow = typeof users.$inferSelect;
export type KeyRow = typeof keys.$inferSelect;
export type OneTimeTokenRow = typeof oneTimeTokens.$inferSelect;
export type AccountEventRow = Omit<typeof accountEvents.$inferSelect, "address">;
export type ReservedEmailRow = typeof reservedEmails.$inferSelect;
export type PendingSignupRow = typeof pendingSignups.$inferSelect;
export type PasskeyRow = typeof passkeys.$inferSelect;
export type AuthenticatorRow = typeof authenticators.$inferSelect;
export type RecoveryCodeRow = typeof recoveryCodes.$inferSelect;
export type TrustedDeviceRow = typeof trustedDevices.$inferSelect;
export type OutboxRow = typeof outbox.$inferSelect;
