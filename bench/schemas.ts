import type { Client } from "@planetscale/database";
import type { Variant } from "./variants.ts";

/**
 * The tables of the compared, as their documentation has them. Dates are text, because the embedded engine has no other
 * kind; neither looks anything up by one.
 */
const SCHEMAS: Readonly<Partial<Record<Variant, readonly string[]>>> = {
  tutorial: [
    "CREATE TABLE auth_user (id VARCHAR(15) NOT NULL PRIMARY KEY, email VARCHAR(254) NOT NULL UNIQUE)",
    "CREATE TABLE user_key (id VARCHAR(255) NOT NULL PRIMARY KEY, user_id VARCHAR(15) NOT NULL, hashed_password VARCHAR(255))",
    "CREATE INDEX user_key_user_id ON user_key (user_id)",
  ],
  "better-auth": [
    "CREATE TABLE `user` (id VARCHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, email VARCHAR(254) NOT NULL UNIQUE, emailVerified BOOLEAN NOT NULL, image TEXT, createdAt VARCHAR(32) NOT NULL, updatedAt VARCHAR(32) NOT NULL)",
    "CREATE TABLE account (id VARCHAR(36) NOT NULL PRIMARY KEY, accountId VARCHAR(255) NOT NULL, providerId VARCHAR(255) NOT NULL, userId VARCHAR(36) NOT NULL, accessToken TEXT, refreshToken TEXT, idToken TEXT, accessTokenExpiresAt VARCHAR(32), refreshTokenExpiresAt VARCHAR(32), scope TEXT, password TEXT, createdAt VARCHAR(32) NOT NULL, updatedAt VARCHAR(32) NOT NULL)",
    "CREATE INDEX account_userId ON account (userId)",
    "CREATE TABLE verification (id VARCHAR(36) NOT NULL PRIMARY KEY, identifier VARCHAR(255) NOT NULL, value TEXT NOT NULL, expiresAt VARCHAR(32) NOT NULL, createdAt VARCHAR(32), updatedAt VARCHAR(32))",
    "CREATE INDEX verification_identifier ON verification (identifier)",
  ],
};

/** Makes the tables of a compared Worker. Gatehouse's own come with its migrations. */
export async function createTables(variant: Variant, database: Client): Promise<void> {
  for (const statement of SCHEMAS[variant] ?? []) await database.execute(statement);
}
