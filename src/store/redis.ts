import { Redis } from "@upstash/redis/cloudflare";
import type { Config } from "../config.ts";
import { deadline } from "./upstream.ts";

export type { Redis };

/**
 * Upstash's client, one attempt a call. Its own retries take 4 s of back-off and repeat what may have been done;
 * automatic pipelining reorders reads and writes. The deadline must be a function: given a plain signal, the client
 * resolves an abort as an empty answer, which would read as "no such session".
 */
export function createRedis(config: Config): Redis {
  return new Redis({
    url: config.redis.url,
    token: config.redis.token,
    retry: { retries: 0 },
    signal: deadline,
    enableAutoPipelining: false,
    enableTelemetry: false,
  });
}
