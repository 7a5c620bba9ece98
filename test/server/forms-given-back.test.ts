import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";

const WRONG = { email: ADA.email, password: "not the password", redirectTo: "/app/account" };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const ACCOUNT = "/app/account";

describe.skipIf(enginesAreMissing())("a form that is refused for now", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (path: string, fields: Readonly<Record<string, string>>) =>
    gatehouse.browser().post(path, new URLSearchParams(fields));
  const breakStores = () => gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
  const breakDatabase = () => gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, service: "database" });

  const FORMS: readonly [path: string, typed: Readonly<Record<string, string>>][] = [
    ["/auth/signin", WRONG],
    ["/auth/signup", { email: ADA.email, redirectTo: "/app/account", ...FRESH }],
    ["/auth/forgot-password", { email: ADA.email, redirectTo: "/app/account" }],
    ["/auth/verify-email", { code: "1234 5678", redirectTo: "/app/account" }],
  ];

  test.each(FORMS)("because a store is down, is given back: %s", async (path, typed) => {
    breakStores();
    const browser = gatehouse.browser();
    browser.cookies.set("gatehouse-verify", "a".repeat(40));
    const page = await browser.post(path, new URLSearchParams(typed));
    expect([page.status, page.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(page.text).toContain("Temporarily unavailable");
    expect(page.text).toContain(`Reference ${page.headers.get("X-Request-Id")}`);
    expectTyped(page, typed);
    expect(page.body).not.toContain(FRESH.password);
    gatehouse.standIns.traffic.restore();
    const hidden = Object.keys(typed).filter((name) => name.startsWith("password"));
    const again = await browser.submit(page, path, Object.fromEntries(hidden.map((name) => [name, FRESH.password])));
    expect(again.status).not.toBe(503);
  });

  test.each([
    [`${ACCOUNT}/email`, { email: "new@example.com" }],
    [`${ACCOUNT}/password`, { currentPassword: ADA.password, ...FRESH }],
    [`${ACCOUNT}/delete`, { currentPassword: ADA.password, confirmation: "yes" }],
  ])("because the database is down, is given back to the owner of an account: %s", async (path, typed) => {
    const owner = await signUp(gatehouse);
    await gatehouse.settle();
    breakDatabase();
    const page = await owner.post(path, new URLSearchParams(typed));
    expect([page.status, page.text.includes("Temporarily unavailable")]).toEqual([503, true]);
    expect(page.body).not.toContain(ADA.password);
    if ("email" in typed) expectTyped(page, typed);
    gatehouse.standIns.traffic.restore();
    expect((await owner.submit(page, path, typed)).status).toBe(303);
  });

  test("is an error page if even the session cannot be read", async () => {
    const owner = await signUp(gatehouse);
    await gatehouse.settle();
    breakStores();
    const page = await owner.post(`${ACCOUNT}/email`, new URLSearchParams({ email: "new@example.com" }));
    expect([page.status, page.find("form")]).toEqual([503, null]);
    expect(page.links()).toEqual([`${ACCOUNT}/email`]);
  });

  test("after too many passwords offers the reset, which works with one press", async () => {
    await signUp(gatehouse);
    for (let attempts = 0; attempts < 10; attempts += 1) await post("/auth/signin", WRONG);
    const browser = gatehouse.browser();
    const page = await browser.post("/auth/signin", new URLSearchParams(WRONG));
    expect(page.status).toBe(429);
    expect(page.text).toMatch(/sign-in is paused for 1[45] minutes\. You can reset your password now\./);
    expectTyped(page, { email: WRONG.email, redirectTo: WRONG.redirectTo });
    const sent = await browser.submit(page, "/auth/forgot-password");
    expect(sent.location).toBe("/auth/forgot-password/sent?redirectTo=%2Fapp%2Faccount");
    const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/");
    const form = await browser.follow(await browser.open(link));
    expect((await browser.submit(form, "/auth/reset-password", FRESH)).status).toBe(303);
    const { status } = await browser.post("/auth/signin", new URLSearchParams({ email: ADA.email, ...FRESH }));
    expect(status).toBe(303);
  });

  test("after too many messages says on the page of the code when the next one can be requested", async () => {
    const browser = await signUp(gatehouse);
    const resend = async () => browser.submit(await browser.open("/auth/verify-email"), "/auth/verify-email/resend");
    let page = await resend();
    expect((await browser.follow(page)).text).toContain(`We sent a new code to ${ADA.email}.`);
    // The notice is shown once.
    expect((await browser.open("/auth/verify-email")).text).not.toContain("We sent a new code");
    for (let count = 0; count < 5 && page.status === 303; count += 1) page = await resend();
    expect(page.status).toBe(429);
    expect(page.text).toMatch(/Use the latest one, or try again in 1[45] minutes\./);
    expect(page.find("[data-wait]")?.getAttribute("data-wait")).toBe(page.headers.get("Retry-After"));
    expect(page.hasField("code")).toBe(true);
  });

  test("gives back what was typed as text, never as markup", async () => {
    breakStores();
    const page = await post("/auth/signin", {
      email: '"><script>alert(1)</script>',
      password: "x",
      redirectTo: "//evil",
    });
    expect([page.status, page.body.includes("<script>alert")]).toEqual([422, false]);
    const typed = { email: "a'b&c@example.com", password: "x", madeFor: '"><b>' };
    const refused = await post("/auth/signin", typed);
    expect([refused.status, refused.field("email").getAttribute("value")]).toEqual([503, typed.email]);
    expect(refused.body).not.toContain("<b>");
  });
});

function expectTyped(page: Page, typed: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(typed)) {
    const isSecret = name.startsWith("password");
    expect([name, page.field(name).getAttribute("value") ?? null]).toEqual([name, isSecret ? null : text]);
  }
}
