import { removeExpired } from "./auth/maintenance.ts";
import type { Config } from "./config.ts";
import { describeError, log } from "./log.ts";
import { createDatabase } from "./store/database.ts";

/** What `[triggers]` in wrangler.toml has done once a day. Rejects if a store fails: the platform shows that run as failed. */
export async function runScheduled(config: Config, now: number): Promise<void> {
  try {
    log("expired-removed", { ...(await removeExpired(createDatabase(config), now)) });
  } catch (error) {
    log("scheduled-run-failed", describeError(error));
    throw error;
  }
}
