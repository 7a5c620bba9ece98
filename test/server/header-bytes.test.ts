import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";

const ORIGIN = "https://gatehouse.test";
const COOKIE = "__Host-gatehouse";

/**
 * Characters that `trim` or a Unicode-aware parser skips, but HTTP does not. A sibling host can set a cookie whose name
 * starts with any of them.
 */
const NOT_WHITE_SPACE = [
  ..."\u0085\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
  ..."\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff",
].map((character) => ({
  name: `U+${character.codePointAt(0)?.toString(16).padStart(4, "0").toUpperCase()}`,
  character,
}));

/** A header value with the UTF-8 bytes of `text`. `fetch` writes a character as one byte, and trims only the ends. */
const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** Sends a GET request with exactly these bytes over a socket. Resolves to the whole response. */
function sendRaw(origin: string, path: string, header: string): Promise<string> {
  const { hostname, port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    let response = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${header}\r\n\r\n`, "latin1");
    });
    socket.on("data", (chunk: Buffer) => {
      response += chunk.toString();
    });
    socket.on("end", () => resolve(response)).on("error", reject);
  });
}

describe.skipIf(enginesAreMissing())("the bytes of a header, over https:", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const open = (path: string, cookie: string) =>
    gatehouse.browser(ORIGIN).request(path, { headers: { Cookie: bytesOf(cookie) } });
  const post = (path: string, fields: Readonly<Record<string, string>>, cookie: string) =>
    gatehouse.browser(ORIGIN).post(path, new URLSearchParams(fields), { Cookie: bytesOf(cookie) });
  const signUp = async (typed: Readonly<Record<string, string>>) => {
    const browser = gatehouse.browser(ORIGIN);
    expect((await browser.post("/auth/signup", new URLSearchParams(typed))).status).toBe(303);
    return browser;
  };

  test.each(NOT_WHITE_SPACE)(
    "$name before the name of a cookie makes it a different cookie, which signs in no user",
    async ({ character }) => {
      const attacker = await signUp({ ...ADA.signup, email: "mallory@example.com" });
      const victim = await signUp(ADA.signup);
      const planted = `${character}${COOKIE}=${attacker.cookies.get(COOKIE)}`;
      const session = `${COOKIE}=${victim.cookies.get(COOKIE)}`;
      for (const cookie of [planted, `a=1; ${planted}`, `${planted}; a=1`]) {
        const response = await open("/app", cookie);
        expect([response.status, response.location]).toEqual([303, "/auth/signin?redirectTo=%2Fapp"]);
      }
      // It does not count as a duplicate of the session cookie, which would sign the victim out.
      for (const cookie of [`${planted}; ${session}`, `${session}; ${planted}`, `a=1; ${session}; ${planted}`]) {
        const response = await open("/auth/session", cookie);
        expect(JSON.parse(response.body)).toMatchObject({ user: { email: ADA.email } });
      }
      // After a value, the character is a part of the value.
      expect((await open("/app", `${session}${character}; a=1`)).status).toBe(303);
    },
  );

  test.each([
    ["a vertical tab", "\v"],
    ["a form feed", "\f"],
    ["a unit separator", "\x1f"],
    ["a byte that is not UTF-8", "\xa0"],
  ])(
    "%s before the name of a cookie, which only a raw socket can send, makes it a different cookie, too",
    async (_, byte) => {
      const owner = gatehouse.browser();
      await owner.post("/auth/signup", new URLSearchParams(ADA.signup));
      const cookie = `gatehouse=${owner.cookies.get("gatehouse")}`;
      expect(await sendRaw(gatehouse.origin, "/app", `Cookie: a=1; ${cookie}`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await sendRaw(gatehouse.origin, "/app", `Cookie: a=1; ${byte}${cookie}`)).toMatch(/^HTTP\/1\.1 303 /);
    },
  );

  test("spaces and tabs around a cookie are ignored", async () => {
    const session = `${COOKIE}=${(await signUp(ADA.signup)).cookies.get(COOKIE)}`;
    for (const cookie of [`a=1;${session};b=2`, `a=1; \t ${session}\t ;b=2`, `a=1;\t${session}`]) {
      expect((await open("/app", cookie)).status).toBe(200);
    }
  });

  test.each([
    "__host-gatehouse",
    "__HOST-GATEHOUSE",
    "__Ho\u017ft-gatehouse",
    "__Host-gatehou\u017fe",
    "__Host-gatehouse\u0000",
    "\u0000__Host-gatehouse",
    "__Host-gatehouse ",
    "__Host-gatehouse\t",
    '"__Host-gatehouse"',
    "=__Host-gatehouse",
    "gatehouse",
  ])("the name of a cookie is compared byte by byte: %j is a different name", async (name) => {
    const session = (await signUp(ADA.signup)).cookies.get(COOKIE);
    if (name.includes("\u0000")) return expect(open("/app", `${name}=${session}`)).rejects.toThrow();
    return expect((await open("/app", `${name}=${session}`)).status).toBe(303);
  });

  test("the names of the language, reset and device cookies are compared byte by byte", async () => {
    const german = `${COOKIE}-lang=de`;
    expect((await open("/", `\u2000${german}`)).title).toBe(`Welcome · ${brand.name}`);
    expect((await open("/", german)).title).not.toBe(`Welcome · ${brand.name}`);

    await signUp(ADA.signup);
    const requester = gatehouse.browser(ORIGIN);
    await requester.post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    await requester.open(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
    const reset = `${COOKIE}-reset=${requester.cookies.get(`${COOKIE}-reset`)}`;
    expect((await open("/auth/reset-password", `\u2000${reset}`)).hasField("password")).toBe(false);
    expect((await open("/auth/reset-password", reset)).hasField("password")).toBe(true);

    const owner = gatehouse.browser(ORIGIN);
    expect((await owner.post("/auth/signin", new URLSearchParams(ADA.signin))).status).toBe(303);
    await gatehouse.settle();
    for (let attempt = 0; attempt < 11; attempt += 1)
      await post("/auth/signin", { ...ADA.signin, password: "wrong" }, "");
    const device = `${COOKIE}-device=${owner.cookies.get(`${COOKIE}-device`)}`;
    expect((await post("/auth/signin", ADA.signin, `\u2000${device}`)).status).toBe(429);
    expect((await post("/auth/signin", ADA.signin, device)).status).toBe(303);
  });

  test("Accept-Language is parsed as ASCII with the whitespace of HTTP", async () => {
    const title = async (header: string) =>
      (await gatehouse.browser(ORIGIN).request("/", { headers: { "Accept-Language": bytesOf(header) } })).title;
    const german = await title("de");
    expect(german).not.toBe(`Welcome · ${brand.name}`);
    for (const header of ["fr,\tDE \t; \tQ=0.5", " de ,en;q=0.1"]) expect(await title(header)).toBe(german);
    for (const header of ["fr,\u2000de", "de\u00a0", "de;\u2000q=1", "de;q=0.\u0665"]) {
      expect(await title(header)).toBe(`Welcome · ${brand.name}`);
    }
  });

  test.each([
    ["application/x-www-form-urlencoded", 422],
    ["Application/X-WWW-Form-URLencoded ; Charset=UTF-8", 422],
    ['application/x-www-form-urlencoded;\tcharset="utf-8";', 422],
    ['application/x-www-form-urlencoded;; foo="a;charset=utf-16"', 422],
    ["\u2000application/x-www-form-urlencoded", 415],
    ["application/x-www-form-urlencoded\u2000", 415],
    ["application/x-www-form-urlencoded;\u2000charset=utf-8", 415],
    ["application/x-www-form-urlencoded;charset=utf-8\u2000x", 415],
    ["application/x-www-form-urlencoded;charset=utf-8;charset=utf-8", 415],
    ["application/x-www-form-urlencoded;charset=utf-8;CHARSET=utf-16", 415],
    ['application/x-www-form-urlencoded;charset="utf-8', 415],
    ["application/x-www-form-urlencoded;charset=utf-\uff18", 415],
    ["application/x-www-form-urlencoded, text/plain", 415],
    [`application/x-www-form-urlencoded; a=${"b".repeat(300)}`, 415],
  ])("a form with the Content-Type %j gets a %i", async (type, status) => {
    const headers = { "Content-Type": bytesOf(type) };
    expect((await gatehouse.browser(ORIGIN).post("/auth/signin", "email=&password=", headers)).status).toBe(status);
  });

  test.each([
    ["multipart/form-data; boundary=x", 422],
    ['multipart/form-data; boundary="x"', 422],
    ['MULTIPART/FORM-DATA;BOUNDARY="\\x"', 422],
    ["multipart/form-data; boundary=y; boundary=x", 415],
    ["multipart/form-data; boundary=x; boundary=y", 415],
    ["multipart/form-data; boundary=x\u2000", 415],
    ["multipart/form-data; boundary=\u2000x", 415],
    [`multipart/form-data; boundary=${"x".repeat(71)}`, 400],
    ['multipart/form-data; boundary="x "', 400],
    ['multipart/form-data; boundary="x*"', 400],
  ])("a multipart form with the Content-Type %j gets a %i", async (type, status) => {
    const part = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n\r\n`;
    const headers = { "Content-Type": bytesOf(type) };
    const body = `${part("email")}${part("password")}--x--\r\n`;
    expect((await gatehouse.browser(ORIGIN).post("/auth/signin", body, headers)).status).toBe(status);
  });

  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:DB8::1", "2001:DB8::1"],
    ["\u2000203.0.113.7", null],
    ["203.0.113.7, 198.51.100.1", null],
    ["2001:db8::1]/[", null],
    ["<b>x</b>", null],
  ])("CF-Connecting-IP: %j is stored as %j", async (header, stored) => {
    const browser = gatehouse.browser(ORIGIN);
    const headers = { "CF-Connecting-IP": bytesOf(header) };
    expect((await browser.post("/auth/signup", new URLSearchParams(ADA.signup), headers)).status).toBe(303);
    await gatehouse.settle();
    const { rows } = await gatehouse.database.execute("select ip from account_events");
    expect(rows).toEqual([{ ip: stored }]);
  });

  test.each([
    "\u2000https://gatehouse.test",
    "https://gatehouse.test\u2000",
    "HTTPS://GATEHOUSE.TEST",
    "https://gatehou\u017fe.test",
  ])("the Origin %j is rejected", async (origin) => {
    const headers = { Origin: bytesOf(origin), "Sec-Fetch-Site": "same-origin" };
    expect((await gatehouse.browser(ORIGIN).post("/auth/signin", "", headers)).status).toBe(403);
  });
});

describe.skipIf(enginesAreMissing())("the bytes of a header, if verification is required:", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("a cookie from a sibling host does not let a code verify the attacker's sign-up", async () => {
    const attacker = gatehouse.browser(ORIGIN);
    await attacker.post("/auth/signup", new URLSearchParams(ADA.signup));
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const verify = `${COOKIE}-verify=${attacker.cookies.get(`${COOKIE}-verify`)}`;
    const submitCode = (cookie: string) =>
      gatehouse.browser(ORIGIN).post("/auth/verify-email", new URLSearchParams({ code }), { Cookie: bytesOf(cookie) });
    const planted = await submitCode(`\u2000${verify}`);
    expect([planted.status, planted.setCookies.filter((line) => line.startsWith(`${COOKIE}=`))]).toEqual([422, []]);
    // With the exact name, the same cookie is accepted.
    expect((await submitCode(verify)).status).toBe(303);
  });

  test.each(["1234\u20095678", "1234\u20135678", "\u200e1234\u00a0 5678\u202c", "1 2 3 4 - 5 6 7 8"])(
    "a pasted code can contain separators: %j has eight digits",
    async (code) => {
      const browser = gatehouse.browser(ORIGIN);
      await browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, email: "bob@example.com" }));
      await gatehouse.settle();
      const page = await browser.submit(await browser.open("/auth/verify-email"), "/auth/verify-email", { code });
      expect(page.errorAt("code")).toMatch(/^That code is wrong/);
    },
  );
});
