import { isBreachedPassword } from "../auth/credentials/password/breached.ts";
import type { Context } from "./context.ts";
import { describeError } from "./log.ts";

/**
 * Whether a new password must be refused because it is on the lists that attackers use. Where nobody can tell within a
 * second, or the look-up is switched off, it is not: people sign up while that service is down.
 */
export async function isRefusedAsBreached({ config, log }: Context, password: string): Promise<boolean> {
  if (config.breachedPasswords === null) return false;
  try {
    const breached = await isBreachedPassword(config.breachedPasswords.url, password);
    if (breached) log("breached-password-refused");
    return breached;
  } catch (error) {
    log("breach-check-failed", describeError(error));
    return false;
  }
}
