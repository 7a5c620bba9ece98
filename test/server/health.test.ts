import { setTimeout as sleep } from "node:timers/promises";
import { databaseUrlFor, REDIS_READ_ONLY_TOKEN, type StandIns } from "@gatehouse/stand-ins";
import { Client } from "@planetscale/database";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse, startGatehouses } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";

const SELF_CHECK = "*/5 * * * *";

/** Slightly longer than a result is cached. */
const CACHE_EXPIRED_MILLISECONDS = 2_200;

const fetchHealth = async (browser: Browser) => {
  const page = await browser.open("/healthz");
  return { status: page.status, retryAfter: page.headers.get("Retry-After"), body: JSON.parse(page.body) };
};
const runSql = (sql: string) => async (standIns: StandIns) => {
  await new Client({ url: standIns.databaseUrl }).execute(sql);
  return {};
};
const withPassword = (url: string, password: string) => Object.assign(new URL(url), { password }).href;

interface State {
  readonly state: string;
  readonly arrange: (standIns: StandIns) => Promise<Readonly<Record<string, string>>>;
  /** Whether `arrange` changes the schema, which the embedded engine refuses. */
  readonly changesSchema?: boolean;
  readonly database?: string;
  readonly redis?: string;
  /** Whether a sign-up succeeds. By default, it does if both stores are reported as "ok". */
  readonly signup?: boolean;
}

/** Mistakes of an operator and states of a store, with the health that is reported for each. By default, it is "ok". */
const ALL_STATES: readonly State[] = [
  { state: "everything works", arrange: async () => ({}) },
  {
    state: "there are no tables",
    changesSchema: true,
    arrange: async (standIns) => {
      for (const table of [
        "users",
        "`keys`",
        "one_time_tokens",
        "account_events",
        "reserved_emails",
        "pending_signups",
        "outbox",
      ]) {
        await runSql(`DROP TABLE ${table}`)(standIns);
      }
      return {};
    },
    database: "not migrated",
  },
  {
    state: "the table of the audit log is missing",
    changesSchema: true,
    arrange: runSql("DROP TABLE account_events"),
    database: "not migrated",
    signup: true,
  },
  {
    state: "a column is missing",
    changesSchema: true,
    arrange: runSql("ALTER TABLE one_time_tokens DROP COLUMN attempts"),
    database: "not migrated",
    signup: true,
  },
  {
    state: "a newer schema requires a column that this release does not write",
    changesSchema: true,
    arrange: runSql("ALTER TABLE users ADD COLUMN more varchar(8) NOT NULL"),
    database: "not migrated",
  },
  {
    state: "a newer schema has an additional optional column",
    changesSchema: true,
    arrange: runSql("ALTER TABLE users ADD COLUMN more varchar(8)"),
  },
  {
    state: "the database role can only read",
    arrange: async (standIns) => ({ DATABASE_URL: databaseUrlFor(standIns, "reader") }),
    database: "refused",
  },
  {
    state: "the database role can only write",
    arrange: async (standIns) => ({ DATABASE_URL: databaseUrlFor(standIns, "writer") }),
    database: "refused",
  },
  {
    state: "the database password is wrong",
    arrange: async ({ databaseUrl }) => ({ DATABASE_URL: withPassword(databaseUrl, "wrong") }),
    database: "refused",
  },
  {
    state: "the Redis token can only read",
    arrange: async () => ({ UPSTASH_REDIS_REST_TOKEN: REDIS_READ_ONLY_TOKEN }),
    redis: "refused",
  },
  {
    state: "the Redis token is wrong",
    arrange: async () => ({ UPSTASH_REDIS_REST_TOKEN: "wrong" }),
    redis: "refused",
  },
];

const STATES = ALL_STATES.filter(({ changesSchema }) => !changesSchema || inject("engines") === "real");

describe.skipIf(enginesAreMissing())("health", () => {
  let gatehouses: Gatehouse[];
  beforeAll(async () => {
    gatehouses = await startGatehouses(STATES.map(({ arrange }) => arrange));
  });
  afterAll(async () => {
    for (const gatehouse of gatehouses) await gatehouse.close();
  });

  test.each(STATES.map((state, index) => ({ ...state, index })))(
    "is reported at /healthz and by the self-check if $state",
    async ({ index, database = "ok", redis = "ok", signup }) => {
      const gatehouse = gatehouses[index] as Gatehouse;
      const healthy = database === "ok" && redis === "ok";
      expect(await fetchHealth(gatehouse.browser())).toEqual({
        status: healthy ? 200 : 503,
        retryAfter: healthy ? null : "5",
        body: { status: healthy ? "ok" : "unavailable", database, redis },
      });

      gatehouse.takeLogs();
      expect(await gatehouse.runScheduled(Date.now(), SELF_CHECK)).toBe(healthy ? "ok" : "exception");
      await gatehouse.settle();
      const lines = gatehouse.takeLogs().flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
      const unhealthy = lines.filter(({ event }) => event === "store-unhealthy").map(({ health }) => health);
      expect(unhealthy).toEqual(healthy ? [] : [database === "ok" ? redis : database]);
      expect(lines.find(({ event }) => event === "self-check")).toMatchObject({ database, redis });

      // The report is true: it is never "ok" while a sign-up fails.
      const browser = gatehouse.browser();
      const { status } = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
      expect(status).toBe((signup ?? healthy) ? 303 : 503);
    },
  );
});

describe.skipIf(enginesAreMissing())("the health check", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(async () => {
    // A result that another test has left in the Worker expires.
    await sleep(CACHE_EXPIRED_MILLISECONDS);
    await gatehouse.reset();
  });
  afterAll(() => gatehouse.close());

  const operations = () => gatehouse.standIns.traffic.calls.map(({ operation }) => operation);

  test("writes to both stores, and leaves no row and no key without an expiry", async () => {
    expect((await fetchHealth(gatehouse.browser())).status).toBe(200);
    expect(operations()).toEqual(["EVAL consume", "BEGIN", "SELECT", "INSERT", "ROLLBACK"]);
    expect((await gatehouse.database.execute("select * from users")).rows).toEqual([]);
    const keys = await gatehouse.redis.keys("window:health:*");
    expect(keys).toHaveLength(1);
    for (const key of keys) expect(await gatehouse.redis.ttl(key)).toBeGreaterThan(0);
  });

  test("reports failing stores as unavailable, not as refused, and checks the database even if Redis fails", async () => {
    const { traffic } = gatehouse.standIns;
    traffic.inject({ fault: { kind: "refuse" }, service: "redis" });
    traffic.inject({ fault: { kind: "html" }, service: "database" });
    expect(await fetchHealth(gatehouse.browser())).toEqual({
      status: 503,
      retryAfter: "5",
      body: { status: "unavailable", database: "unavailable", redis: "unavailable" },
    });
    traffic.restore();
    await sleep(CACHE_EXPIRED_MILLISECONDS);
    traffic.inject({ fault: { kind: "late", ms: 2_000 }, service: "redis" });
    expect((await fetchHealth(gatehouse.browser())).body).toMatchObject({ database: "ok", redis: "unavailable" });
  });

  test("calls no store while a result is cached, and calls the database once for many concurrent requests", async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => fetchHealth(gatehouse.browser())));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(operations().filter((operation) => operation !== "EVAL consume")).toEqual([
      "BEGIN",
      "SELECT",
      "INSERT",
      "ROLLBACK",
    ]);
    // At most one call to the limiter for each request, and none after the first result.
    expect(operations().filter((operation) => operation === "EVAL consume").length).toBeLessThanOrEqual(20);
    const before = operations().length;
    await Promise.all(Array.from({ length: 20 }, () => fetchHealth(gatehouse.browser())));
    expect(operations()).toHaveLength(before);
  });

  test("is limited by ip, separately from forms: above the limit it gets a 429 without a call to the database", async () => {
    const fetchFrom = async (ip: string) => {
      const page = await gatehouse.browser().request("/healthz", { headers: { "CF-Connecting-IP": ip } });
      return { status: page.status, retryAfter: Number(page.headers.get("Retry-After")), body: JSON.parse(page.body) };
    };
    expect((await fetchFrom("203.0.113.7")).status).toBe(200);
    const [counter = ""] = await gatehouse.redis.keys("window:health:*");
    await gatehouse.redis.lpush(counter, ...Array.from({ length: 299 }, () => Date.now()));
    await sleep(CACHE_EXPIRED_MILLISECONDS);
    gatehouse.standIns.traffic.clear();
    const refused = await fetchFrom("203.0.113.7");
    expect(refused).toMatchObject({ status: 429, body: { status: "limited", database: "unknown", redis: "ok" } });
    expect(refused.retryAfter).toBeGreaterThan(800);
    expect(operations()).toEqual(["EVAL consume"]);
    // Neither requests from another ip nor forms from this ip are limited.
    expect((await fetchFrom("203.0.113.8")).status).toBe(200);
    const browser = gatehouse.browser();
    const headers = { "CF-Connecting-IP": "203.0.113.7" };
    expect((await browser.post("/auth/signup", new URLSearchParams(ADA.signup), headers)).status).toBe(303);
  });
});
