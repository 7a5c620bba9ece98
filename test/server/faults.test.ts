import type { Fault } from "@gatehouse/stand-ins";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { changeSession } from "../support/stored.ts";

/** The maximum response time, whatever a store does. */
const RESPONSE_MAX_MILLISECONDS = 5_000;

/** The faults after which the engine has executed the command. */
const EXECUTED: readonly Fault[] = [{ kind: "late", ms: 2_000 }, { kind: "truncated" }, { kind: "lostAnswer" }];

/** The faults in which the engine never gets the command. Testing them with one engine is enough. */
const NOT_EXECUTED: readonly Fault[] = [
  { kind: "refuse" },
  { kind: "hang" },
  { kind: "status", status: 500 },
  { kind: "status", status: 429 },
  { kind: "html" },
];

/** A request that needs a store. Each has its own account, so that all run concurrently: most of this is waiting. */
interface Step {
  readonly step: string;
  readonly person: Readonly<Record<keyof typeof ADA.signup, string>>;
  readonly state: "new" | "signed-out" | "signed-in";
  readonly send: (browser: Browser) => Promise<Page>;
}

const ACCOUNT = "/app/account";
const person = (name: string) => ({ ...ADA.signup, email: `${name}@example.com` });
const post = (path: string, fields: Readonly<Record<string, string>>) => (browser: Browser) =>
  browser.post(path, new URLSearchParams(fields));
const signin: Step = {
  step: "POST /auth/signin",
  person: person("irene"),
  state: "signed-out",
  send: post("/auth/signin", { email: "irene@example.com", password: ADA.password }),
};
const signup: Step = {
  step: "POST /auth/signup",
  person: person("ursula"),
  state: "new",
  send: post("/auth/signup", person("ursula")),
};

/** The steps that need each store. */
const STEPS: Readonly<Record<"database" | "redis", readonly Step[]>> = {
  database: [
    signin,
    signup,
    {
      step: "GET activity",
      person: person("activa"),
      state: "signed-in",
      send: (browser) => browser.open(`${ACCOUNT}/activity`),
    },
    {
      step: "GET export",
      person: person("xenia"),
      state: "signed-in",
      send: (browser) => browser.open(`${ACCOUNT}/export`),
    },
    {
      step: "POST revoke-others",
      person: person("rosa"),
      state: "signed-in",
      send: post(`${ACCOUNT}/sessions/revoke-others`, {}),
    },
    {
      step: "POST email",
      person: person("emma"),
      state: "signed-in",
      send: post(`${ACCOUNT}/email`, { email: "emma.new@example.com" }),
    },
  ],
  redis: [
    { step: "GET /", person: person("hilda"), state: "signed-in", send: (browser) => browser.open("/") },
    { step: "GET /app", person: person("agnes"), state: "signed-in", send: (browser) => browser.open("/app") },
    {
      step: "GET /auth/session",
      person: person("selma"),
      state: "signed-in",
      send: (browser) => browser.open("/auth/session"),
    },
    {
      step: "GET sessions",
      person: person("dora"),
      state: "signed-in",
      send: (browser) => browser.open(`${ACCOUNT}/sessions`),
    },
    {
      step: "POST email",
      person: person("emma"),
      state: "signed-in",
      send: post(`${ACCOUNT}/email`, { email: "emma.new@example.com" }),
    },
    { step: "POST /auth/signout", person: person("olga"), state: "signed-in", send: post("/auth/signout", {}) },
    signin,
    signup,
  ],
};

describe.skipIf(enginesAreMissing())("when a store fails,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const faults = inject("engines") === "real" ? EXECUTED : [...EXECUTED, ...NOT_EXECUTED];
  const cases = (["database", "redis"] as const).flatMap((store) =>
    faults.map((fault) => ({ store, fault, name: fault.kind === "status" ? `status ${fault.status}` : fault.kind })),
  );

  const prepare = async ({ person, state }: Step): Promise<Browser> => {
    if (state === "new") return gatehouse.browser();
    const browser = await signUp(gatehouse, person);
    if (state === "signed-out") browser.cookies.clear();
    return browser;
  };

  test.each(cases)(
    "with $name in $store, every step gets a 503 in time, keeps its cookie and succeeds after recovery",
    async (testCase) => {
      const { store, fault } = testCase;
      const steps = STEPS[store];
      const browsers = new Map<Step, Browser>();
      await Promise.all(steps.map(async (step) => browsers.set(step, await prepare(step))));
      const secrets = ["select", "insert", ADA.password, ...steps.map((step) => step.person.email)];
      for (const browser of browsers.values())
        secrets.push(...[...browser.cookies.values()].flatMap((value) => value.split(".").slice(-1)));

      gatehouse.standIns.traffic.inject({ fault, service: store });
      await Promise.all(
        [...browsers].map(async ([{ step, send, person }, browser]) => {
          const startedAt = performance.now();
          const page = await send(browser);
          expect([step, page.status, page.headers.get("Retry-After"), page.setCookies]).toEqual([step, 503, "5", []]);
          expect(performance.now() - startedAt).toBeLessThan(RESPONSE_MAX_MILLISECONDS);
          expect(page.text).toContain(page.headers.get("X-Request-Id"));
          // The form is given back with what was typed, but not to anyone else.
          const others = secrets.filter((secret) => secret !== person.email);
          for (const secret of others) expect(page.body.toLowerCase()).not.toContain(secret);
        }),
      );
      for (const secret of secrets) expect(gatehouse.logs().toLowerCase()).not.toContain(secret);

      gatehouse.standIns.traffic.restore();
      for (const [{ step, send, person }, browser] of browsers) {
        const again = await send(browser);
        expect([step, [200, 303].includes(again.status)]).toEqual([step, true]);
        expect(
          (await (await signIn(gatehouse, { email: person.email, password: ADA.password })).open("/app")).status,
        ).toBe(200);
      }
      const { rows } = await gatehouse.database.execute(
        "select count(*) as total, count(distinct email) as addresses, (select count(*) from `keys`) as key_total from users",
      );
      const accounts = String(steps.length);
      expect(rows).toEqual([{ total: accounts, addresses: accounts, key_total: accounts }]);
    },
  );

  test("pages that need no store are served", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
    for (const path of ["/", "/auth/signin", "/auth/signup", "/assets/enhance.js"]) {
      expect((await gatehouse.browser().open(path)).status).toBe(200);
    }
  });

  test("a session that could not be renewed stays valid", async () => {
    const browser = await signUp(gatehouse);
    await changeSession(gatehouse, browser, { renewAt: Date.now() - 1 });
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL replace session" });
    expect((await browser.open("/app")).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    const page = await browser.open("/app");
    expect([page.status, page.setCookies.length]).toEqual([200, 1]);
  });

  test("a lost ROLLBACK is repeated, and delays neither its own request nor later ones", async () => {
    await signUp(gatehouse);
    const taken = { ...ADA.signup, password: "another engine", passwordConfirmation: "another engine" };
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "ROLLBACK", times: 1 });
    expect((await gatehouse.browser().post("/auth/signup", new URLSearchParams(taken))).status).toBe(422);
    await signUp(gatehouse, person("next"));
  });

  // The embedded engine refuses to change its tables.
  test.runIf(inject("engines") === "real")(
    "a database without its tables causes a 503, and the log identifies it only by MySQL's error number",
    async () => {
      await gatehouse.database.execute("alter table users rename to users_away");
      try {
        const page = await gatehouse.browser().post("/auth/signin", new URLSearchParams(ADA.signin));
        expect(page.status).toBe(503);
        await expect.poll(() => gatehouse.logs()).toContain('"sqlError":1146');
        expect(gatehouse.logs()).not.toContain("users");
      } finally {
        await gatehouse.database.execute("alter table users_away rename to users");
      }
    },
  );
});
