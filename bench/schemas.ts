import type { Snapshot } from "@gatehouse/stand-ins";
import { generateMySQLDrizzleJson } from "drizzle-kit/api";
import { boolean, index, type MySqlTable, mysqlTable, text, varchar } from "drizzle-orm/mysql-core";
import { MIGRATIONS } from "../dev/migrate.ts";
import type { Variant } from "./variants.ts";

const id = (length: number) => varchar("id", { length }).primaryKey();
const email = varchar("email", { length: 254 }).notNull().unique();
/** Dates are stored as text, because the embedded engine has no date type. No variant looks rows up by a date. */
const date = (name: string) => varchar(name, { length: 32 });

/** The tables of the compared Workers, taken from their documentation. */
const TABLES: Readonly<Partial<Record<Variant, Readonly<Record<string, MySqlTable>>>>> = {
  tutorial: {
    user: mysqlTable("auth_user", { id: id(15), email }),
    key: mysqlTable(
      "user_key",
      {
        id: id(255),
        user_id: varchar("user_id", { length: 15 }).notNull(),
        hashed_password: varchar("hashed_password", { length: 255 }),
      },
      (table) => [index("user_key_user_id").on(table.user_id)],
    ),
  },
  "better-auth": {
    user: mysqlTable("user", {
      id: id(36),
      name: varchar("name", { length: 255 }).notNull(),
      email,
      emailVerified: boolean("emailVerified").notNull(),
      image: text("image"),
      createdAt: date("createdAt").notNull(),
      updatedAt: date("updatedAt").notNull(),
    }),
    account: mysqlTable(
      "account",
      {
        id: id(36),
        accountId: varchar("accountId", { length: 255 }).notNull(),
        providerId: varchar("providerId", { length: 255 }).notNull(),
        userId: varchar("userId", { length: 36 }).notNull(),
        accessToken: text("accessToken"),
        refreshToken: text("refreshToken"),
        idToken: text("idToken"),
        accessTokenExpiresAt: date("accessTokenExpiresAt"),
        refreshTokenExpiresAt: date("refreshTokenExpiresAt"),
        scope: text("scope"),
        password: text("password"),
        createdAt: date("createdAt").notNull(),
        updatedAt: date("updatedAt").notNull(),
      },
      (table) => [index("account_userId").on(table.userId)],
    ),
    verification: mysqlTable(
      "verification",
      {
        id: id(36),
        identifier: varchar("identifier", { length: 255 }).notNull(),
        value: text("value").notNull(),
        expiresAt: date("expiresAt").notNull(),
        createdAt: date("createdAt"),
        updatedAt: date("updatedAt"),
      },
      (table) => [index("verification_identifier").on(table.identifier)],
    ),
  },
};

/** Returns the schema for the stand-ins of a variant: the directory of the migrations, or a snapshot of the tables. */
export async function schemaOf(variant: Variant): Promise<string | Snapshot> {
  return variant === "gatehouse" ? MIGRATIONS : generateMySQLDrizzleJson(TABLES[variant] ?? {});
}
