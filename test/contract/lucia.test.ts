import type { StandIns } from "@gatehouse/stand-ins";
import { planetscale } from "@lucia-auth/adapter-mysql";
import { upstash } from "@lucia-auth/adapter-session-redis";
import { Database, testAdapter, testSessionAdapter } from "@lucia-auth/adapter-test";
import { Client, cast } from "@planetscale/database";
import { Redis } from "@upstash/redis";
import { generateMySQLDrizzleJson, generateMySQLMigration } from "drizzle-kit/api";
import { bigint, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { type Adapter, LuciaError, type SessionSchema } from "lucia";
import { generateRandomString } from "lucia/utils";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { createUserCache } from "../../src/auth/accounts/user-cache.ts";
import { createAdapter } from "../../src/auth/lucia/adapter.ts";
import { prove } from "../../src/auth/sessions/evidence.ts";
import { generateSessionId } from "../../src/auth/sessions/session-id.ts";
import { createSessionStore } from "../../src/auth/sessions/store.ts";
import { hashSecret } from "../../src/auth/tokens/secrets.ts";
import { formatValue } from "../../src/store/person.ts";
import { createRedis } from "../../src/store/redis.ts";
import * as schema from "../../src/store/schema.ts";
import { enginesAreMissing, startStores } from "../support/gatehouse.ts";

const username = varchar("username", { length: 31 }).notNull().default("");
const testId = (length: number) => varchar("id", { length }).primaryKey();

/** The tables of the suite. */
const TEST_TABLES = {
  user: mysqlTable("test_user", { id: testId(31), username }),
  session: mysqlTable("test_session", {
    id: testId(63),
    user_id: varchar("user_id", { length: 31 }).notNull(),
    active_expires: bigint("active_expires", { mode: "number" }).notNull(),
    idle_expires: bigint("idle_expires", { mode: "number" }).notNull(),
    country: varchar("country", { length: 31 }),
  }),
  key: mysqlTable("test_key", {
    id: testId(63),
    user_id: varchar("user_id", { length: 31 }).notNull(),
    hashed_password: varchar("hashed_password", { length: 255 }),
  }),
};

/** Gatehouse's tables and those of the suite, which also needs a column in `users`. */
async function describeTables() {
  const snapshot = await generateMySQLDrizzleJson({ ...schema, ...TEST_TABLES });
  const { users, test_user } = snapshot.tables;
  if (users && test_user) Object.assign(users.columns, { username: test_user.columns["username"] });
  return snapshot;
}

type Row = Record<string, unknown> & { id: string };

/** Runs Lucia's conformance suite for adapters against the stand-ins. It throws at the first failure. */
describe.skipIf(enginesAreMissing())("Lucia's adapter tests", () => {
  let standIns: StandIns;
  let database: Client;
  let redis: Redis;
  beforeAll(async () => {
    standIns = await startStores(await describeTables());
    database = new Client({
      url: standIns.databaseUrl,
      cast: (field, value) => (field.type === "INT64" && value !== null ? Number(value) : cast(field, value)),
    });
    redis = new Redis({ url: standIns.redisUrl, token: standIns.redisToken, enableTelemetry: false });
    if (inject("engines") === "embedded") return;
    const changes = await generateMySQLMigration(await generateMySQLDrizzleJson(schema), await describeTables());
    for (const sql of changes) await database.execute(sql);
  });
  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    return standIns.reset();
  });
  afterAll(() => standIns.close());

  /** The suite prints one line for each passed check. */
  const findings = () => vi.mocked(console.log).mock.calls.filter(([line]) => String(line).includes("✓")).length;

  const table = (name: string) => ({
    get: async () => (await database.execute(`select * from \`${name}\``)).rows as never[],
    insert: async (row: object) => {
      const columns = Object.keys(row).map((column) => `\`${column}\``);
      const marks = columns.map(() => "?");
      await database.execute(`insert into \`${name}\` (${columns}) values (${marks})`, Object.values(row));
    },
    clear: async () => void (await database.execute(`delete from \`${name}\``)),
  });

  test("hold for @lucia-auth/adapter-mysql", async () => {
    const adapter = planetscale(database, { user: "test_user", key: "test_key", session: "test_session" })(LuciaError);
    const tables = { user: table("test_user"), key: table("test_key"), session: table("test_session") };
    await testAdapter(adapter, new Database(tables));
    expect(findings()).toBe(29);
  });

  test("hold for @lucia-auth/adapter-session-redis", async () => {
    const sessions = {
      get: async () => {
        const names = await redis.keys("session:*");
        return (await Promise.all(names.map((name) => redis.get(name)))) as never[];
      },
      insert: async (session: SessionSchema) => {
        await redis.set(`session:${session.id}`, JSON.stringify(session));
        await redis.sadd(`user_sessions:${session.user_id}`, session.id);
      },
      clear: async () => void (await redis.flushdb()),
    };
    await testSessionAdapter(upstash(redis)(LuciaError), new Database({ session: sessions }));
    expect(findings()).toBe(8);
  });

  test("hold for the composed adapter", async () => {
    const rawIds = new Map<string, string>();
    const remember = async (id: string) => rawIds.set(await hashSecret(id), id);
    const withRawId = (session: Row) => ({ ...session, id: rawIds.get(session.id) ?? session.id });
    const sessions = {
      get: async () => {
        const people = await redis.keys("person:*");
        const lists = people.map((key) => fresh().getSessionsByUserId(key.slice("person:".length)));
        return (await Promise.all(lists)).flat().map((session) => withRawId(session as Row)) as never[];
      },
      insert: async (session: SessionSchema) => {
        await remember(session.id);
        const { id, user_id: userId, createdAt: rank, active_expires, idle_expires, ...rest } = session;
        const text = JSON.stringify({ ...rest, renewAt: active_expires, idleEndsAt: idle_expires });
        const value = formatValue({ end: idle_expires, rank, text });
        await redis.hset(`person:${userId}`, { [`s:${await hashSecret(id)}`]: value });
      },
      clear: async () => void (await redis.flushdb()),
    };

    // An adapter serves one operation and remembers its session, so the suite gets a new adapter for every call.
    // Session ids are stored as hashes, which this test maps back.
    const transport = createRedis({ redis: { url: standIns.redisUrl, token: standIns.redisToken } });
    const fresh = () => {
      const rows = createUserCache(database, transport, (work) => void work());
      return createAdapter(database, createSessionStore(transport), rows)(LuciaError);
    };
    const adapter = new Proxy({} as Adapter, {
      get: (_, method: keyof Adapter) => {
        if (method === "getSessionsByUserId") {
          return async (userId: string) => (await fresh().getSessionsByUserId(userId)).map(withRawId);
        }
        if (method === "setSession") {
          return async (session: SessionSchema) => {
            await remember(session.id);
            return fresh().setSession(session);
          };
        }
        return fresh()[method];
      },
    });
    const users = table("users");
    // The version rises with every change, which the suite does not expect.
    const getUsers = async () => (await users.get()).map((row: Row) => ({ ...row, version: 0 })) as never[];
    await testAdapter(
      adapter,
      new GatehouseData({ user: { ...users, get: getUsers }, key: table("keys"), session: sessions }),
    );
    expect(findings()).toBe(29);
  });
});

/**
 * The data of the suite in Gatehouse's shape: complete user rows, ids as in the cookie, sessions with their creation
 * time.
 */
class GatehouseData extends Database {
  override generateUser = (options?: { userId?: string; username?: string }) => {
    const id = options?.userId ?? generateRandomString(15);
    return {
      id,
      email: `${id}@example.com`,
      email_verified_at: null,
      language: null,
      password_changed_at: null,
      two_step_at: null,
      session_epoch: 0,
      version: 0,
      created_at: 1_700_000_000_000,
      updated_at: 1_700_000_000_000,
      // The suite's column is not ours. An inserted row has its default.
      username: options?.username ?? "",
    };
  };

  override generateSession = (userId: string | null, options?: { id?: string; country?: string }) => {
    const user_id = userId ?? generateRandomString(15);
    const now = Date.now();
    return {
      user_id,
      id: options?.id ?? generateSessionId(user_id),
      active_expires: now + 8 * 60 * 60 * 1_000,
      idle_expires: now + 32 * 60 * 60 * 1_000,
      createdAt: now,
      epoch: 0,
      seenAt: now,
      evidence: [prove("password", now)] as const,
      country: options?.country ?? "XX",
      browser: "Firefox",
      platform: "Linux",
    };
  };
}
