/** How long one call to a store may take, its answer read to the end. Half of a person's patience, twice a slow day. */
const UPSTREAM_DEADLINE_MILLISECONDS = 1_500;

/**
 * The last part of the deadline is waited for in turns. While passwords are hashed nothing else runs, so that an answer
 * may have arrived long ago and only not been read: each turn lets one more part of it be read before time is up.
 */
const GRACE_TICKS = 5;
const TICK_MILLISECONDS = 20;

/** What may fail to answer: the two stores, and the list of stolen passwords. */
export type StoreName = "database" | "redis" | "breached-passwords";

/** The reason of a StoreUnavailable whose store refuses the login, or does not let it do what it was asked. */
export const REFUSED = "refused";

/**
 * A store did not do what it was asked, or nobody can tell whether it did. It carries no message of a client: those
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
 * Runs one call to `store`, which must end when its signal fires because its time is over, and turns whatever it throws
 * into StoreUnavailable.
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

/** How Upstash refuses a token, or a command that the token may not send. */
const REFUSAL = /\b(?:WRONGPASS|NOPERM|NOAUTH|Unauthorized)\b/;

/** A client's error in a word that is safe to log. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  // The client adds the command, in which anything may stand.
  const [said = ""] = error.message.split(", command was: ", 1);
  if (error.name === "UpstashError" && REFUSAL.test(said)) return REFUSED;
  return error.name === "TimeoutError" ? "deadline" : error.name;
}
