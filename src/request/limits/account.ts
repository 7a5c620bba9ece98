import { hashSecret } from "../../auth/tokens/secrets.ts";
import type { Attempt, Limit } from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { DAY_SECONDS } from "./window.ts";

/** Passwords and codes that may be tried for one email, over all forms that test one and from wherever they come. */
const ATTEMPTS_MAX = 10;
const ATTEMPTS_WINDOW_SECONDS = 15 * 60;
const ATTEMPTS_A_DAY_MAX = 100;

/**
 * Counts one password or code that is tried for `email`, before it is looked at. Throws the 429 page when they are used up.
 * A device on which the right one was given before is counted apart: strangers who guess do not lock the owner out.
 * Returns the attempt, which is refunded where it turns out to be right: by `KnownDevices`, in the call that makes the
 * device known.
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
  const { counters, at } = await limits.enforce([limit], device);
  // What follows the first counts the ip, to which nothing is refunded.
  return { counters: counters.slice(0, 1), at };
}
