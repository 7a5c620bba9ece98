import { deleteAuthenticator, findAuthenticator, insertAuthenticator } from "../../store/authenticators.ts";
import { isDuplicate, type Transaction } from "../../store/database.ts";
import { countWaysIn } from "../../store/keys.ts";
import { deletePasskey, deletePasskeysSince, insertPasskey, listPasskeys } from "../../store/passkeys.ts";
import { deleteRecoveryCodes, insertRecoveryCodes, listRecoveryCodes } from "../../store/recovery-codes.ts";
import type { PasskeyRow, UserRow } from "../../store/schema.ts";
import { deleteTrustedDevices } from "../../store/trusted-devices.ts";
import { lockUser, raiseSessionEpoch, raiseVersion, turnTwoStepOff, turnTwoStepOn } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import type { FactorNotice } from "../events/queue-notice.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import { revokeTokensForUser } from "../tokens/one-time-tokens.ts";

/** A change of the factors of an account. `account` is the state after the change. */
export type FactorChange<Refusal extends string> =
  | { readonly outcome: "changed"; readonly account: Account; readonly events: readonly EmittedEvent[] }
  /** `stale`: the password, the email or the account itself has changed since the session was read. */
  | { readonly outcome: Refusal | "stale" };

/** The account as its session knows it. */
type Owner = Pick<Account, "id" | "sessionEpoch">;

/** Rolls the transaction of a change back. */
class Refused<Refusal extends string> extends Error {
  readonly outcome: Refusal | "stale";

  constructor(outcome: Refusal | "stale") {
    super(outcome);
    this.outcome = outcome;
  }
}

/** More passkeys than a person has devices and password managers. */
export const PASSKEYS_MAX = 20;

/**
 * Adds a passkey. `duplicate`: it belongs to an account already, to this one or another. `too-many`: the account has 20.
 */
export function addPasskey(
  users: UserCache,
  owner: Owner,
  passkey: Omit<PasskeyRow, "user_id" | "created_at" | "last_used_at">,
  cause: Cause,
): Promise<FactorChange<"duplicate" | "too-many">> {
  return change(users, owner, async (transaction, user, refuse) => {
    if ((await listPasskeys(transaction, owner.id)).length >= PASSKEYS_MAX) throw refuse("too-many");
    try {
      const row = { ...passkey, user_id: owner.id, created_at: cause.now, last_used_at: null };
      await insertPasskey(transaction, row);
    } catch (error) {
      throw isDuplicate(error) ? refuse("duplicate") : error;
    }
    return [await emit(transaction, user, "passkey-added", cause)];
  });
}

/**
 * Removes a passkey and ends all sessions. Turns the second step off if it was the last second factor. `last-way-in`:
 * without it, nothing would sign in to the account. `gone`: the account has no such passkey.
 */
export function removePasskey(
  users: UserCache,
  owner: Owner,
  passkeyId: string,
  cause: Cause,
): Promise<FactorChange<"last-way-in" | "gone">> {
  return change(users, owner, async (transaction, user, refuse) => {
    if (!(await deletePasskey(transaction, owner.id, passkeyId))) throw refuse("gone");
    if ((await countWaysIn(transaction, owner.id)) === 0) throw refuse("last-way-in");
    const event = await emit(transaction, user, "passkey-removed", cause);
    return [event, ...(await endWithoutFactor(transaction, user, cause))];
  });
}

/** Replaces the recovery codes by new ones, given by their hashes. Raises the version of the account. */
export function replaceRecoveryCodes(
  users: UserCache,
  owner: Owner,
  hashes: readonly string[],
  cause: Cause,
): Promise<FactorChange<never>> {
  return change(users, owner, async (transaction, user) => {
    await deleteRecoveryCodes(transaction, owner.id);
    await insertRecoveryCodes(transaction, owner.id, hashes, cause.now);
    await raiseVersion(transaction, owner.id);
    return [await emit(transaction, user, "recovery-codes-created", cause)];
  });
}

/**
 * Adds an authenticator app, turns the second step on, and ends all sessions when it was off. `step`: the time step of the
 * code that proved the set-up, which cannot be used again. `codesCreatedAt` as for `turnOnTwoStep`. `no-codes`: there are no
 * recovery codes of that time. `unverified`: the email is not verified. `duplicate`: there is an app already.
 */
export function addAuthenticator(
  users: UserCache,
  owner: Owner,
  { secret, step }: { readonly secret: string; readonly step: number },
  codesCreatedAt: number | null,
  cause: Cause,
): Promise<FactorChange<"no-codes" | "unverified" | "duplicate">> {
  return change(
    users,
    owner,
    async (transaction, user, refuse) => {
      if (user.email_verified_at === null) throw refuse("unverified");
      if (!(await hasCodes(transaction, user, codesCreatedAt))) throw refuse("no-codes");
      const times = { created_at: cause.now, last_used_at: cause.now };
      try {
        await insertAuthenticator(transaction, { user_id: owner.id, secret, last_step: step, ...times });
      } catch (error) {
        throw isDuplicate(error) ? refuse("duplicate") : error;
      }
      const event = await emit(transaction, user, "authenticator-added", cause);
      return user.two_step_at === null ? [event, await turnOn(transaction, user, cause)] : [event];
    },
    cancelEmailChange,
  );
}

/** Removes the authenticator app and ends all sessions. Turns the second step off if no second factor remains. */
export function removeAuthenticator(users: UserCache, owner: Owner, cause: Cause): Promise<FactorChange<"gone">> {
  return change(users, owner, async (transaction, user, refuse) => {
    if (!(await deleteAuthenticator(transaction, owner.id))) throw refuse("gone");
    const event = await emit(transaction, user, "authenticator-removed", cause);
    return [event, ...(await endWithoutFactor(transaction, user, cause))];
  });
}

/**
 * Turns the second step on and ends all sessions. `codesCreatedAt`: the time of the recovery codes that the owner has just
 * saved, as epoch milliseconds; null if there are none. `no-codes`: there are no recovery codes of that time. `no-factor`:
 * there is no second factor. `unverified`: the email is not verified.
 */
export function turnOnTwoStep(
  users: UserCache,
  owner: Owner,
  codesCreatedAt: number | null,
  cause: Cause,
): Promise<FactorChange<"no-factor" | "no-codes" | "unverified">> {
  return change(
    users,
    owner,
    async (transaction, user, refuse) => {
      if (user.email_verified_at === null) throw refuse("unverified");
      if (!(await hasSecondFactor(transaction, owner.id))) throw refuse("no-factor");
      if (user.two_step_at !== null) return [];
      if (!(await hasCodes(transaction, user, codesCreatedAt))) throw refuse("no-codes");
      return [await turnOn(transaction, user, cause)];
    },
    cancelEmailChange,
  );
}

/** Turns the second step off, removes the authenticator app and everything that belongs to it, and ends all sessions. */
export function turnOffTwoStep(users: UserCache, owner: Owner, cause: Cause): Promise<FactorChange<never>> {
  return change(users, owner, async (transaction, user) => {
    if (user.two_step_at === null) return [];
    await deleteAuthenticator(transaction, owner.id);
    return turnOff(transaction, user, cause);
  });
}

type Refuse<Refusal extends string> = (outcome: Refusal | "stale") => Refused<Refusal>;

/**
 * Revokes the link to a new email, which was requested with the password alone. Tokens are locked before the user's row,
 * as in every transaction.
 */
function cancelEmailChange(transaction: Transaction, userId: string): Promise<unknown> {
  return revokeTokensForUser(transaction, ["change-email"], userId);
}

/** Locks the user's row first, so that changes of the factors of one account come one after the other. */
async function change<Refusal extends string>(
  users: UserCache,
  { id: userId, sessionEpoch }: Owner,
  write: (transaction: Transaction, user: UserRow, refuse: Refuse<Refusal>) => Promise<readonly EmittedEvent[]>,
  /** Runs before the user's row is locked. */
  first?: (transaction: Transaction, userId: string) => Promise<unknown>,
): Promise<FactorChange<Refusal>> {
  const refuse: Refuse<Refusal> = (outcome) => new Refused(outcome);
  let events: readonly EmittedEvent[] = [];
  try {
    const row = await users.mutate(userId, async (transaction) => {
      await first?.(transaction, userId);
      const user = await lockUser(transaction, userId);
      if (user === null || user.session_epoch !== sessionEpoch) throw refuse("stale");
      events = await write(transaction, user, refuse);
    });
    return row === null ? { outcome: "stale" } : { outcome: "changed", account: accountOf(row), events };
  } catch (error) {
    if (error instanceof Refused) return { outcome: error.outcome as Refusal | "stale" };
    throw error;
  }
}

/**
 * Removes the factors that were added at or after `since`, and forgets all devices. Turns the second step off if it was
 * turned on since then, or if no second factor is left, and notifies `email`, which is verified. The caller has locked the
 * user's row and ends all sessions. Both times are epoch milliseconds.
 */
export async function removeFactorsSince(
  transaction: Transaction,
  { id: userId, two_step_at: twoStepAt }: UserRow,
  email: string,
  since: number,
  cause: Cause,
): Promise<EmittedEvent[]> {
  await deletePasskeysSince(transaction, userId, since);
  await deleteAuthenticator(transaction, userId, since);
  await deleteRecoveryCodes(transaction, userId, since);
  await deleteTrustedDevices(transaction, userId);
  if (twoStepAt === null || (twoStepAt < since && (await hasSecondFactor(transaction, userId)))) return [];
  await turnTwoStepOff(transaction, userId, cause.now);
  await deleteRecoveryCodes(transaction, userId);
  const notice = { kind: "two-step-off", recipient: email, isVerified: true } as const;
  return [await emitEvent(transaction, { userId, type: "two-step-off", notices: [notice] }, cause)];
}

/** After a factor was removed: ends all sessions, and turns the second step off if no second factor remains. */
async function endWithoutFactor(transaction: Transaction, user: UserRow, cause: Cause): Promise<EmittedEvent[]> {
  const { id: userId, session_epoch: sessionEpoch, two_step_at: twoStepAt } = user;
  if (twoStepAt !== null && !(await hasSecondFactor(transaction, userId))) return turnOff(transaction, user, cause);
  await raiseSessionEpoch(transaction, userId, sessionEpoch, cause.now);
  return [];
}

/** Also ends all sessions, which were started without the second step. */
async function turnOn(transaction: Transaction, user: UserRow, cause: Cause): Promise<EmittedEvent> {
  await turnTwoStepOn(transaction, user.id, cause.now);
  await raiseSessionEpoch(transaction, user.id, user.session_epoch, cause.now);
  return emit(transaction, user, "two-step-on", cause);
}

async function turnOff(transaction: Transaction, user: UserRow, cause: Cause): Promise<EmittedEvent[]> {
  await turnTwoStepOff(transaction, user.id, cause.now);
  await raiseSessionEpoch(transaction, user.id, user.session_epoch, cause.now);
  await deleteRecoveryCodes(transaction, user.id);
  await deleteTrustedDevices(transaction, user.id);
  return [await emit(transaction, user, "two-step-off", cause)];
}

/** Before the second step is on, codes count only if the owner has just saved them: somebody else may know others. */
async function hasCodes(
  transaction: Transaction,
  { id: userId, two_step_at: twoStepAt }: UserRow,
  createdAt: number | null,
): Promise<boolean> {
  const times = await listRecoveryCodes(transaction, userId);
  return twoStepAt === null ? createdAt !== null && times.includes(createdAt) : times.length > 0;
}

async function hasSecondFactor(transaction: Transaction, userId: string): Promise<boolean> {
  return (
    (await findAuthenticator(transaction, userId)) !== null || (await listPasskeys(transaction, userId)).length > 0
  );
}

async function emit(
  transaction: Transaction,
  { id: userId, email: recipient, email_verified_at: verifiedAt }: UserRow,
  type: FactorNotice,
  cause: Cause,
): Promise<EmittedEvent> {
  const notice = { kind: type, recipient, isVerified: verifiedAt !== null } as const;
  return emitEvent(transaction, { userId, type, notices: [notice] }, cause);
}
