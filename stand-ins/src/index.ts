import { createBreachedPasswords } from "./breached-passwords.ts";
import { serve } from "./http.ts";
import type { Role } from "./planetscale/roles.ts";
import { createPlanetScale, type PlanetScaleOptions, usernameFor } from "./planetscale/service.ts";
import type { Replication } from "./redis/engine.ts";
import { createUpstash, type UpstashOptions } from "./redis/upstash.ts";
import type { Service } from "./service.ts";
import { Traffic } from "./traffic.ts";

export { toRedisScript } from "./redis/scripts.ts";
export type { RedisWork, ServiceAnswer, ServiceRequest } from "./service.ts";
export { readSnapshot, type Snapshot } from "./sql/tables.ts";
export { type Call, countInSeries, type Fault, type FaultRule } from "./traffic.ts";
export type { PlanetScaleOptions, Replication, Role, Service, UpstashOptions };
export { createBreachedPasswords, createPlanetScale, createUpstash, serve, Traffic };

/** Engines that are not given are embedded. */
export interface StandInsOptions
  extends Pick<PlanetScaleOptions, "sql" | "schema" | "dataDirectory">,
    Pick<UpstashOptions, "redis"> {
  /** 0 or absent: a free one. */
  readonly port?: number | undefined;
}

export interface StandIns {
  readonly port: number;
  /** With the role Admin, which may change tables. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisToken: string;
  /** Replicas that lag behind and a leader that fails, on the embedded engine. */
  readonly redis: Replication;
  readonly breachedPasswordsUrl: string;
  readonly traffic: Traffic;
  /** Removes all rows, keys, faults, delays, lags and noted calls. Tables stay. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

// Not secrets: the server listens on the loopback interface only, and a test needs to know them.
const DATABASE_USERNAME = "gatehouse-dev";
const DATABASE_PASSWORD = "development-password";
const REDIS_TOKEN = "development-token";
export const REDIS_READ_ONLY_TOKEN = "development-read-only-token";

/** Starts the stand-ins for PlanetScale, Upstash and Pwned Passwords on one loopback port. Rejects if an engine cannot be reached. */
export async function startStandIns(options: StandInsOptions = {}): Promise<StandIns> {
  const traffic = new Traffic();
  const services: Service[] = [createBreachedPasswords()];
  const closeServices = () => Promise.all(services.map((service) => service.close()));
  try {
    services.push(await createPlanetScale({ ...options, username: DATABASE_USERNAME, password: DATABASE_PASSWORD }));
    const upstash = await createUpstash({ ...options, token: REDIS_TOKEN, readOnlyToken: REDIS_READ_ONLY_TOKEN });
    services.push(upstash);
    const server = await serve(services, traffic, options.port);
    const host = `127.0.0.1:${server.port}`;
    return {
      port: server.port,
      databaseUrl: `http://${DATABASE_USERNAME}:${DATABASE_PASSWORD}@${host}/gatehouse`,
      redisUrl: `http://${host}`,
      redisToken: REDIS_TOKEN,
      redis: upstash.replication,
      breachedPasswordsUrl: `http://${host}`,
      traffic,
      reset: async () => {
        traffic.restore();
        await Promise.all(services.map((service) => service.reset()));
        traffic.clear();
      },
      close: async () => {
        await server.close();
        await closeServices();
      },
    };
  } catch (error) {
    await closeServices();
    throw error;
  }
}

/** The URL of the same database for a login with `role`. */
export function databaseUrlFor({ databaseUrl }: Pick<StandIns, "databaseUrl">, role: Role): string {
  const url = new URL(databaseUrl);
  url.username = usernameFor(url.username, role);
  return url.href;
}
