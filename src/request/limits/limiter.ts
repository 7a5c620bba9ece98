import { type RefusalReason, refuseForNow } from "../../http/refusals.ts";
import { type Allowance, type Attempt, consume, type Device, type Limit, type Window } from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { ipLimit, rememberRefusedIp } from "./ip.ts";

/** Counts what one request attempts. Made once a request: whatever is limited beside it, the ip is counted once. */
export interface Limiter {
  /** Counts by `limits`, for `device`. A limit that is reached is logged. Throws StoreUnavailable if nobody can count. */
  consume(limits: readonly Limit[], device?: Device | null): Promise<Allowance>;
  /**
   * The same, and if this request was not counted by its ip before, it is now, in the same call: after `limits`, in this
   * order. Throws the 429 page when one of the limits is reached.
   */
  enforce(limits: readonly Limit[], device?: Device | null): Promise<Attempt>;
}

const NO_ATTEMPT: Attempt = { counters: [], at: 0 };

export function createLimiter(context: Pick<Context, "client" | "config" | "log" | "now" | "services">): Limiter {
  let isCountedByIp = false;

  const consumeHere: Limiter["consume"] = async (limits, device = null) => {
    const allowance = await consume(context.services.redis, limits, device);
    if (!allowance.allowed) context.log("limit-reached", { limit: allowance.window.name });
    return allowance;
  };

  return {
    consume: consumeHere,

    enforce: async (limits, device = null) => {
      const isCounted = isCountedByIp;
      if (isCounted && limits.length === 0) return NO_ATTEMPT;
      isCountedByIp = true;
      const all = isCounted ? limits : [...limits, await ipLimit(context)];
      const allowance = await consumeHere(all, device);
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
    default:
      return "too-many-mails";
  }
}
