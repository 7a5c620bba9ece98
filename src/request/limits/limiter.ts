import { type RefusalReason, refuseForNow } from "../../http/refusals.ts";
import {
  type Allowance,
  ATTEMPTS_LEFT_MAX,
  type Attempt,
  consume,
  type Device,
  type Limit,
  type Window,
} from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { ipLimit, rememberRefusedIp } from "./ip.ts";

/** Counts one request against limits. Created once per request, so that the IP is counted at most once. */
export interface Limiter {
  /** Counts against `limits` for `device`, and logs a limit that is reached. Throws StoreUnavailable if Redis fails. */
  consume(limits: readonly Limit[], device?: Device | null): Promise<Allowance>;
  /**
   * Like `consume`, but also counts against the limit on forms per IP if this request was not counted by IP before.
   * Uses one call, in which the IP limit comes after `limits`. Throws HttpError 429 if a limit is reached.
   */
  enforce(limits: readonly Limit[], device?: Device | null): Promise<Attempt>;
}

const NO_ATTEMPT: Attempt = { counters: [], at: 0, byKnownDevice: false, left: ATTEMPTS_LEFT_MAX };

export function createLimiter(context: Pick<Context, "client" | "config" | "log" | "now" | "services">): Limiter {
  let isCountedByIp = false;

  const consumeAndLog: Limiter["consume"] = async (limits, device = null) => {
    const allowance = await consume(context.services.redis, limits, device);
    if (!allowance.allowed) context.log("limit-reached", { limit: allowance.window.name });
    return allowance;
  };

  return {
    consume: consumeAndLog,

    enforce: async (limits, device = null) => {
      const wasCountedByIp = isCountedByIp;
      if (wasCountedByIp && limits.length === 0) return NO_ATTEMPT;
      isCountedByIp = true;
      const allLimits = wasCountedByIp ? limits : [...limits, await ipLimit(context)];
      const allowance = await consumeAndLog(allLimits, device);
      if (allowance.allowed) return allowance.attempt;
      const reason = reasonFor(allowance.window);
      if (reason === "too-many-forms") rememberRefusedIp(context, allowance.retryAfterSeconds);
      throw refuseForNow(reason, allowance.retryAfterSeconds);
    },
  };
}

function reasonFor({ name }: Window): RefusalReason {
  switch (name) {
    case "ip":
    case "ip-day":
      return "too-many-forms";
    case "attempts":
    case "attempts-day":
      return "too-many-attempts";
    case "second-step":
    case "second-step-day":
    case "confirm-code":
    case "confirm-code-day":
    case "recovery-code":
      return "too-many-codes";
    default:
      return "too-many-mails";
  }
}
