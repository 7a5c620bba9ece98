import { createBreachedPasswords } from "./breached-passwords.ts";
import { createPlanetScale, usernameFor } from "./planetscale.ts";
import type { Replication } from "./redis-engine.ts";
import { serve } from "./serve.ts";
import type { Service } from "./service.ts";
import { Traffic } from "./traffic.ts";
import { createUpstash } from "./upstash.ts";
import type { Role } from "./vitess/roles.ts";

export interface StandInsOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** `mysql://…` of a real server. Absent: the embedded engine. */
  readonly sql?: string;
  /** `redis://…` of a real server. Absent: the embedded engine. */
  readonly redis?: string;
  /** Where the embedded engines keep their data. Absent: nothing survives `close()`. */
  readonly dataDirectory?: string;
}

export interface StandIns {
  readonly port: number;
  /** With the role Admin, which may make tables. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisToken: string;
  /** Replicas that lag behind and a leader that fails, on the embedded engine. */
  readonly redis: Replication;
  readonly breachedPasswordsUrl: string;
  readonly traffic: Traffic;
  /** As new: no rows, no keys, no faults, no delay, no lag, no calls noted. Tables stay. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

// Not secrets: they guard nothing. The server listens on the loopback interface only, and a test needs to know them.
const DATABASE_USERNAME = "gatehouse-dev";
const DATABASE_PASSWORD = "development-password";
const REDIS_TOKEN = "development-token";
export const REDIS_READ_ONLY_TOKEN = "development-read-only-token";

/** Starts the stand-ins for PlanetScale, Upstash and Pwned Passwords on one loopback port. Rejects when an engine cannot be reached. */
export async function startStandIns(options: StandInsOptions = {}): Promise<StandIns> {
  const traffic = new Traffic();
  const { services, redis } = await createServices(options);
  const server = await serve(services, traffic, options.port).catch(async (error) => {
    await closeAll(services);
    throw error;
  });
  const host = `127.0.0.1:${server.port}`;
  return {
    port: server.port,
    databaseUrl: `http://${DATABASE_USERNAME}:${DATABASE_PASSWORD}@${host}/gatehouse`,
    redisUrl: `http://${host}`,
    redisToken: REDIS_TOKEN,
    redis,
    breachedPasswordsUrl: `http://${host}`,
    traffic,
    reset: async () => {
      traffic.restore();
      await Promise.all(services.map((service) => service.reset()));
      traffic.clear();
    },
    close: async () => {
      await server.close();
      await closeAll(services);
    },
  };
}

/** The same database for a password with `role`. */
export function databaseUrlFor({ databaseUrl }: Pick<StandIns, "databaseUrl">, role: Role): string {
  const url = new URL(databaseUrl);
  url.username = usernameFor(url.username, role);
  return url.href;
}

async function createServices({
  sql,
  redis,
  dataDirectory,
}: StandInsOptions): Promise<{ services: readonly Service[]; redis: Replication }> {
  const directory = dataDirectory === undefined ? {} : { dataDirectory };
  const database = await createPlanetScale({
    username: DATABASE_USERNAME,
    password: DATABASE_PASSWORD,
    ...directory,
    ...(sql === undefined ? {} : { sql }),
  });
  try {
    const upstash = await createUpstash({
      token: REDIS_TOKEN,
      readOnlyToken: REDIS_READ_ONLY_TOKEN,
      ...directory,
      ...(redis === undefined ? {} : { redis }),
    });
    return { services: [database, upstash, createBreachedPasswords()], redis: upstash.replication };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function closeAll(services: readonly Service[]): Promise<void> {
  await Promise.all(services.map((service) => service.close()));
}
