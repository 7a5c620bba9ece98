import { isBreachedPassword } from "../auth/credentials/password/breached.ts";
import type { Context } from "./context.ts";
import { describeError } from "./log.ts";

/**
 * Returns true if a new password is rejected because it is known from a data breach. Returns false if the check is
 * turned off, fails, or takes longer than a second, so that people can still sign up while that service is down.
 */
export async function isRefusedAsBreached({ config, log }: Context, password: string): Promise<boolean> {
  if (config.breachedPasswords === null) return false;
  try {
    const isBreached = await isBreachedPassword(config.breachedPasswords.url, password);
    if (isBreached) log("breached-password-refused");
    return isBreached;
  } catch (error) {
    log("breach-check-failed", describeError(error));
    return false;
  }
}
