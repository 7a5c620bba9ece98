import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Call, countInSeries } from "../../dev/stand-ins/traffic.ts";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

/** Long enough that calls made one after the other cannot look as if they were made at once, nor the reverse. */
const DELAY_MILLISECONDS = 60;

type Visitor = "nobody" | "guest" | "member";

interface Step {
  readonly step: string;
  /** nobody: no account exists. guest: Ada has one, this browser no cookie. member: Ada is signed in here. */
  readonly as: Visitor;
  readonly take: (browser: Browser) => Promise<Page>;
  readonly status: number;
  /** What the stores are asked before the answer, in order. */
  readonly calls: readonly string[];
  /** How many of them wait for one another. */
  readonly inSeries: number;
  /** What is asked once the answer is out. */
  readonly after?: readonly string[];
}

const post =
  (path: string, fields: Readonly<Record<string, string>> = {}) =>
  (browser: Browser) =>
    browser.post(path, new URLSearchParams(fields));
const open = (path: string) => (browser: Browser) => browser.open(path);

const CREATE = ["BEGIN", "INSERT", "INSERT", "COMMIT"];
const START_SESSION = "EVAL";
const WRONG = { email: ADA.email, password: "not the password" };
const TAKEN = { ...ADA.signup, password: "another password", passwordConfirmation: "another password" };

/** What each step costs. A change here is a change of what was promised: exact, and never raised in passing. */
const TABLE: readonly Step[] = [
  { step: "GET /", as: "guest", take: open("/"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /", as: "member", take: open("/"), status: 200, calls: ["MGET"], inSeries: 1 },
  { step: "GET /auth/signin", as: "guest", take: open("/auth/signin"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /auth/signin", as: "member", take: open("/auth/signin"), status: 303, calls: ["MGET"], inSeries: 1 },
  { step: "GET /auth/signup", as: "guest", take: open("/auth/signup"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /auth/session", as: "guest", take: open("/auth/session"), status: 200, calls: [], inSeries: 0 },
  { step: "GET /auth/session", as: "member", take: open("/auth/session"), status: 200, calls: ["MGET"], inSeries: 1 },
  { step: "GET /app", as: "guest", take: open("/app"), status: 303, calls: [], inSeries: 0 },
  { step: "GET /app", as: "member", take: open("/app"), status: 200, calls: ["MGET"], inSeries: 1 },
  { step: "GET /nowhere", as: "member", take: open("/nowhere"), status: 404, calls: [], inSeries: 0 },
  {
    step: "GET /assets/enhance.js",
    as: "member",
    take: open("/assets/enhance.js"),
    status: 200,
    calls: [],
    inSeries: 0,
  },
  { step: "GET /healthz", as: "guest", take: open("/healthz"), status: 200, calls: ["PING", "SELECT"], inSeries: 1 },
  {
    step: "POST /auth/signout",
    as: "member",
    take: post("/auth/signout"),
    status: 303,
    calls: ["DEL+ZREM"],
    inSeries: 1,
  },
  { step: "POST /auth/signout", as: "guest", take: post("/auth/signout"), status: 303, calls: [], inSeries: 0 },
  {
    step: "POST /auth/signin",
    as: "guest",
    take: post("/auth/signin", ADA.signin),
    status: 303,
    calls: ["SELECT", START_SESSION],
    inSeries: 2,
  },
  {
    step: "POST /auth/signin, wrong",
    as: "guest",
    take: post("/auth/signin", WRONG),
    status: 401,
    calls: ["SELECT"],
    inSeries: 1,
  },
  {
    step: "POST /auth/signin, unknown",
    as: "nobody",
    take: post("/auth/signin", WRONG),
    status: 401,
    calls: ["SELECT"],
    inSeries: 1,
  },
  {
    step: "POST /auth/signup",
    as: "nobody",
    take: post("/auth/signup", ADA.signup),
    status: 303,
    calls: [...CREATE, START_SESSION],
    inSeries: 5,
    after: ["EVAL", "INSERT"],
  },
  {
    step: "POST /auth/signup, sent again",
    as: "guest",
    take: post("/auth/signup", ADA.signup),
    status: 303,
    calls: ["BEGIN", "INSERT", "ROLLBACK", "SELECT", START_SESSION],
    inSeries: 5,
  },
  {
    step: "POST /auth/signup, taken",
    as: "guest",
    take: post("/auth/signup", TAKEN),
    status: 422,
    calls: ["BEGIN", "INSERT", "ROLLBACK", "SELECT"],
    inSeries: 4,
  },
];

describe.skipIf(enginesAreMissing())("upstream calls", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test.each(TABLE)("$step as $as: $inSeries in series", async ({ as, take, status, calls, inSeries, after = [] }) => {
    const browser = as === "nobody" ? gatehouse.browser() : await signUp(gatehouse);
    if (as === "guest") browser.cookies.clear();
    gatehouse.standIns.traffic.clear();
    gatehouse.standIns.traffic.setDelay(DELAY_MILLISECONDS);
    const { traffic } = gatehouse.standIns;
    const page = await take(browser);
    const answeredAt = performance.now();
    expect(page.status).toBe(status);
    await expect.poll(() => traffic.calls.length).toBe(calls.length + after.length);
    await expect.poll(() => traffic.calls.every(({ endedAt }) => endedAt !== Number.POSITIVE_INFINITY)).toBe(true);
    const names = (made: readonly Call[]) => made.map(({ operation }) => operation).toSorted();
    // What an answer waited for has ended when it arrives; what follows it takes at least the delay.
    const before = traffic.calls.filter(({ endedAt }) => endedAt <= answeredAt);
    expect(names(before)).toEqual(calls.toSorted());
    expect(countInSeries(before)).toBe(inSeries);
    expect(names(traffic.calls.filter((call) => !before.includes(call)))).toEqual(after.toSorted());
  });

  test("the page after sign-up or sign-in costs one call at once", async () => {
    const browser = await signUp(gatehouse);
    gatehouse.standIns.traffic.clear();
    await browser.open("/app");
    await gatehouse.redis.flushdb();
    browser.cookies.clear();
    await browser.post("/auth/signin", new URLSearchParams(ADA.signin));
    gatehouse.standIns.traffic.clear();
    await browser.open("/app");
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).toEqual(["MGET"]);
  });
});
