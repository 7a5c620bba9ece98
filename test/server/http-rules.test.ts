import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import type { Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

describe.skipIf(enginesAreMissing())("over HTTP,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const expectNoCalls = () => expect(gatehouse.standIns.traffic.calls).toEqual([]);

  test("every response has the security headers, its request id and no-store, and does not name the server software", async () => {
    const browser = await signUp(gatehouse);
    const post = () => new URLSearchParams(ADA.signup);
    const responses: [number, Page][] = [
      [303, await browser.open("/")],
      [200, await browser.open("/app")],
      [303, await browser.open("/auth/signin")],
      [200, await browser.open("/auth/session")],
      [200, await browser.open("/healthz")],
      [404, await browser.open("/nowhere")],
      [405, await browser.open("/auth/signout")],
      [308, await browser.open("/app/")],
      [403, await browser.request("/auth/signin", { method: "POST", body: post() })],
      [415, await gatehouse.browser().post("/auth/signin", "{}", { "Content-Type": "application/json" })],
      [422, await gatehouse.browser().post("/auth/signin", new URLSearchParams())],
      [
        401,
        await gatehouse.browser().post("/auth/signin", new URLSearchParams({ email: "x@example.com", password: "x" })),
      ],
      [303, await browser.post("/auth/signout", new URLSearchParams())],
    ];
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
    responses.push([503, await gatehouse.browser().post("/auth/signup", post())]);

    const ids = new Set<string>();
    for (const [status, { headers, url, status: actual }] of responses) {
      expect([url, actual]).toEqual([url, status]);
      expect(headers.get("Content-Security-Policy")).toMatch(
        /^default-src 'none'; style-src 'self' 'sha256-[A-Za-z0-9+/]{43}='; script-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Referrer-Policy")).toBe("same-origin");
      expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
      expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
      for (const name of ["Server", "X-Powered-By", "Via"]) expect(headers.get(name)).toBeNull();
      expect(headers.get("Strict-Transport-Security")).toBeNull();
      expect(headers.get("Cache-Control")).toMatch(/^no-store(?:, no-transform)?$/);
      ids.add(headers.get("X-Request-Id") ?? "");
    }
    expect(ids.size).toBe(responses.length);
  });

  test("pages have no-transform only if they show an email, because it prevents compression", async () => {
    const owner = await signUp(gatehouse);
    const typed = new URLSearchParams({ email: "somebody@example.com", password: "x" });
    const withEmail: [number, Page][] = [
      [200, await owner.open("/app")],
      [200, await owner.open("/app/account")],
      [200, await owner.open("/app/account/email")],
      [200, await owner.open("/app/account/password")],
      [200, await owner.open("/app/account/delete")],
      [200, await owner.open("/auth/verify-email")],
      [401, await gatehouse.browser().post("/auth/signin", typed)],
    ];
    const withoutEmail: [number, Page][] = [
      [200, await gatehouse.browser().open("/")],
      [200, await gatehouse.browser().open("/auth/signin")],
      [200, await gatehouse.browser().open("/auth/signup?redirectTo=%2Fapp")],
      [404, await owner.open("/nowhere@example.com")],
    ];
    for (const [status, page] of withEmail) {
      expect([page.url, page.status, page.headers.get("Cache-Control")]).toEqual([
        page.url,
        status,
        "no-store, no-transform",
      ]);
    }
    for (const [status, page] of withoutEmail) {
      expect([page.url, page.status, page.headers.get("Cache-Control")]).toEqual([page.url, status, "no-store"]);
    }
  });

  test("pages are text/html in UTF-8", async () => {
    for (const path of ["/", "/auth/signin", "/nowhere"]) {
      expect((await gatehouse.browser().open(path)).headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    }
  });

  test("the log line of a failure has the request id of its page, and no typed or stored value", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "status", status: 500 }, service: "database" });
    const page = await gatehouse.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
    expect(page.status).toBe(503);
    const id = page.headers.get("X-Request-Id") ?? "";
    expect(page.text).toContain(id);
    const line = () =>
      gatehouse
        .logs()
        .split("\n")
        .find((text) => text.includes(id));
    await expect.poll(line).toBeDefined();
    expect(JSON.parse(line() ?? "")).toMatchObject({
      event: "request-failed",
      store: "database",
      reason: "status 500",
    });
    expect(gatehouse.logs()).not.toContain(ADA.email);
    for (const secret of [ADA.password, "insert", gatehouse.standIns.redisToken]) {
      expect(gatehouse.logs().toLowerCase()).not.toContain(secret.toLowerCase());
      expect(page.body.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  });

  test.each([
    "/nowhere",
    "/auth",
    "/auth/signin/x",
    "/app/x",
    "/index.html",
    "/.env",
    "/.git/config",
    "/assets",
    "/auth%2Fsignin",
  ])("GET %s gets a 404 page", async (path) => {
    const page = await gatehouse.browser().open(path);
    expect(page.status).toBe(404);
    expect(page.title).toBe(`Page not found · ${brand.name}`);
    expect(page.links()).toEqual(["/"]);
    expectNoCalls();
  });

  test.each([
    ["DELETE", "/auth/signin", "GET, HEAD, POST"],
    ["PUT", "/auth/signup", "GET, HEAD, POST"],
    ["POST", "/app", "GET, HEAD"],
    ["POST", "/", "GET, HEAD"],
    ["GET", "/auth/signout", "POST"],
    ["HEAD", "/auth/signout", "POST"],
    ["OPTIONS", "/auth/signin", "GET, HEAD, POST"],
  ])("%s %s gets a 405 with Allow: %s", async (method, path, allow) => {
    const browser = gatehouse.browser();
    const page = await browser.request(path, { method, headers: { Origin: browser.origin } });
    expect([page.status, page.headers.get("Allow")]).toEqual([405, allow]);
    expectNoCalls();
  });

  test("HEAD gets the response of GET without the body", async () => {
    const browser = await signUp(gatehouse);
    for (const path of ["/", "/app", "/auth/session", "/nowhere", "/auth/signin"]) {
      const [head, get] = [await browser.request(path, { method: "HEAD" }), await browser.open(path)];
      expect(head.body).toBe("");
      expect([head.status, head.location, head.headers.get("Content-Type")]).toEqual([
        get.status,
        get.location,
        get.headers.get("Content-Type"),
      ]);
    }
  });

  test.each([
    ["/app/", "/app"],
    ["/auth/signin/?redirectTo=%2Fapp", "/auth/signin?redirectTo=%2Fapp"],
    ["/auth/signin//", "/auth/signin"],
    ["//evil.example/", "/evil.example"],
    ["/nowhere/", "/nowhere"],
  ])("GET %s redirects to %s", async (path, location) => {
    const page = await gatehouse.browser().request(`${gatehouse.origin}${path}`);
    expect([page.status, page.location]).toEqual([308, location]);
  });

  test.each([
    ["no Origin", {}],
    ["another origin", { Origin: "https://evil.example" }],
    ["the same host on another port", { Origin: "http://127.0.0.1:1" }],
    ["an opaque origin", { Origin: "null" }],
    ["garbage", { Origin: "http://" }],
    [
      "another origin with Sec-Fetch-Site: same-origin",
      { Origin: "https://evil.example", "Sec-Fetch-Site": "same-origin" },
    ],
    ["Sec-Fetch-Site: same-site", { "Sec-Fetch-Site": "same-site" }],
    ["Sec-Fetch-Site: cross-site", { "Sec-Fetch-Site": "cross-site" }],
    ["Sec-Fetch-Site: none", { "Sec-Fetch-Site": "none" }],
  ])("POST with %s gets a 403 and calls no store", async (_, headers) => {
    const browser = await signUp(gatehouse);
    gatehouse.standIns.traffic.clear();
    for (const path of ["/auth/signin", "/auth/signup", "/auth/signout", "/nowhere"]) {
      const page = await browser.request(path, { method: "POST", headers, body: new URLSearchParams(ADA.signup) });
      expect([page.status, page.setCookies]).toEqual([403, []]);
    }
    expectNoCalls();
    expect((await browser.open("/app")).status).toBe(200);
  });

  test("POST without Origin is accepted if Sec-Fetch-Site is same-origin", async () => {
    const browser = await signUp(gatehouse);
    const page = await browser.request("/auth/signout", {
      method: "POST",
      headers: { "Sec-Fetch-Site": "same-origin" },
    });
    expect(page.status).toBe(303);
  });

  test.each([
    ["a duplicate field", `email=${ADA.email}&email=b@example.com&password=x`, FORM, 400],
    ["a duplicate field, once encoded", `email=${ADA.email}&%65mail=b@example.com&password=x`, FORM, 400],
    ["an invalid percent-encoding", "email=%zz&password=x", FORM, 400],
    ["bytes that are not UTF-8", "email=%ff%fe&password=x", FORM, 400],
    ["a form that is too large", `email=${"a".repeat(16 * 1024)}`, FORM, 413],
    ["JSON", JSON.stringify(ADA.signin), { "Content-Type": "application/json" }, 415],
    ["plain text", "email=x", { "Content-Type": "text/plain" }, 415],
    ["no Content-Type", new TextEncoder().encode("email=x"), {}, 415],
    ["another charset", "email=x", { "Content-Type": "application/x-www-form-urlencoded; charset=utf-16" }, 415],
    ["an unknown charset", "email=x", { "Content-Type": "application/x-www-form-urlencoded;charset=klingon" }, 415],
    ["multipart without a boundary", "--x\r\n", { "Content-Type": "multipart/form-data" }, 400],
    [
      "truncated multipart",
      '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nada@exam',
      { "Content-Type": "multipart/form-data; boundary=x" },
      400,
    ],
    [
      "a file instead of text",
      '--x\r\nContent-Disposition: form-data; name="email"; filename="a.txt"\r\n\r\nada\r\n--x--\r\n',
      { "Content-Type": "multipart/form-data; boundary=x" },
      400,
    ],
    [
      "multipart with a duplicate field",
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n--x--\r\n',
      { "Content-Type": "multipart/form-data; boundary=x" },
      400,
    ],
  ])("POST with %s gets an error page without a call to a store", async (_, body, headers, status) => {
    for (const path of ["/auth/signin", "/auth/signup"]) {
      const page = await gatehouse.browser().post(path, body, headers as Record<string, string>);
      expect([path, page.status]).toEqual([path, status]);
      expect(page.find("h1")).not.toBeNull();
      expect(page.setCookies).toEqual([]);
    }
    expectNoCalls();
  });

  test("a multipart form, which some clients send, is accepted", async () => {
    await signUp(gatehouse);
    const form = new FormData();
    for (const [name, value] of Object.entries(ADA.signin)) form.append(name, value);
    const encoded = new Response(form);
    const headers = { "Content-Type": encoded.headers.get("Content-Type") ?? "" };
    expect((await gatehouse.browser().post("/auth/signin", await encoded.bytes(), headers)).status).toBe(303);
  });

  test("a form of exactly 16 KiB is accepted", async () => {
    const body = "email=&password=".padEnd(16 * 1024, "x");
    expect((await gatehouse.browser().post("/auth/signin", body, FORM)).status).toBe(422);
  });

  test("a duplicate redirectTo is ignored", async () => {
    const page = await gatehouse.browser().open("/auth/signin?redirectTo=%2Fa&redirectTo=%2Fb");
    expect(page.find('input[name="redirectTo"]')).toBeNull();
  });

  test("headers that claim another host or scheme are ignored", async () => {
    const headers = {
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-Proto": "https",
      Forwarded: "host=evil.example",
    };
    const page = await gatehouse.browser().request("/app", { headers });
    expect(page.location).toBe("/auth/signin?redirectTo=%2Fapp");
    expect(page.headers.get("Strict-Transport-Security")).toBeNull();
  });

  test.each([
    ["script", "script", "src", /^\/assets\/enhance\.js\?v=\w+$/, "text/javascript; charset=utf-8"],
    ["style sheet", "link[rel=stylesheet]", "href", /^\/assets\/styles\.css\?v=\w+$/, "text/css; charset=utf-8"],
  ])(
    "a page loads one %s, which caches keep as long as it is that of the page",
    async (_, selector, name, href, type) => {
      const browser = gatehouse.browser();
      const page = await browser.open("/auth/signin");
      expect(page.body.match(new RegExp(`<${selector.split("[")[0]}`, "g"))).not.toBeNull();
      const url = page.find(selector)?.getAttribute(name) ?? "";
      expect(url).toMatch(href);
      const [current, former, unversioned] = await Promise.all(
        [url, `${url}0`, url.split("?")[0] ?? ""].map((path) => browser.open(path)),
      );
      for (const file of [current, former, unversioned]) {
        expect([file?.status, file?.headers.get("Content-Type"), file?.body]).toEqual([200, type, current?.body]);
      }
      expect(current?.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect([former, unversioned].map((file) => file?.headers.get("Cache-Control"))).toEqual(["no-store", "no-store"]);
    },
  );

  test("the script requests and receives nothing, and stores only the email between two forms", async () => {
    const { body } = await gatehouse.browser().open("/assets/enhance.js");
    expect(body.match(/\w*storage\.\w+\([^,)]*/gi)).toEqual([
      'sessionStorage.removeItem("email"',
      'sessionStorage.getItem("email"',
      'sessionStorage.setItem("email"',
    ]);
    expect(body).not.toMatch(
      /localStorage|indexedDB|cookie|caches|postMessage|"message"|fetch|XMLHttp|Beacon|HTML|eval/i,
    );
    const page = await gatehouse.browser().open("/auth/signin");
    expect(page.body.match(/<script/g)).toHaveLength(1);
  });
});
