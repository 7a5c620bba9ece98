import type { Account } from "../auth/accounts/account.ts";
import { hashRecoveryCode, parseRecoveryCode } from "../auth/credentials/recovery-codes.ts";
import { matchingStep, readTotpCode } from "../auth/credentials/totp.ts";
import { countEvent } from "../auth/events/record-events.ts";
import { open, type SecretKeys, seal } from "../auth/secret-keys.ts";
import { type Proof, prove } from "../auth/sessions/evidence.ts";
import type { FactorProblem } from "../forms/factor-messages.ts";
import { HttpError } from "../http/refusals.ts";
import { findAuthenticator, replaceSealedSecret, useStep } from "../store/authenticators.ts";
import { type Attempt, consume, refund } from "../store/counters.ts";
import type { Database } from "../store/database.ts";
import { listPasskeys } from "../store/passkeys.ts";
import { countRecoveryCodes, useRecoveryCode } from "../store/recovery-codes.ts";
import type { AuthenticatorRow, PasskeyRow } from "../store/schema.ts";
import type { Context } from "./context.ts";
import { limitRecoveryCode } from "./limits/factors.ts";
import { limitByIp } from "./limits/ip.ts";
import { recordAndNotify } from "./send-notices.ts";

/** The second factors of an account. */
export interface SecondFactors {
  readonly authenticator: AuthenticatorRow | null;
  readonly passkeys: readonly PasskeyRow[];
  /** The number of unused recovery codes. */
  readonly codesLeft: number;
}

/** The keys of passkeys and second factors. Throws HttpError 404 if they are not set, because both are turned off then. */
export function requireSecretKeys({ config }: Pick<Context, "config">): SecretKeys {
  if (config.secretKeys === null) throw new HttpError("no-such-page");
  return config.secretKeys;
}

/** Reads the second factors of an account, at the same time. */
export async function readSecondFactors(database: Database, userId: string): Promise<SecondFactors> {
  const [authenticator, passkeys, codesLeft] = await Promise.all([
    findAuthenticator(database, userId),
    listPasskeys(database, userId),
    countRecoveryCodes(database, userId),
  ]);
  return { authenticator, passkeys, codesLeft };
}

export type FactorCheck =
  | { readonly outcome: "proved"; readonly proof: Proof }
  | { readonly outcome: "refused"; readonly problem: FactorProblem };

/** What a sealed TOTP secret is bound to. */
export function totpBinding(userId: string): string {
  return `totp|${userId}`;
}

/**
 * Checks a code of the authenticator app, and marks its time step as used. `limit` counts the attempt and throws HttpError
 * 429 if there were too many. `account` is read at the same time: if it resolves to null, the sign-in is over, and no
 * code is used up.
 */
export async function checkTotp(
  context: Context,
  keys: SecretKeys,
  userId: string,
  typed: string,
  limit: () => Promise<Attempt>,
  account: Promise<unknown> = Promise.resolve(true),
): Promise<FactorCheck> {
  const reading = readTotpCode(typed);
  if (!reading.ok) return { outcome: "refused", problem: reading.problem };
  const { database, redis } = context.services;
  const [attempt, row, current] = await Promise.all([limit(), findAuthenticator(database, userId), account]);
  const opened = row && (await open(keys, "totp", totpBinding(userId), row.secret));
  if (row !== null && opened === null) context.log("totp-secret-unreadable", { userId });
  const step = opened && (await matchingStep(opened.bytes, reading.code, context.now));
  if (row === null || opened === null || step === null || current === null) {
    return { outcome: "refused", problem: "code-wrong" };
  }
  if (!(await useStep(database, row, step, context.now))) return { outcome: "refused", problem: "code-used" };
  context.defer(() => refund(redis, attempt));
  if (opened.isOutdated) {
    const { bytes } = opened;
    context.defer(async () =>
      replaceSealedSecret(database, userId, row.secret, await seal(keys, "totp", totpBinding(userId), bytes)),
    );
  }
  return { outcome: "proved", proof: prove("totp", context.now) };
}

/** Checks a recovery code and deletes it. `account` as for `checkTotp`. Throws HttpError 429 if there were too many attempts. */
export async function checkRecoveryCode(
  context: Context,
  userId: string,
  typed: string,
  account: Promise<unknown> = Promise.resolve(true),
): Promise<FactorCheck> {
  const code = parseRecoveryCode(typed);
  if (code === null) {
    await limitByIp(context);
    return { outcome: "refused", problem: typed.trim() === "" ? "recovery-code-missing" : "recovery-code-wrong" };
  }
  const { database } = context.services;
  const [current] = await Promise.all([account, limitRecoveryCode(context, userId)]);
  const isUsed = current !== null && (await useRecoveryCode(database, userId, await hashRecoveryCode(userId, code)));
  return isUsed
    ? { outcome: "proved", proof: prove("recovery-code", context.now) }
    : { outcome: "refused", problem: "recovery-code-wrong" };
}

/** Records that a recovery code was used, and tells the owner how many are left. */
export function recordRecoveryCode(
  context: Context,
  { id: userId, email: recipient, language, emailVerified: isVerified }: Account,
): void {
  context.defer(async () => {
    const remaining = await countRecoveryCodes(context.services.database, userId);
    const notice = { kind: "recovery-code-used", recipient, language, isVerified, remaining } as const;
    recordAndNotify(context, { userId, type: "recovery-code-used", notices: [notice] });
  });
}

/** Whether the code does not belong to the account. After a right password, it shows that the password is known. */
export function isWrongCode(problem: FactorProblem): boolean {
  return problem === "code-wrong" || problem === "recovery-code-wrong";
}

const FAILURE_NOTICES_WINDOW_SECONDS = 60 * 60;

/** Records a wrong second factor, and notifies the owner of the first one in an hour, who may not know that the password is known. */
export function recordFailure(
  context: Context,
  { id: userId, email: recipient, language, emailVerified: isVerified }: Account,
): void {
  const { client, now, services } = context;
  context.log("second-step-failed", { userId });
  context.defer(async () => {
    const window = { name: "second-step-notice", max: 1, seconds: FAILURE_NOTICES_WINDOW_SECONDS };
    const limit = {
      counter: window.name,
      key: userId,
      knownKey: userId,
      countsRefused: false,
      windows: [window],
    };
    const type = "second-step-failed";
    const { allowed } = await consume(services.redis, [limit]);
    if (!allowed) return countEvent(services.database, userId, type, client, now);
    recordAndNotify(context, { userId, type, notices: [{ kind: type, recipient, language, isVerified }] });
  });
}
