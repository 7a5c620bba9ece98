/** What reached a stand-in, already read to its end. `path` carries no query. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What a stand-in says: `body` is sent as JSON, `text` as it is. */
export type ServiceAnswer = { readonly status: number; readonly work?: RedisWork } & (
  | { readonly body: unknown }
  | { readonly text: string }
);

/** What Upstash locks and bills for what it carried out. */
export interface RedisWork {
  /**
   * The keys that scripts and transactions held all the while, or "database". Plain commands hold none beyond their own
   * moment. Source: https://upstash.com/docs/redis/features/key-locking
   */
  readonly locks: readonly string[] | "database";
  /**
   * How many commands are billed: each one by itself, and for a script also each one that it runs. Absent where a script
   * ran on a real Redis, which does not tell. Source of the unit: https://upstash.com/docs/redis/overall/pricing
   */
  readonly commands?: number;
}

/**
 * A service that the Worker asks. The stand-ins imitate all but the mail, which tests take themselves. It knows its
 * protocol and its engine, and nothing of sockets.
 */
export interface Service {
  readonly name: "database" | "redis" | "breached-passwords" | "mail";
  /** Whether a request for `path` is this service's. */
  owns(path: string): boolean;
  /**
   * The operation that a request asks for, in capitals: the SQL verb (`BEGIN`, `INSERT`), the Redis command (`MGET`)
   * with the name of its script if it has one (`EVAL read session`), the commands of a pipeline or transaction joined by
   * `+` (`SET+ZADD`), or `RANGE`. For counting and for aiming faults.
   */
  operation(request: ServiceRequest): string;
  /** `hangUp` is aborted when the caller is gone before it has its answer: what has not been done need not be done. */
  answer(request: ServiceRequest, hangUp: AbortSignal): Promise<ServiceAnswer>;
  /** Empties the data and keeps the tables. */
  reset(): Promise<void>;
  /** Writes what must survive and lets go of connections, files and timers. */
  close(): Promise<void>;
}
