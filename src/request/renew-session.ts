import type { Account } from "../auth/accounts/account.ts";
import type { Evidence } from "../auth/sessions/evidence.ts";
import { StoreUnavailable } from "../store/upstream.ts";
import type { Context } from "./context.ts";
import { describeError } from "./log.ts";

/**
 * Goes on with a new session where all that there were have just ended by the epoch. False if none could be started: what
 * ended them is done all the same, and whoever did it has to sign in again. `account`: as it is since.
 */
export async function renewSession(context: Context, account: Account, evidence: Evidence): Promise<boolean> {
  const { sessions } = context;
  try {
    const started = await context.signIn(account, evidence);
    // The epoch has ended the others already; this takes them off the list.
    context.defer(() => sessions.endOthers(account.id, started.id));
    return true;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    context.log("session-not-renewed", describeError(error));
    context.forgetSession();
    return false;
  }
}
