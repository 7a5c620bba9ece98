import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";

const ORIGIN = "https://gatehouse.test";
/** The Accept header of a browser that opens a page. */
const PAGE = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

/** Other origins at which the Worker can be reached. */
const OTHER_ORIGINS = [
  "https://gatehouse.someone.workers.dev",
  "https://www.gatehouse.test",
  "https://gatehouse.test:8443",
  "https://gatehouse.test.",
  "https://localhost",
];

describe.skipIf(enginesAreMissing())("at an origin other than PUBLIC_ORIGIN,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test.each(OTHER_ORIGINS)("a page of %s redirects to the same URL of PUBLIC_ORIGIN", async (origin) => {
    const browser = gatehouse.browser(origin);
    for (const [path, location] of [
      ["/", "/"],
      ["/auth/signin?redirectTo=%2Fapp%3Fa%3D1&lang=de", "/auth/signin?redirectTo=%2Fapp%3Fa%3D1&lang=de"],
      ["/nowhere/", "/nowhere/"],
      ["/app/account/export", "/app/account/export"],
    ]) {
      for (const method of ["GET", "HEAD"]) {
        const response = await browser.request(path ?? "", { method, headers: PAGE });
        expect([response.status, response.location, response.body]).toEqual([308, `${ORIGIN}${location}`, ""]);
      }
    }
    // A path that starts with two slashes does not become a host.
    const response = await browser.request(`${origin}//evil.example/`, { headers: PAGE });
    expect([response.status, response.location]).toEqual([308, `${ORIGIN}//evil.example/`]);
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });

  test.each(OTHER_ORIGINS)("all other requests to %s are refused and get no cookie", async (origin) => {
    const browser = gatehouse.browser(origin);
    const refused = [
      await browser.post("/auth/signup", new URLSearchParams(ADA.signup), PAGE),
      await browser.post("/auth/signin", new URLSearchParams(ADA.signin)),
      await browser.post("/auth/signout", new URLSearchParams()),
      await browser.request("/auth/session", { headers: { Accept: "application/json" } }),
      await browser.request("/app"),
      await browser.request("/assets/enhance.js", { headers: { Accept: "*/*" } }),
      await browser.request("/auth/signin", { headers: { Accept: "text/html;q=0, */*" } }),
      await browser.request("/auth/signin", { headers: { Accept: "text/htmlx, text/*" } }),
      await browser.request("/auth/signin", { method: "OPTIONS", headers: PAGE }),
      await browser.request("/app/account", { method: "DELETE", headers: PAGE }),
    ];
    for (const page of refused) {
      expect([page.status, page.setCookies]).toEqual([421, []]);
      expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
      expect(page.links()).toEqual([`${ORIGIN}/`]);
      expect(page.body).not.toContain("<script");
    }
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });

  test("a session is not accepted, whatever the name of its cookie is", async () => {
    const owner = gatehouse.browser(ORIGIN);
    expect((await owner.post("/auth/signup", new URLSearchParams(ADA.signup))).status).toBe(303);
    await gatehouse.inbox.newest(ADA.email);
    await gatehouse.settle();
    gatehouse.standIns.traffic.clear();
    const [origin = ""] = OTHER_ORIGINS;
    const elsewhere = gatehouse.browser(origin);
    for (const [name, value] of owner.cookies) elsewhere.cookies.set(name, value);
    const response = await elsewhere.request("/auth/session");
    expect([response.status, response.body.includes(ADA.email)]).toEqual([421, false]);
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
    expect((await owner.open("/app")).status).toBe(200);
  });

  test("/healthz responds, because a monitor can use any origin", async () => {
    for (const origin of OTHER_ORIGINS) {
      const health = await gatehouse.browser(origin).request("/healthz");
      expect([health.status, JSON.parse(health.body).status]).toEqual([200, "ok"]);
      expect((await gatehouse.browser(origin).request("/healthz/")).status).toBe(421);
      expect((await gatehouse.browser(origin).post("/healthz", "")).status).toBe(405);
    }
  });

  test("plain http redirects directly to PUBLIC_ORIGIN, from any host", async () => {
    for (const origin of ["http://gatehouse.test", "http://gatehouse.test:8080", "http://www.gatehouse.test"]) {
      const browser = gatehouse.browser(origin);
      const page = await browser.request("/auth/signin?lang=de", { headers: { Accept: "TEXT/HTML" } });
      expect([page.status, page.location]).toEqual([308, `${ORIGIN}/auth/signin?lang=de`]);
      // A client that uses plain http must notice it, even at /healthz, because it may send secrets in the clear.
      expect((await browser.request("/healthz")).status).toBe(403);
      expect((await browser.post("/auth/signin", new URLSearchParams(ADA.signin), PAGE)).status).toBe(403);
    }
  });

  test("a mailed link redirects to PUBLIC_ORIGIN and works there", async () => {
    await signUp(gatehouse);
    const path = linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/");
    const [origin = ""] = OTHER_ORIGINS;
    const redirect = await gatehouse.browser(origin).request(path, { headers: PAGE });
    expect(redirect.location).toBe(`${ORIGIN}${path}`);
    expect((await gatehouse.browser(ORIGIN).open(redirect.location ?? "")).status).toBe(200);
  });

  test("the error page is translated", async () => {
    const [origin = ""] = OTHER_ORIGINS;
    const headers = { "Accept-Language": "de" };
    const [english, german] = [
      await gatehouse.browser(origin).request("/auth/session"),
      await gatehouse.browser(origin).request("/auth/session", { headers }),
    ];
    expect(english.title).toMatch(/^This page is somewhere else/);
    expect(german.title).toMatch(/^Hier gibt es diese Seite nicht/);
  });
});

describe.skipIf(enginesAreMissing())("HSTS", () => {
  test.each([
    [{}, "max-age=63072000"],
    [{ HSTS_INCLUDE_SUBDOMAINS: "off" }, "max-age=63072000"],
    [{ HSTS_INCLUDE_SUBDOMAINS: "on" }, "max-age=63072000; includeSubDomains"],
  ])("with %j is %j, on pages, redirects and errors", async (vars, expected) => {
    const gatehouse = await startGatehouse(vars);
    try {
      const browser = gatehouse.browser(ORIGIN);
      const responses = [
        await browser.open("/"),
        await browser.open("/app"),
        await browser.open("/nowhere"),
        await browser.open("/auth/session"),
        await browser.request("/auth/signin", { method: "POST" }),
      ];
      expect(responses.map(({ headers }) => headers.get("Strict-Transport-Security"))).toEqual(
        responses.map(() => expected),
      );
      expect((await gatehouse.browser().open("/")).headers.get("Strict-Transport-Security")).toBeNull();
    } finally {
      await gatehouse.close();
    }
  });
});
