import type { IncomingHttpHeaders } from "node:http";

/** A request to a stand-in, read to its end. `path` carries no query. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: string;
}

/** The answer of a stand-in: `body` is sent as JSON, `text` as it is. */
export type ServiceAnswer = { readonly status: number; readonly work?: RedisWork } & (
  | { readonly body: unknown }
  | { readonly text: string }
);

/** Locks and bill of a request, by Upstash's rules. */
export interface RedisWork {
  /**
   * The keys that scripts and transactions held all the while, or "database". A plain command holds none for longer than it
   * takes. Source: https://upstash.com/docs/redis/features/key-locking
   */
  readonly locks: readonly string[] | "database";
  /**
   * How many commands are billed: each one by itself, and for a script also each one that it runs. Absent if a script
   * ran on a real Redis, which does not tell. Source of the unit: https://upstash.com/docs/redis/overall/pricing
   */
  readonly commands?: number;
}

/** The imitation of a service. It knows its protocol and its engine, and nothing of sockets. `mail` is for callers' own. */
export interface Service {
  readonly name: "database" | "redis" | "breached-passwords" | "mail";
  /** Whether a request for `path` is this service's. */
  owns(path: string): boolean;
  /**
   * The operation of a request, in capitals: the SQL verb (`BEGIN`, `INSERT`), the Redis command (`MGET`)
   * with the name of its script if it has one (`EVAL read session`), the commands of a pipeline or transaction joined by
   * `+` (`SET+ZADD`), or `RANGE`. For counting and for aiming faults.
   */
  operation(request: ServiceRequest): string;
  /** `hangUp` is aborted when the caller disconnects before it has its answer: unfinished work can be dropped. */
  answer(request: ServiceRequest, hangUp: AbortSignal): Promise<ServiceAnswer>;
  /** Empties the data and keeps the tables. */
  reset(): Promise<void>;
  /** Writes data that must survive, and releases connections, files and timers. */
  close(): Promise<void>;
}
