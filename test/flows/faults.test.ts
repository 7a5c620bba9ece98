import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Fault } from "../../dev/stand-ins/traffic.ts";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../support/people.ts";

/** The longest that anyone waits, whatever a store does. */
const ANSWER_MAX_MILLISECONDS = 5_000;

/** Those in which the engine has done its part. */
const DONE: readonly Fault[] = [{ kind: "late", ms: 2_000 }, { kind: "truncated" }, { kind: "lostAnswer" }];

/** Those in which it is not even asked, so that it does not matter which one it is. */
const NOT_DONE: readonly Fault[] = [
  { kind: "refuse" },
  { kind: "hang" },
  { kind: "status", status: 500 },
  { kind: "status", status: 429 },
  { kind: "html" },
];

interface Step {
  readonly step: string;
  readonly store: "database" | "redis";
  readonly member: boolean;
  readonly take: (browser: Browser) => Promise<Page>;
}

const post =
  (path: string, fields: Readonly<Record<string, string>> = {}) =>
  (browser: Browser) =>
    browser.post(path, new URLSearchParams(fields));
const BOB = { ...ADA.signup, email: "bob@example.com" };

const STEPS: readonly Step[] = [
  { step: "GET /app", store: "redis", member: true, take: (browser) => browser.open("/app") },
  { step: "GET /auth/session", store: "redis", member: true, take: (browser) => browser.open("/auth/session") },
  { step: "GET /", store: "redis", member: true, take: (browser) => browser.open("/") },
  { step: "POST /auth/signout", store: "redis", member: true, take: post("/auth/signout") },
  { step: "POST /auth/signin", store: "redis", member: false, take: post("/auth/signin", ADA.signin) },
  { step: "POST /auth/signin", store: "database", member: false, take: post("/auth/signin", ADA.signin) },
  { step: "POST /auth/signup", store: "redis", member: false, take: post("/auth/signup", BOB) },
  { step: "POST /auth/signup", store: "database", member: false, take: post("/auth/signup", BOB) },
];

describe.skipIf(enginesAreMissing())("a store that fails", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const faults = inject("engines") === "real" ? DONE : [...DONE, ...NOT_DONE];
  const cells = STEPS.flatMap((step) => faults.map((fault) => ({ ...step, fault, name: faultName(fault) })));

  test.each(cells)("$step, $store: $name → 503 in time, cookie untouched; healed, all is well", async (cell) => {
    const { member, take, store, fault } = cell;
    const browser = await signUp(gatehouse);
    const cookie = browser.cookies.get("gatehouse") ?? "";
    if (!member) browser.cookies.clear();

    gatehouse.standIns.traffic.inject({ fault, service: store });
    const startedAt = performance.now();
    const page = await take(browser);
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_MAX_MILLISECONDS);
    expect(page.status).toBe(503);
    expect(page.headers.get("Retry-After")).toBe("5");
    expect(page.setCookies).toEqual([]);
    expect(page.text).toContain(page.headers.get("X-Request-Id"));
    for (const secret of [ADA.email, BOB.email, ADA.password, "select", "insert", cookie.split(".")[1] ?? ""]) {
      expect(page.body.toLowerCase()).not.toContain(secret);
      expect(gatehouse.logs().toLowerCase()).not.toContain(secret);
    }

    gatehouse.standIns.traffic.restore();
    const again = await take(browser);
    expect([200, 303]).toContain(again.status);
    expect((await (await signIn(gatehouse)).open("/app")).status).toBe(200);
  });

  test("pages that need no store are served", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
    for (const path of ["/", "/auth/signin", "/auth/signup", "/assets/enhance.js"]) {
      expect((await gatehouse.browser().open(path)).status).toBe(200);
    }
  });

  test("a session that could not be renewed is still there", async () => {
    const browser = await signUp(gatehouse);
    const [name = ""] = await gatehouse.redis.keys("session:*");
    const stored = await gatehouse.redis.get<{ active_expires: number }>(name);
    await gatehouse.redis.set(name, JSON.stringify({ ...stored, active_expires: Date.now() - 1 }), { keepTtl: true });
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "SET" });
    expect((await browser.open("/app")).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    const page = await browser.open("/app");
    expect([page.status, page.setCookies.length]).toEqual([200, 1]);
  });

  test("a database without its tables is a 503, told apart in the log by MySQL's number alone", async () => {
    await gatehouse.database.execute("alter table users rename to users_away");
    try {
      const page = await gatehouse.browser().post("/auth/signin", new URLSearchParams(ADA.signin));
      expect(page.status).toBe(503);
      expect(gatehouse.logs()).toContain('"sqlError":1146');
      expect(gatehouse.logs()).not.toContain("users");
    } finally {
      await gatehouse.database.execute("alter table users_away rename to users");
    }
  });
});

function faultName(fault: Fault): string {
  return fault.kind === "status" ? `status ${fault.status}` : fault.kind;
}
