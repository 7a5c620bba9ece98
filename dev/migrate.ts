import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { migrate } from "drizzle-orm/planetscale-serverless/migrator";
import { parseDatabaseUrl } from "../src/config-values.ts";

const MIGRATIONS = fileURLToPath(new URL("../drizzle", import.meta.url));

/** Applies over HTTP what of drizzle/ the database has not seen yet. Does nothing when called again. */
export async function applyMigrations(databaseUrl: string): Promise<void> {
  const login = parseDatabaseUrl(databaseUrl);
  if ("problem" in login) throw new Error(`DATABASE_URL ${login.problem}`);
  await migrate(drizzle(new Client({ ...login.value })), { migrationsFolder: MIGRATIONS });
}

if (import.meta.main) {
  if (process.env["DATABASE_URL"] === undefined && existsSync(".dev.vars")) process.loadEnvFile(".dev.vars");
  const databaseUrl = process.env["DATABASE_URL"];
  if (!databaseUrl) {
    console.error("Set DATABASE_URL, in the environment or in .dev.vars, to the database that is to be migrated.");
    process.exit(1);
  }
  try {
    await applyMigrations(databaseUrl);
  } catch (error) {
    // Drizzle puts its statement into the message, and the reason into the cause.
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    console.error(`Not migrated: ${reason instanceof Error ? reason.message : reason}`);
    process.exit(1);
  }
  console.log("The database has every migration.");
}
