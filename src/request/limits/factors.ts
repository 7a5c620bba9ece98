import type { Account } from "../../auth/accounts/account.ts";
import type { Session } from "../../auth/sessions/session.ts";
import { hashSecret } from "../../auth/tokens/secrets.ts";
import type { Attempt, Limit } from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { hashIp } from "./ip.ts";
import { DAY_SECONDS } from "./window.ts";

/** Codes that may be tried. With three valid codes of a million, 20 a day find one in 50 years on average. */
const CODES_MAX = 5;
const CODES_WINDOW_SECONDS = 15 * 60;
const CODES_A_DAY_MAX = 20;

/** Recovery codes cannot be guessed. The limit only bounds what an ip costs. */
const RECOVERY_CODES_MAX = 20;

/**
 * Counts one code of the authenticator app at the second step, by account. A known device has a limit of its own, so
 * that an attacker with the password cannot lock the owner out. Throws HttpError 429 if the limit is reached.
 */
export async function limitSecondStep(
  { devices, limits }: Context,
  { id, email }: Pick<Account, "id" | "email">,
): Promise<Attempt> {
  const device = await devices.find(email);
  const attempt = await limits.enforce([codeLimit("second-step", id, device && `${id}:${device.member}`)], device);
  return { ...attempt, counters: attempt.counters.slice(0, 1) };
}

/**
 * Counts one code with which the owner confirms an action, by session. Sessions that rely on a remembered device are
 * counted together by that device: otherwise the password and the cookie of a device would start ever new ones. Throws
 * HttpError 429.
 */
export async function limitConfirmation({ limits }: Context, { id, evidence }: Session): Promise<Attempt> {
  const device = evidence.find(({ deviceId }) => deviceId !== undefined)?.deviceId;
  const session = device ?? (await hashSecret(id));
  const attempt = await limits.enforce([codeLimit("confirm-code", session, session)]);
  return { ...attempt, counters: attempt.counters.slice(0, 1) };
}

/** Counts one recovery code by account and ip. Throws HttpError 429 if the limit is reached. */
export async function limitRecoveryCode(context: Context, id: string): Promise<void> {
  const key = `${id}:${await hashIp(context)}`;
  const window = { name: "recovery-code", max: RECOVERY_CODES_MAX, seconds: CODES_WINDOW_SECONDS };
  await context.limits.enforce([
    { counter: "recovery-code", key, knownKey: key, countsRefused: false, windows: [window] },
  ]);
}

function codeLimit(counter: string, key: string, knownKey: string | null): Limit {
  return {
    counter,
    key,
    knownKey,
    countsRefused: false,
    windows: [
      { name: counter, max: CODES_MAX, seconds: CODES_WINDOW_SECONDS },
      { name: `${counter}-day`, max: CODES_A_DAY_MAX, seconds: DAY_SECONDS },
    ],
  };
}
