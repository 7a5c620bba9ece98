import type { RedisWork, Service } from "./service.ts";

type ServiceName = Service["name"];

/**
 * One request that reached a stand-in. Times are milliseconds of `performance.now()`. `locks` and `commands` are there
 * once Redis has carried the request out, whether or not the caller got the answer.
 */
export interface Call extends Partial<RedisWork> {
  readonly service: ServiceName;
  /** As `Service.operation` says: `INSERT`, `MGET`, `SET+ZADD`. */
  readonly operation: string;
  readonly startedAt: number;
  /** Infinity while there is no answer yet. */
  readonly endedAt: number;
  /** The HTTP status; `lost`: the caller got no answer, done or not; `hung`: no answer so far. */
  readonly status: number | "lost" | "hung";
}

/** A failure between a caller and a store. "Done" means that the store carried the call out. */
export type Fault =
  /** Not done; the connection breaks. */
  | { readonly kind: "refuse" }
  /** Not done; no answer until `restore()`, `close()` or the caller gives up. */
  | { readonly kind: "hang" }
  /** Done; answered that many milliseconds later. */
  | { readonly kind: "late"; readonly ms: number }
  /** Not done; answered with this HTTP status and a plain text. */
  | { readonly kind: "status"; readonly status: number }
  /** Not done; a proxy's page, status 200. */
  | { readonly kind: "html" }
  /** Done; the JSON stops half-way. */
  | { readonly kind: "truncated" }
  /** Done; the connection breaks before the answer. */
  | { readonly kind: "lostAnswer" };

export interface FaultRule {
  readonly fault: Fault;
  /** Absent: every service. */
  readonly service?: ServiceName;
  /** A string must equal the whole operation. Absent: every operation. */
  readonly operation?: string | RegExp;
  /** Let this many matching calls pass first. */
  readonly skip?: number;
  /** Then hit this many. Absent: all. */
  readonly times?: number;
}

/** Counts what reaches the stand-ins, and breaks it on demand. */
export class Traffic {
  /** In the order of arrival; those without an answer too. Later calls are added to the same array until `clear()`. */
  calls: Call[] = [];
  /**
   * Milliseconds that every answer waits after its work is done. Below about 20 ms calls made at the same time can look as
   * if they followed one another.
   */
  delayMs = 0;
  #rules: { rule: FaultRule; seen: number }[] = [];
  #hanging = new Set<() => void>();

  clear(): void {
    this.calls = [];
  }

  /** The first rule that hits a call wins; rules after it do not see that call. */
  inject(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0 });
  }

  /** Removes all faults and delays, and breaks the connections that hang. */
  restore(): void {
    this.#rules = [];
    this.delayMs = 0;
    for (const release of this.#hanging) release();
    this.#hanging.clear();
  }

  /** For the server: notes an arrival, and finds the fault that hits it. */
  begin(service: ServiceName, operation: string, startedAt: number) {
    const call: { -readonly [K in keyof Call]: Call[K] } = {
      service,
      operation,
      startedAt,
      endedAt: Infinity,
      status: "hung",
    };
    this.calls.push(call);
    return {
      fault: this.#takeFault(service, operation),
      noteWork: (work: RedisWork) => Object.assign(call, work),
      /** Notes its end. Only the first one counts. */
      end: (status: Call["status"]) => {
        if (call.endedAt !== Infinity) return;
        call.endedAt = performance.now();
        call.status = status;
      },
    };
  }

  /** Counts the call for the rules. */
  #takeFault(service: ServiceName, operation: string): Fault | undefined {
    for (const entry of this.#rules) {
      const { fault, service: only = service, operation: wanted = operation, skip = 0, times = Infinity } = entry.rule;
      // `search` rather than `test`: a global expression would remember its last position.
      const matches = typeof wanted === "string" ? wanted === operation : operation.search(wanted) >= 0;
      if (only !== service || !matches) continue;
      entry.seen += 1;
      if (entry.seen > skip && entry.seen <= skip + times) return fault;
    }
    return undefined;
  }

  /** For the server: calls `release` at `restore()`, unless the returned function is called first. */
  hang(release: () => void): () => void {
    this.#hanging.add(release);
    return () => this.#hanging.delete(release);
  }
}

/** The length of the longest chain of calls in which each starts after the one before it ended: round trips in series. */
export function countInSeries(calls: readonly Call[]): number {
  let count = 0;
  let lastEnd = -Infinity;
  // Taking the call that ends first never shortens the chain.
  for (const call of calls.toSorted((a, b) => a.endedAt - b.endedAt)) {
    if (call.startedAt <= lastEnd) continue;
    count += 1;
    lastEnd = call.endedAt;
  }
  return count;
}
