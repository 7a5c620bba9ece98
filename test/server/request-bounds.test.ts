import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const COMBINING_ACUTE = "\u0301";

describe.skipIf(enginesAreMissing())("the bounds of requests:", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const expectNoCalls = () => expect(gatehouse.standIns.traffic.calls).toEqual([]);

  test.each([
    ["a query of 4 KiB", `/auth/signin?${"a".repeat(4_095)}`, 200],
    ["a longer query", `/auth/signin?${"a".repeat(4_096)}`, 414],
    ["4,000 values of a parameter", `/auth/signin?${"a=1&".repeat(4_000)}`, 414],
    ["a path of 1 KiB", `/${"a".repeat(1_023)}`, 404],
    ["a longer path", `/auth/verify-email/${"a".repeat(4_000)}`, 404],
    ["a path of 8,000 slashes", `/a${"/".repeat(8_000)}`, 404],
  ])("a request with %s gets a page without a call to a store", async (_, path, status) => {
    const page = await gatehouse.browser().open(path);
    expect(page.status).toBe(status);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    // A URL that is too long is not copied into any link of the page.
    if (status !== 200) expect(page.body.length).toBeLessThan(12_000);
    expectNoCalls();
  });

  test("all cookies together have at most 8 KiB, and the error page says how to fix it", async () => {
    const member = await signUp(gatehouse);
    await gatehouse.settle();
    gatehouse.standIns.traffic.clear();
    const ownCookies = [...member.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const fill = (length: number) => `${ownCookies}; x=${"a".repeat(length - ownCookies.length - 4)}`;
    expect((await member.request("/app", { headers: { Cookie: fill(8_192) } })).status).toBe(200);
    gatehouse.standIns.traffic.clear();
    const page = await member.request("/app", { headers: { Cookie: fill(8_193) } });
    expect([page.status, page.setCookies]).toEqual([431, []]);
    expect(page.text).toContain("Delete the cookies of this site");
    expect(page.link("Try again")).toBe("/app");
    expectNoCalls();
  });

  test("a form has at most 32 fields and a Content-Type of bounded length", async () => {
    const fields = Array.from({ length: 32 }, (_, index) => `f${index}=`).join("&");
    expect((await gatehouse.browser().post("/auth/signin", fields, FORM)).status).toBe(422);
    expect((await gatehouse.browser().post("/auth/signin", `${fields}&one=more`, FORM)).status).toBe(400);
    const long = `application/x-www-form-urlencoded;${" ".repeat(300)}charset=utf-8`;
    expect((await gatehouse.browser().post("/auth/signin", fields, { "Content-Type": long })).status).toBe(415);
    expectNoCalls();
  });

  test("a multipart form, which the runtime parses, has at most 32 fields", async () => {
    const part = (_: unknown, index: number) => `--x\r\nContent-Disposition: form-data; name="f${index}"\r\n\r\n\r\n`;
    const post = (parts: number) => {
      const body = `${Array.from({ length: parts }, part).join("")}--x--\r\n`;
      return gatehouse.browser().post("/auth/signin", body, { "Content-Type": "multipart/form-data; boundary=x" });
    };
    expect((await post(32)).status).toBe(422);
    expect((await post(33)).status).toBe(400);
    expectNoCalls();
  });

  test.each([
    ["a form", "email=ada%40example.com&password=", 422],
    ["a form that is too large", `email=${"a".repeat(20_000)}`, 413],
  ])("%s gets the same response in one chunk and in many", async (_, body, status) => {
    const bytes = new TextEncoder().encode(body);
    const length = Math.ceil(bytes.length / 32);
    const chunks = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += length) controller.enqueue(bytes.slice(at, at + length));
        controller.close();
      },
    });
    const post = (body: BodyInit) => {
      const init = { method: "POST", headers: { ...FORM, Origin: gatehouse.origin }, body, duplex: "half" };
      return gatehouse.browser().request("/auth/signin", init);
    };
    const [whole, chunked] = [await post(bytes), await post(chunks)];
    expect([chunked.status, chunked.title]).toEqual([whole.status, whole.title]);
    expect(chunked.status).toBe(status);
    expect(chunked.body).toContain(status === 422 ? 'value="ada@example.com"' : "too large");
    expectNoCalls();
  });

  test("a form of 400 KB gets a 413", async () => {
    const page = await gatehouse.browser().post("/auth/signin", `email=${"a".repeat(400_000)}`, FORM);
    expect(page.status).toBe(413);
    expectNoCalls();
  });

  test.each([
    ["of the maximum length", "a".repeat(4_000)],
    ["that triples in length when it is encoded", "/".repeat(3_000)],
    ["of many parameters", "a&".repeat(2_000)],
  ])("the links and redirects of a page stay within the bounds for a query %s", async (_, query) => {
    const browser = gatehouse.browser();
    const page = await browser.open(`/auth/signin?${query}`);
    expect((await browser.open(`/auth/signin${page.link("Deutsch")}`)).status).toBe(200);
    for (const path of [`/app?${query}`, `/app?lang=de&${query}`]) {
      const response = await browser.open(path);
      expect(response.status).toBe(303);
      expect((await browser.follow(response)).status).toBe(200);
    }
    expectNoCalls();
  });

  test.each([
    ["longer than any password", "a".repeat(15_000)],
    ["of combining marks, whose normal form takes quadratic time", COMBINING_ACUTE.repeat(2_600)],
    ["of 257 code points", "a".repeat(257)],
  ])("a password %s is handled like a wrong password", async (_, password) => {
    const member = await signUp(gatehouse);
    const signin = (typed: string) =>
      gatehouse.browser().post("/auth/signin", new URLSearchParams({ email: ADA.email, password: typed }));
    const wrong = await signin("not the password");
    const long = await signin(password);
    expect([long.status, long.text]).toEqual([wrong.status, wrong.text]);
    expect(long.status).toBe(401);
    await gatehouse.settle();
    gatehouse.standIns.traffic.clear();
    const typed = new URLSearchParams({ currentPassword: password, confirmation: "yes" });
    expect((await member.post("/app/account/delete", typed)).status).toBe(401);
    const fresh = new URLSearchParams({ currentPassword: ADA.password, password, passwordConfirmation: "x" });
    const refused = await member.post("/app/account/password", fresh);
    expect([refused.status, refused.errorAt("password")]).toEqual([422, "Choose a password of at most 256 characters"]);
  });
});
