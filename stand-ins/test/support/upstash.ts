import { Redis } from "@upstash/redis";
import { inject } from "vitest";
import { serve } from "../../src/http.ts";
import type { Replication } from "../../src/redis/engine.ts";
import { createUpstash } from "../../src/redis/upstash.ts";
import { Traffic } from "../../src/traffic.ts";

export const TOKEN = "a-token-for-tests";
export const READ_ONLY_TOKEN = "a-read-only-token-for-tests";

/** Returns the `redis://…` URL of a real server that the environment names or the run has started, or undefined. */
export function findRealRedis(database: number): string | undefined {
  const { GATEHOUSE_REDIS = inject("realEngines")?.redis } = process.env;
  return GATEHOUSE_REDIS && new URL(`/${database}`, GATEHOUSE_REDIS).href;
}

export interface UpstashStandIn {
  readonly url: string;
  readonly traffic: Traffic;
  readonly replication: Replication;
  /** The unmodified client, without retries. */
  connect(token?: string): Redis;
  /** Sends a request that the client never sends. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in with the server at `redis`, or with the embedded engine. */
export async function startUpstash(engine: { redis?: string; dataDirectory?: string }): Promise<UpstashStandIn> {
  const service = await createUpstash({ token: TOKEN, readOnlyToken: READ_ONLY_TOKEN, ...engine });
  const traffic = new Traffic();
  const server = await serve([service], traffic);
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    traffic,
    replication: service.replication,
    connect: (token = TOKEN) =>
      new Redis({ url, token, enableAutoPipelining: false, retry: { retries: 0 }, enableTelemetry: false }),
    post: async (path, body, headers = {}) => {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    reset: () => service.reset(),
    close: async () => {
      await server.close();
      await service.close();
    },
  };
}
