import { bigint, index, int, mysqlTable, primaryKey, unique, varchar } from "drizzle-orm/mysql-core";

/** A point in time as milliseconds since 1970 in UTC. A number, because the engines disagree about date types. */
const epochMilliseconds = (name: string) => bigint(name, { mode: "number" });

/** One row a person. `email` is lower-case ASCII, so that no collation can make two spellings equal or one spelling two. */
export const users = mysqlTable(
  "users",
  {
    id: varchar("id", { length: 32 }).primaryKey(),
    email: varchar("email", { length: 254 }).notNull().unique("users_email_unique"),
    email_verified_at: epochMilliseconds("email_verified_at"),
    /** In which notices are written: of the pages that the owner signed up or last signed in on. Null if it is not known. */
    language: varchar("language", { length: 8 }),
    /** Rises whenever every session must end. A session is dead once its own copy differs. */
    session_epoch: int("session_epoch").notNull().default(0),
    /** Rises with every change of the row, so that of two copies it is known which is newer. */
    version: int("version").notNull().default(0),
    created_at: epochMilliseconds("created_at").notNull(),
    updated_at: epochMilliseconds("updated_at").notNull(),
  },
  (table) => [index("users_updated_at_index").on(table.updated_at)],
);

/** Lucia's keys: `id` is `<provider>:<name there>`, so `email:<email>` for a password. One without a password opens nothing. */
export const keys = mysqlTable(
  "keys",
  {
    id: varchar("id", { length: 320 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    hashed_password: varchar("hashed_password", { length: 255 }),
  },
  (table) => [index("keys_user_id_index").on(table.user_id)],
);

/**
 * Emails that were given up by a change. Nobody else can have such an email while its last owner can undo the change, and
 * a transaction that gives an email up inserts the row first.
 */
export const reservedEmails = mysqlTable(
  "reserved_emails",
  {
    email: varchar("email", { length: 254 }).primaryKey(),
    /** The account that gave it up, and that can have it back. */
    user_id: varchar("user_id", { length: 32 }).notNull(),
    /** Of the change. */
    created_at: epochMilliseconds("created_at").notNull(),
    expires_at: epochMilliseconds("expires_at").notNull(),
  },
  (table) => [
    index("reserved_emails_user_id_index").on(table.user_id),
    index("reserved_emails_expires_at_index").on(table.expires_at),
  ],
);

/** Sign-ups that become accounts when their email is verified, by the mailed token of the same hash. */
export const pendingSignups = mysqlTable(
  "pending_signups",
  {
    token_hash: varchar("token_hash", { length: 64 }).primaryKey(),
    email: varchar("email", { length: 254 }).notNull(),
    hashed_password: varchar("hashed_password", { length: 255 }).notNull(),
    expires_at: epochMilliseconds("expires_at").notNull(),
  },
  (table) => [
    index("pending_signups_email_index").on(table.email),
    index("pending_signups_expires_at_index").on(table.expires_at),
  ],
);

/**
 * Links and codes that were mailed. Those of one purpose and subject live side by side, the newest three of a requester,
 * and the first one used voids the rest. All hashes are SHA-256 in hex.
 */
export const oneTimeTokens = mysqlTable(
  "one_time_tokens",
  {
    purpose: varchar("purpose", { length: 32 }).notNull(),
    /** What tokens of the purpose are for, and void each other for: an email, or a user's id. To undo: the email given up. */
    subject: varchar("subject", { length: 254 }).notNull(),
    /** Of the device or source that asked, together with the email; empty where nobody asked. It tells requesters apart. */
    requester: varchar("requester", { length: 64 }).notNull().default(""),
    token_hash: varchar("token_hash", { length: 64 }).notNull(),
    /** The email that it was mailed to. */
    email: varchar("email", { length: 254 }).notNull(),
    /** The account it is good for; null while it is good for none. */
    user_id: varchar("user_id", { length: 32 }),
    /** Written until 0.2.0, where `pending_signups` has it now. */
    hashed_password: varchar("hashed_password", { length: 255 }),
    /** Of the secret that the browser that asked keeps in a cookie. */
    browser_hash: varchar("browser_hash", { length: 64 }),
    /** Of the code together with that secret, so that trying all codes against a stolen table finds nothing. */
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
 * What happened to an account, for its owner to read. Rows are added and after a year removed, never changed, except that
 * failed attempts of one day share a row, so that an attacker cannot fill the table.
 */
export const accountEvents = mysqlTable(
  "account_events",
  {
    id: varchar("id", { length: 64 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    type: varchar("type", { length: 32 }).notNull(),
    occurred_at: epochMilliseconds("occurred_at").notNull(),
    occurrences: int("occurrences").notNull().default(1),
    /** Of the client. IPv6 at its longest has 45 characters. */
    ip: varchar("ip", { length: 45 }),
    /** Written until 0.2.0, where `ip` has it now. */
    address: varchar("address", { length: 45 }),
    country: varchar("country", { length: 2 }),
    browser: varchar("browser", { length: 32 }),
    platform: varchar("platform", { length: 32 }),
    /** The hash of the session that it ended, and that a scheduled run ends again in case Redis lost it. */
    ended_session: varchar("ended_session", { length: 64 }),
  },
  (table) => [
    index("account_events_user_id_occurred_at_index").on(table.user_id, table.occurred_at),
    index("account_events_occurred_at_index").on(table.occurred_at),
    // So that moving what is left to `ip` reads no other row.
    index("account_events_address_index").on(table.address),
  ],
);

/**
 * Notices that must reach a mailbox: inserted in the transaction of what they tell of, deleted once they are sent, and given
 * up after 72 hours. No link stands here; it is issued when the notice is sent.
 */
export const outbox = mysqlTable(
  "outbox",
  {
    id: varchar("id", { length: 24 }).primaryKey(),
    kind: varchar("kind", { length: 32 }).notNull(),
    /** The row of `account_events` that it tells of. Null where there is none: the account is deleted. */
    event_id: varchar("event_id", { length: 64 }),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    recipient: varchar("recipient", { length: 254 }).notNull(),
    language: varchar("language", { length: 8 }).notNull(),
    /** JSON: what the notice says beside its kind. */
    parameters: varchar("parameters", { length: 1_000 }).notNull(),
    /** So many times it was taken up. */
    attempts: int("attempts").notNull().default(0),
    /** When it is taken up next. */
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
export type OutboxRow = typeof outbox.$inferSelect;
