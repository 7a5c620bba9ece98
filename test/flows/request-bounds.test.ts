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
    // What is too long is not copied: not into the way to another language, not into the way on.
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
