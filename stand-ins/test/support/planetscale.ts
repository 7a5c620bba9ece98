import { Client, type Connection, DatabaseError } from "@planetscale/database";
import { generateMySQLDrizzleJson, generateMySQLMigration } from "drizzle-kit/api";
import type { MySqlTable } from "drizzle-orm/mysql-core";
import { createConnection } from "mysql2/promise";
import { expect, inject, test } from "vitest";
import { serve } from "../../src/http.ts";
import { createPlanetScale, type PlanetScaleOptions } from "../../src/planetscale/service.ts";
import { Traffic } from "../../src/traffic.ts";

const USERNAME = "a-user";
const PASSWORD = "a-password-for-tests";

export interface PlanetScaleStandIn {
  readonly url: string;
  /** The unmodified client. Each `execute` uses a new session. */
  readonly client: Client;
  readonly traffic: Traffic;
  /** Opens a session for several statements. The caller must end each transaction that it begins. */
  connect(): Connection;
  connectAs(username: string, password: string): Client;
  /** Sends a request that the client never sends. */
  post(path: string, body: unknown, method?: string): Promise<{ status: number; body: unknown }>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

export type EngineOptions = Pick<PlanetScaleOptions, "dataDirectory" | "transactionTimeoutMs" | "lockWaitTimeoutMs">;

type DrizzleTables = Readonly<Record<string, MySqlTable>>;

/** An engine on which a suite runs. `start` resolves with a database that has these tables, all empty. */
export interface EngineUnderTest {
  readonly engine: string;
  readonly start: (tables: DrizzleTables, options?: EngineOptions) => Promise<PlanetScaleStandIn>;
}

/** Returns the embedded engine, and a real one if the environment names a server or the run has started one. */
export function findEngines(suite: string): EngineUnderTest[] {
  const { GATEHOUSE_SQL = inject("realEngines")?.sql } = process.env;
  const embedded = { engine: "the embedded engine", start: startEmbedded };
  if (GATEHOUSE_SQL === undefined) {
    test.skip(`${suite} on a real server (no GATEHOUSE_SQL, none installed)`);
    return [embedded];
  }
  return [
    embedded,
    { engine: "a real server", start: (tables, options) => startOnServer(GATEHOUSE_SQL, tables, options) },
  ];
}

/** Starts a stand-in with the embedded engine and these tables. */
export const startEmbedded = async (tables: DrizzleTables, options: EngineOptions = {}) =>
  startStandIn({ ...options, schema: await generateMySQLDrizzleJson(tables) });

/** Starts a stand-in with a new database on the server, so that test files can run concurrently. */
async function startOnServer(
  server: string,
  tables: DrizzleTables,
  options: EngineOptions = {},
): Promise<PlanetScaleStandIn> {
  const database = `gatehouse_${crypto.randomUUID().replaceAll("-", "")}`;
  const administrate = async (sql: string) => {
    const connection = await createConnection(server);
    await connection.query(sql);
    await connection.end();
  };
  await administrate(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  const standIn = await startStandIn({ ...options, sql: new URL(`/${database}`, server).href });
  const [none, target] = [await generateMySQLDrizzleJson({}), await generateMySQLDrizzleJson(tables)];
  for (const sql of await generateMySQLMigration(none, target)) await standIn.client.execute(sql);
  return {
    ...standIn,
    close: async () => {
      await standIn.close();
      await administrate(`DROP DATABASE ${database}`);
    },
  };
}

async function startStandIn(
  options: EngineOptions & Pick<PlanetScaleOptions, "schema" | "sql">,
): Promise<PlanetScaleStandIn> {
  const service = await createPlanetScale({ username: USERNAME, password: PASSWORD, ...options });
  const traffic = new Traffic();
  const server = await serve([service], traffic);
  const host = `127.0.0.1:${server.port}`;
  const connectAs = (username: string, password: string) =>
    new Client({ url: `http://${username}:${password}@${host}/gatehouse` });
  const client = connectAs(USERNAME, PASSWORD);
  return {
    url: `http://${USERNAME}:${PASSWORD}@${host}/gatehouse`,
    client,
    traffic,
    connect: () => client.connection(),
    connectAs,
    post: async (path, body, method = "POST") => {
      const authorization = `Basic ${btoa(`${USERNAME}:${PASSWORD}`)}`;
      const text = method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {};
      const response = await fetch(`http://${host}${path}`, { method, headers: { authorization }, ...text });
      return { status: response.status, body: await response.json().catch(() => null) };
    },
    reset: () => service.reset(),
    close: async () => {
      await server.close();
      await service.close();
    },
  };
}

/** Expects a statement to fail, and returns the message of its error. */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  const { body, status } = error as DatabaseError;
  expect([body.code, status]).toEqual(["UNKNOWN", 400]);
  return body.message;
}
