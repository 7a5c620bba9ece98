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
    /** Rises whenever every session must end. A session is dead once its own copy differs. */
    session_epoch: int("session_epoch").notNull().default(0),
    /** Rises with every change of the row, so that of two copies it is known which is newer. */
    version: int("version").notNull().default(0),
    created_at: epochMilliseconds("created_at").notNull(),
    updated_at: epochMilliseconds("updated_at").notNull(),
  },
  (table) => [index("users_updated_at_index").on(table.updated_at)],
);

/**
 * Lucia's keys: `id` is `<provider>:<name there>`, so `email:<address>` for a password. One without a password opens
 * nothing. It keeps an address that was changed from being taken while its last owner can undo the change.
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
    /** The address that it was mailed to. */
    email: varchar("email", { length: 254 }).notNull(),
    /** The account it is good for; null while it is good for none. */
    user_id: varchar("user_id", { length: 32 }),
    /** Of a sign-up that waits for its address to be verified. */
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
  ],
);

export type UserRow = typeof users.$inferSelect;
export type KeyRow = typeof keys.$inferSelect;
export type OneTimeTokenRow = typeof oneTimeTokens.$inferSelect;
export type AccountEventRow = typeof accountEvents.$inferSelect;
