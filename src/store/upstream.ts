/** Deadline of one call to a store, including reading its answer. Half of what people tolerate, twice a slow day. */
const UPSTREAM_DEADLINE_MILLISECONDS = 1_500;

/**
 * The last part of the deadline is split into ticks. While passwords are hashed nothing else runs, so an answer may
 * have arrived without being read. Each tick lets one more part of it be read before the deadline.
 */
const GRACE_TICKS = 5;
const TICK_MILLISECONDS = 20;

/** Upstream services: the two stores, and the list of breached passwords. */
export type StoreName = "database" | "redis" | "breached-passwords";

/** The reason if the store refuses the login or the permission. */
export const REFUSED = "refused";

/**
 * A store did not do what it was asked, or its outcome is unknown. It carries no message of a client, because those
 * hold SQL, keys and values.
 */
export class StoreUnavailable extends Error {
  readonly store: StoreName;
  readonly operation: string;
  readonly reason: string;
  readonly milliseconds: number;

  constructor(store: StoreName, operation: string, reason: string, milliseconds: number) {
    super(`${store} unavailable`);
    this.name = "StoreUnavailable";
    this.store = store;
    this.operation = operation;
    this.reason = reason;
    this.milliseconds = milliseconds;
  }
}

/**
 * Runs one call to `store`, which must end when its signal aborts at the deadline. Turns every error into
 * StoreUnavailable.
 */
export async function callUpstream<T>(
  store: StoreName,
  operation: string,
  call: (signal: AbortSignal) => Promise<T>,
  milliseconds = UPSTREAM_DEADLINE_MILLISECONDS,
): Promise<T> {
  const startedAt = Date.now();
  const deadline = startDeadline(milliseconds);
  try {
    return await call(deadline.signal);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    throw new StoreUnavailable(store, operation, describeFailure(error), Date.now() - startedAt);
  } finally {
    deadline.clear();
  }
}

function startDeadline(milliseconds: number): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  let turns = GRACE_TICKS;
  const tick = () => {
    turns -= 1;
    if (turns < 0) controller.abort(new DOMException("The store did not answer in time", "TimeoutError"));
    else timer = setTimeout(tick, TICK_MILLISECONDS);
  };
  let timer = setTimeout(tick, milliseconds - GRACE_TICKS * TICK_MILLISECONDS);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** Upstash's refusals of a token or of a command that the token does not permit. */
const REFUSAL = /\b(?:WRONGPASS|NOPERM|NOAUTH|Unauthorized)\b/;

/** A word for a client's error that is safe to log. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  // The client appends the command, which may hold anything.
  const [said = ""] = error.message.split(", command was: ", 1);
  if (error.name === "UpstashError" && REFUSAL.test(said)) return REFUSED;
  return error.name === "TimeoutError" ? "deadline" : error.name;
}
