import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const MARK = "\u0301";

describe.skipIf(enginesAreMissing())("everything that a client sends has a bound", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const nothingHappened = () => expect(gatehouse.standIns.traffic.calls).toEqual([]);

  test.each([
    ["a query of 4 KiB", `/auth/signin?${"a".repeat(4_095)}`, 200],
    ["a longer one", `/auth/signin?${"a".repeat(4_096)}`, 414],
    ["a parameter given 4,000 times", `/auth/signin?${"a=1&".repeat(4_000)}`, 414],
    ["a path of 1 KiB", `/${"a".repeat(1_023)}`, 404],
    ["a longer one", `/auth/verify-email/${"a".repeat(4_000)}`, 404],
    ["a path of slashes", `/a${"/".repeat(8_000)}`, 404],
  ])("a request with %s", async (_, path, status) => {
    const page = await gatehouse.browser().open(path);
    expect(page.status).toBe(status);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    // A path that is too long is not copied into the link to another language or into the return path.
    if (status !== 200) expect(page.body.length).toBeLessThan(12_000);
    nothingHappened();
  });

  test("all cookies together have 8 KiB, and the page says what to do about more", async () => {
    const member = await signUp(gatehouse);
    await gatehouse.settle();
    gatehouse.standIns.traffic.clear();
    const own = [...member.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const fill = (length: number) => `${own}; x=${"a".repeat(length - own.length - 4)}`;
    expect((await member.request("/app", { headers: { Cookie: fill(8_192) } })).status).toBe(200);
    gatehouse.standIns.traffic.clear();
    const page = await member.request("/app", { headers: { Cookie: fill(8_193) } });
    expect([page.status, page.setCookies]).toEqual([431, []]);
    expect(page.text).toContain("Delete the cookies of this site");
    expect(page.link("Try again")).toBe("/app");
    nothingHappened();
  });

  test("a form has at most 32 fields, and a type that is no longer than types are", async () => {
    const fields = Array.from({ length: 32 }, (_, index) => `f${index}=`).join("&");
    expect((await gatehouse.browser().post("/auth/signin", fields, FORM)).status).toBe(422);
    expect((await gatehouse.browser().post("/auth/signin", `${fields}&one=more`, FORM)).status).toBe(400);
    const long = `application/x-www-form-urlencoded;${" ".repeat(300)}charset=utf-8`;
    expect((await gatehouse.browser().post("/auth/signin", fields, { "Content-Type": long })).status).toBe(415);
    nothingHappened();
  });

  test("the same holds for a form in parts, which the runtime takes apart", async () => {
    const part = (_: unknown, index: number) => `--x\r\nContent-Disposition: form-data; name="f${index}"\r\n\r\n\r\n`;
    const post = (parts: number) => {
      const body = `${Array.from({ length: parts }, part).join("")}--x--\r\n`;
      return gatehouse.browser().post("/auth/signin", body, { "Content-Type": "multipart/form-data; boundary=x" });
    };
    expect((await post(32)).status).toBe(422);
    expect((await post(33)).status).toBe(400);
    nothingHappened();
  });

  test.each([
    ["a form", "email=ada%40example.com&password=", 422],
    ["one that is too large", `email=${"a".repeat(20_000)}`, 413],
  ])("%s means the same in however many pieces it comes", async (_, body, status) => {
    const bytes = new TextEncoder().encode(body);
    const length = Math.ceil(bytes.length / 32);
    const pieces = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += length) controller.enqueue(bytes.slice(at, at + length));
        controller.close();
      },
    });
    const post = (body: BodyInit) => {
      const init = { method: "POST", headers: { ...FORM, Origin: gatehouse.origin }, body, duplex: "half" };
      return gatehouse.browser().request("/auth/signin", init);
    };
    const [whole, cut] = [await post(bytes), await post(pieces)];
    expect([cut.status, cut.title]).toEqual([whole.status, whole.title]);
    expect(cut.status).toBe(status);
    expect(cut.body).toContain(status === 422 ? 'value="ada@example.com"' : "too large");
    nothingHappened();
  });

  test("a request that is far too large is refused with a page", async () => {
    const page = await gatehouse.browser().post("/auth/signin", `email=${"a".repeat(400_000)}`, FORM);
    expect(page.status).toBe(413);
    nothingHappened();
  });

  test.each([
    ["as long as a query may be", "a".repeat(4_000)],
    ["that is three times as long once it is encoded", "/".repeat(3_000)],
    ["of many parameters", "a&".repeat(2_000)],
  ])("where a page copies its query, one %s leads nowhere that is refused", async (_, query) => {
    const browser = gatehouse.browser();
    const page = await browser.open(`/auth/signin?${query}`);
    expect((await browser.open(`/auth/signin${page.link("Deutsch")}`)).status).toBe(200);
    for (const path of [`/app?${query}`, `/app?lang=de&${query}`]) {
      const answer = await browser.open(path);
      expect(answer.status).toBe(303);
      expect((await browser.follow(answer)).status).toBe(200);
    }
    nothingHappened();
  });

  test.each([
    ["longer than any password", "a".repeat(15_000)],
    ["of combining marks, whose normal form takes quadratic time", MARK.repeat(2_600)],
    ["of 257 code points", "a".repeat(257)],
  ])("a password %s is a wrong one: the same answer after the same work", async (_, password) => {
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
