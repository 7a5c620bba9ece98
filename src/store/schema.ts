import { bigint, index, int, mysqlTable, varchar } from "drizzle-orm/mysql-core";

/** A point in time as milliseconds since 1970 in UTC. A number, because the engines disagree about date types. */
const epochMilliseconds = (name: string) => bigint(name, { mode: "number" });

/** One row a person. `email` is lower-case ASCII, so that no collation can make two spellings equal or one spelling two. */
export const users = mysqlTable("users", {
  id: varchar("id", { length: 32 }).primaryKey(),
  email: varchar("email", { length: 254 }).notNull().unique("users_email_unique"),
  email_verified_at: epochMilliseconds("email_verified_at"),
  /** Rises whenever every session must end. A session is dead once its own copy differs. */
  session_epoch: int("session_epoch").notNull().default(0),
  created_at: epochMilliseconds("created_at").notNull(),
  updated_at: epochMilliseconds("updated_at").notNull(),
});

/** Lucia's keys: `id` is `<provider>:<name there>`, so `email:<address>` for a password. */
export const keys = mysqlTable(
  "keys",
  {
    id: varchar("id", { length: 320 }).primaryKey(),
    user_id: varchar("user_id", { length: 32 }).notNull(),
    hashed_password: varchar("hashed_password", { length: 255 }),
  },
  (table) => [index("keys_user_id_index").on(table.user_id)],
);

export type UserRow = typeof users.$inferSelect;
export type KeyRow = typeof keys.$inferSelect;
