import { type Account, accountOf } from "../auth/accounts/account.ts";
import { openField, sealField } from "../auth/secret-keys.ts";
import type { Evidence } from "../auth/sessions/evidence.ts";
import { generateSecret } from "../auth/tokens/secrets.ts";
import { HttpError } from "../http/refusals.ts";
import { seeOther } from "../http/responses.ts";
import { withReturnPath } from "../http/return-path.ts";
import { findUser } from "../store/users.ts";
import type { Context } from "./context.ts";
import { SECOND_STEP_COOKIE, SECOND_STEP_COOKIE_SECONDS } from "./flow-cookies.ts";

export const SECOND_STEP_PATH = "/auth/second-step";

/** A sign-in whose first factor was right. Sealed into a cookie, so that nothing is stored before the second one. */
export interface PendingSignIn {
  /** Binds passkey challenges to this sign-in. */
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  /** The account's epoch when the first factor was checked. */
  readonly sessionEpoch: number;
  readonly evidence: Evidence;
  readonly event: "signed-in" | "signed-up" | null;
  readonly isNewDevice: boolean;
}

const PURPOSE = "second-step";

/** The cookie is not decoded if it is longer. */
const COOKIE_MAX_CHARACTERS = 1_024;

const COOKIE = /^[a-z0-9]{1,16}\.[\w-]+$/;

/** Asks for the second step: seals the sign-in into a cookie, and redirects to the page. Calls no store. */
export async function startSecondStep(
  context: Context,
  { id: userId, email, sessionEpoch }: Account,
  begun: Pick<PendingSignIn, "evidence" | "event" | "isNewDevice">,
  returnPath: string | null,
): Promise<Response> {
  const { secretKeys } = context.config;
  if (secretKeys === null) {
    context.log("secret-keys-missing", { userId });
    throw new HttpError("unavailable");
  }
  const { evidence, event, isNewDevice } = begun;
  const pending: PendingSignIn = { id: generateSecret(), userId, email, sessionEpoch, evidence, event, isNewDevice };
  const expiresAt = context.now + SECOND_STEP_COOKIE_SECONDS * 1_000;
  const sealed = await sealField(secretKeys, { purpose: PURPOSE, subject: "", expiresAt }, pending);
  secondStepCookie(context).set(sealed, SECOND_STEP_COOKIE_SECONDS);
  return seeOther(withReturnPath(SECOND_STEP_PATH, returnPath));
}

/** The sign-in that this browser has begun; null if there is none or it has expired. Calls no store. */
export async function readPendingSignIn(context: Context): Promise<PendingSignIn | null> {
  const { secretKeys } = context.config;
  const { secret } = secondStepCookie(context);
  if (secretKeys === null || secret === null) return null;
  return openField<PendingSignIn>(secretKeys, { purpose: PURPOSE, subject: "" }, secret, context.now);
}

/**
 * Returns the account of a sign-in that has begun. Null if the account is gone, or if its password, its email or its
 * factors have changed since.
 */
export async function readPendingAccount(
  { services }: Context,
  { userId, sessionEpoch }: PendingSignIn,
): Promise<Account | null> {
  const user = await findUser(services.database, userId);
  return user === null || user.session_epoch !== sessionEpoch ? null : accountOf(user);
}

function secondStepCookie({ cookies }: Context) {
  return cookies.get(SECOND_STEP_COOKIE, (value) => value.length <= COOKIE_MAX_CHARACTERS && COOKIE.test(value));
}
