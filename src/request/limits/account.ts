import { hashSecret } from "../../auth/tokens/secrets.ts";
import type { Attempt, Limit } from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { DAY_SECONDS } from "./window.ts";

/** Attempts to enter a password or code for one email, counted across all forms and all IPs. */
const ATTEMPTS_MAX = 10;
const ATTEMPTS_WINDOW_SECONDS = 15 * 60;
const ATTEMPTS_A_DAY_MAX = 100;

/**
 * Counts one attempt to enter a password or code for `email`, before the password or code is checked. Throws HttpError
 * 429 if the limit is reached. A known device has a separate limit, so that an attacker's guesses do not lock out the
 * owner. Returns the attempt. `KnownDevices` refunds it if the password or code is correct, in the same call that makes
 * the device known.
 */
export async function limitAttempts({ devices, limits }: Context, email: string): Promise<Attempt> {
  const device = await devices.find(email);
  const key = await hashSecret(email);
  const limit: Limit = {
    counter: "attempts",
    key,
    knownKey: device && `${key}:${device.member}`,
    countsRefused: false,
    windows: [
      { name: "attempts", max: ATTEMPTS_MAX, seconds: ATTEMPTS_WINDOW_SECONDS },
      { name: "attempts-day", max: ATTEMPTS_A_DAY_MAX, seconds: DAY_SECONDS },
    ],
  };
  const attempt = await limits.enforce([limit], device);
  // The first counter is the account's. A second one is the IP's, which gets no refund.
  return { ...attempt, counters: attempt.counters.slice(0, 1) };
}
