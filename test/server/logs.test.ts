import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { handleOf, userIdOf } from "../support/stored.ts";

/** A different value for each kind of input, so that a leak shows its source. Each is valid for its kind. */
const CANARY = {
  email: "canary-mail@example.com",
  password: "canary password 9c41",
  query: "canaryquery",
  path: "canarypath",
  token: "canarytoken0123456789canarytoken01234567",
  cookie: "canarycookie123456789canarycookie1234567",
  userAgent: "CanaryAgent/1.0",
  header: "canary-header",
  field: "canaryfield",
  code: "40414243",
} as const;

const FIELDS = {
  email: CANARY.email,
  password: CANARY.password,
  passwordConfirmation: CANARY.password,
  currentPassword: CANARY.password,
  code: CANARY.code,
  session: CANARY.field,
  confirmation: "yes",
  redirectTo: `/app?${CANARY.query}`,
};
const HEADERS = {
  "User-Agent": CANARY.userAgent,
  Referer: `https://gatehouse.test/${CANARY.header}`,
  "Accept-Language": CANARY.header,
  "X-Forwarded-For": CANARY.header,
  "CF-Connecting-IP": "203.0.113.99",
};

describe.skipIf(enginesAreMissing())("the log", () => {
  let gatehouse: Gatehouse;
  let routes: { method: string; path: string }[];
  beforeAll(async () => {
    gatehouse = await startGatehouse();
    const source = await readFile(fileURLToPath(new URL("../../src/routes.ts", import.meta.url)), "utf8");
    routes = [...source.matchAll(/\b(get|post)\("([^"]+)"/g)].map(([, method = "", path = ""]) => ({ method, path }));
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const linesWithTime = (): Record<string, unknown>[] =>
    gatehouse
      .logs()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  const lines = () =>
    linesWithTime().map((line) => Object.fromEntries(Object.entries(line).filter(([name]) => name !== "time")));
  /** The events of the request that a page answers. A line may arrive a moment after the page. */
  const events = async (page: Page) => {
    const isOfPage = ({ requestId }: Record<string, unknown>) => requestId === page.headers.get("X-Request-Id");
    await expect.poll(() => lines().some(isOfPage)).toBe(true);
    await gatehouse.settle();
    return lines()
      .filter(isOfPage)
      .map(({ event }) => event);
  };
  const expectNotLogged = (secrets: Iterable<string>) => {
    const logged = gatehouse.logs().toLowerCase();
    for (const secret of secrets) expect([secret, logged.includes(secret.toLowerCase())]).toEqual([secret, false]);
  };
  /** Sends a request to every route and four invalid ones, each from a new browser with these cookies. */
  const sendEverywhere = async (cookies: ReadonlyMap<string, string>) => {
    const newBrowser = () => Object.assign(gatehouse.browser(), { cookies: new Map(cookies) });
    for (const { method, path } of routes) {
      const url = `${path.replace(":token", CANARY.token)}?${CANARY.query}=${CANARY.query}`;
      if (method === "post") await newBrowser().post(url, new URLSearchParams(FIELDS), HEADERS);
      else await newBrowser().request(url, { headers: HEADERS });
    }
    await newBrowser().post("/auth/signin", new URLSearchParams({ ...FIELDS, password: CANARY.field }), HEADERS);
    await newBrowser().request(`/${CANARY.path}\r\n{"event":"forged"}?${CANARY.query}`, { headers: HEADERS });
    await newBrowser().post("/auth/signin", `email=${CANARY.email}&email=${CANARY.field}`, HEADERS);
    await newBrowser().post("/auth/signin", new URLSearchParams(FIELDS), {
      ...HEADERS,
      Origin: `https://${CANARY.header}`,
    });
    await gatehouse.settle();
  };

  test.each([
    ["nothing fails", null],
    ["the database fails", "database"],
    ["Redis fails", "redis"],
  ] as const)("contains no input if %s", async (_, service) => {
    expect(routes.length).toBeGreaterThan(35);
    const [guest, member] = [gatehouse.browser(), await signUp(gatehouse)];
    for (const browser of [guest, member]) {
      for (const name of ["verify", "reset", "device"]) browser.cookies.set(`gatehouse-${name}`, CANARY.cookie);
    }
    guest.cookies.set("gatehouse", `canarycookie123.${CANARY.cookie}`);
    if (service) gatehouse.standIns.traffic.inject({ fault: { kind: "status", status: 500 }, service });
    await sendEverywhere(guest.cookies);
    await sendEverywhere(member.cookies);
    if (!service) expect(lines().map(({ event }) => event)).toContain("wrong-password");
    expect(lines().length).toBeGreaterThan(5);
    expectNotLogged([...Object.values(CANARY), "203.0.113.99", "forged", "select ", "insert ", "user:", "session:"]);
    expectNotLogged([ADA.email, ADA.password, gatehouse.standIns.redisToken, "development-password"]);
  });

  test("consists of JSON lines, each with its time in UTC and a request id", async () => {
    const startedAt = Date.now();
    await sendEverywhere(new Map());
    for (const { time, event, requestId } of linesWithTime()) {
      expect([typeof event, typeof requestId]).toEqual(["string", "string"]);
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      // The clock of a Worker advances only with I/O.
      expect(Math.abs(Date.parse(`${time}`) - startedAt)).toBeLessThan(60_000);
    }
  });

  test("contains no code, token, cookie or password of successful requests", async () => {
    const owner = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    await owner.post("/auth/verify-email", new URLSearchParams({ code: codeIn(mail) }));
    const requester = gatehouse.browser();
    await requester.post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/");
    await requester.open(link);
    const fresh = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
    // The names of notices are no secrets.
    for (const { cookies } of [requester, owner]) cookies.delete("gatehouse-notice");
    const secrets = [...requester.cookies.values(), ...owner.cookies.values()];
    expect((await requester.post("/auth/reset-password", new URLSearchParams(fresh))).status).toBe(303);
    const again = await signIn(gatehouse, { email: ADA.email, password: fresh.password });
    secrets.push(...again.cookies.values());
    await gatehouse.settle();
    expectNotLogged([ADA.email, ADA.password, fresh.password, codeIn(mail), link.split("/").at(-1) ?? ""]);
    expectNotLogged(secrets.map((value) => value.split(".").at(-1) ?? ""));
  });

  test("records every sign-up, sign-in and sign-out with the request id of the page", async () => {
    const browser = gatehouse.browser();
    const post = (path: string, fields = {}) => browser.post(path, new URLSearchParams(fields));
    expect(await events(await post("/auth/signup", ADA.signup))).toContain("signed-up");
    // The code is issued after the response.
    await gatehouse.settle();
    expect(await events(await post("/auth/verify-email", { code: "00000000" }))).toEqual(["code-refused"]);
    expect(await events(await post("/auth/signout"))).toEqual(["signed-out"]);
    expect(await events(await post("/auth/signin", { ...ADA.signin, password: "wrong" }))).toEqual(["wrong-password"]);
    expect(await events(await post("/auth/signin", { ...ADA.signin, email: "x@example.com" }))).toEqual([
      "wrong-password",
    ]);
    expect(await events(await post("/auth/signin", ADA.signin))).toEqual(["signed-in"]);

    const { id } = (await gatehouse.database.execute<{ id: string }>("select id from users")).rows[0] ?? {};
    expect(lines().map(({ userId }) => userId)).toEqual([id, id, id, id, null, id]);
  });

  test("records every wrong password and code, on any form", async () => {
    const browser = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    const post = (path: string, fields = {}) => browser.post(path, new URLSearchParams(fields));
    const wrong = { currentPassword: "not the password" };
    const fresh = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
    for (const [path, fields] of [
      ["/app/account/password", { ...wrong, ...fresh }],
      ["/app/account/email", { ...wrong, email: "new@example.com" }],
      ["/app/account/delete", { ...wrong, confirmation: "yes" }],
      ["/app/account/sessions/revoke-others", wrong],
    ] as const) {
      expect([path, await events(await post(path, fields))]).toEqual([path, ["wrong-password"]]);
    }
    expect(await events(await post("/auth/verify-email", { code: "00000000" }))).toEqual(["code-refused"]);
    const elsewhere = gatehouse.browser();
    const link = linkIn(mail, "/auth/verify-email/");
    const refused = await elsewhere.post(link, new URLSearchParams({ password: "not the password" }));
    expect([refused.status, await events(refused)]).toEqual([422, ["wrong-password"]]);
    const signup = { ...fresh, email: ADA.email };
    expect(await events(await elsewhere.post("/auth/signup", new URLSearchParams(signup)))).toEqual(["wrong-password"]);

    const right = await post("/auth/verify-email", { code: codeIn(mail) });
    expect(await events(right)).toEqual(["email-verified", "signed-in"]);
    await elsewhere.post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    await elsewhere.open(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
    expect(await events(await elsewhere.post("/auth/reset-password", new URLSearchParams(fresh)))).toEqual([
      "password-reset",
    ]);
  });

  test("records invalid links with their route", async () => {
    const browser = await signUp(gatehouse);
    for (const [path, route] of [
      [`/auth/verify-email/${CANARY.token}`, "/auth/verify-email/:token"],
      [`/auth/confirm-email/${CANARY.token}`, "/auth/confirm-email/:token"],
      [`/auth/undo-email/${CANARY.token}`, "/auth/undo-email/:token"],
      ["/auth/reset-password", "/auth/reset-password"],
    ] as const) {
      const opened = await browser.open(path);
      const pressed = await browser.post(path, new URLSearchParams({ password: ADA.password }));
      expect([path, opened.status, pressed.status]).toEqual([path, 410, 410]);
      for (const [page, method] of [
        [opened, "GET"],
        [pressed, "POST"],
      ] as const) {
        const requestId = page.headers.get("X-Request-Id");
        await expect.poll(lines).toContainEqual({ event: "refused", requestId, method, route, status: 410 });
      }
    }
  });

  test("records refused requests with their route, not with their URL", async () => {
    const browser = gatehouse.browser();
    const refused = [
      [await browser.open("/nowhere"), { method: "GET", route: null, status: 404 }],
      [
        await browser.request("/auth/signin", { method: "PUT", headers: { Origin: gatehouse.origin } }),
        { method: "PUT", route: null, status: 405 },
      ],
      [
        await browser.post("/auth/signin", "email=a&email=b", { "Content-Type": "application/x-www-form-urlencoded" }),
        { method: "POST", route: "/auth/signin", status: 400 },
      ],
    ] as const;
    for (const [page, fields] of refused) {
      const requestId = page.headers.get("X-Request-Id");
      await expect.poll(lines).toContainEqual({ event: "refused", requestId, ...fields });
    }
  });

  test("records attempts to use a link or a session of another account", async () => {
    const ada = await signUp(gatehouse);
    const bob = await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" });
    await ada.post("/app/account/email", new URLSearchParams({ email: "new@example.com" }));
    const link = linkIn(await gatehouse.inbox.newest("new@example.com"), "/auth/confirm-email/");
    const opened = await bob.open(link);
    const pressed = await bob.post(link, new URLSearchParams());
    const ended = await bob.post("/app/account/sessions/revoke", new URLSearchParams({ session: handleOf(ada) }));
    expect([opened.status, pressed.status, ended.status]).toEqual([409, 409, 422]);
    for (const page of [opened, pressed]) {
      const requestId = page.headers.get("X-Request-Id");
      const route = "/auth/confirm-email/:token";
      await expect.poll(lines).toContainEqual({ event: "not-the-owner", requestId, userId: userIdOf(bob), route });
    }
    // It may also be a session of Bob's that has just ended, so the log does not accuse him.
    const requestId = ended.headers.get("X-Request-Id");
    await expect.poll(lines).toContainEqual({ event: "no-such-session", requestId, userId: userIdOf(bob) });
    expect(lines().filter((line) => line["event"] === "not-the-owner")).toHaveLength(2);
  });

  test("records the store, operation, reason and duration of a failed call", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "hang" }, service: "redis" });
    const page = await gatehouse.browser().post("/auth/signin", new URLSearchParams(ADA.signin));
    expect(page.status).toBe(503);
    const failure = lines().find(({ event }) => event === "request-failed");
    expect(failure).toMatchObject({
      route: "/auth/signin",
      store: "redis",
      operation: "consume",
      reason: "deadline",
    });
    expect(Number(failure?.["milliseconds"])).toBeGreaterThanOrEqual(1_400);
  });

  test("contains a self-check every five minutes, which fails if a store fails", async () => {
    expect(await gatehouse.runScheduled(Date.now(), "*/5 * * * *")).toBe("ok");
    await expect.poll(lines).toEqual([{ event: "self-check", database: "ok", redis: "ok" }]);
    gatehouse.standIns.traffic.inject({ fault: { kind: "status", status: 503 }, service: "database" });
    expect(await gatehouse.runScheduled(Date.now(), "*/5 * * * *")).toBe("exception");
    expect(lines().map(({ event }) => event)).toEqual(["self-check", "store-unhealthy", "self-check"]);
    expect(lines().at(-1)).toMatchObject({ database: "unavailable", redis: "ok" });
  });

  test("records a scheduled run whose cron expression is unknown", async () => {
    expect(await gatehouse.runScheduled(Date.now(), "*/10 * * * *")).toBe("exception");
    expect(lines().map(({ event }) => event)).toEqual(["misconfigured"]);
  });

  test("contains no request URLs by the settings in wrangler.toml, which also lists the cron expressions", async () => {
    const settings = await readFile(fileURLToPath(new URL("../../wrangler.toml", import.meta.url)), "utf8");
    expect(settings).toContain('\ncrons = ["* * * * *", "*/5 * * * *", "43 3 * * *"]\n');
    expect(settings).toMatch(/^\[observability\]\nenabled = true\nredact_query_string = true$/m);
    expect(settings).toMatch(/^\[observability\.logs\]\ninvocation_logs = false$/m);
  });
});

describe.skipIf(enginesAreMissing())("the log, if verification is required,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("records a wrong password at the link of a pending sign-up, also after the attempts are exhausted", async () => {
    await gatehouse.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
    const link = linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/");
    const wrong = new URLSearchParams({ password: "not the password" });
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const page = await gatehouse.browser().post(link, wrong);
      const logged = gatehouse.takeLogs().filter((line) => line.startsWith("{"));
      const requestId = page.headers.get("X-Request-Id");
      const found = logged.map((line) => JSON.parse(line)).filter((line) => line.requestId === requestId);
      expect([attempt, page.status, found]).toMatchObject([attempt, 422, [{ event: "wrong-password", userId: null }]]);
    }
  });
});
