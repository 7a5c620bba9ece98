import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const SECRET = "a".repeat(40);
const RETURN_QUERY = "redirectTo=%2Fapp%2Faccount";
/** The links below the sign-in form, which a refusal gives back. */
const SIGNIN_LINKS = [`/auth/forgot-password?${RETURN_QUERY}`, `/auth/signup?${RETURN_QUERY}`];
const WRONG = { email: ADA.email, password: "not the password", redirectTo: "/app/account" };

describe.skipIf(enginesAreMissing())("on error pages,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "40" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (path: string, fields: Readonly<Record<string, string>>, headers = {}) =>
    gatehouse.browser().post(path, new URLSearchParams(fields), headers);

  const REFUSALS: readonly [name: string, status: number, actions: readonly string[], refuse: () => Promise<Page>][] = [
    [
      "a form from another origin",
      403,
      [`/auth/signin?${RETURN_QUERY}`],
      () => post(`/auth/signin?${RETURN_QUERY}`, WRONG, { Origin: "https://evil.example" }),
    ],
    ["an unknown page", 404, ["/"], () => gatehouse.browser().open("/nowhere")],
    [
      "a method that the page does not support",
      405,
      ["/auth/signin"],
      () => gatehouse.browser().request("/auth/signin", { method: "PUT", headers: { Origin: gatehouse.origin } }),
    ],
    ["GET of the sign-out form", 405, ["/"], () => gatehouse.browser().open("/auth/signout")],
    [
      "a truncated form",
      400,
      [`/auth/signup?${RETURN_QUERY}`],
      () => gatehouse.browser().post(`/auth/signup?${RETURN_QUERY}`, "email=%", FORM),
    ],
    [
      "a form that is too large",
      413,
      ["/auth/signup"],
      () => gatehouse.browser().post("/auth/signup", "a".repeat(20_000), FORM),
    ],
    [
      "a body that is not a form",
      415,
      [`/auth/verify-email/${SECRET}`],
      () => gatehouse.browser().post(`/auth/verify-email/${SECRET}`, "{}", { "Content-Type": "application/json" }),
    ],
    [
      "a URL that is too long",
      414,
      ["/auth/signin"],
      () => gatehouse.browser().open(`/auth/signin?${"a".repeat(5_000)}`),
    ],
    [
      "a form while a store is down",
      503,
      SIGNIN_LINKS,
      () => {
        gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
        return post("/auth/signin", WRONG);
      },
    ],
    [
      "a page while a store is down",
      503,
      ["/app/account/sessions?part=2"],
      async () => {
        const member = await signUp(gatehouse);
        gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
        return member.open("/app/account/sessions?part=2");
      },
    ],
    [
      "the reset form without its cookie",
      410,
      [`/auth/forgot-password?${RETURN_QUERY}`, `/auth/signin?${RETURN_QUERY}`],
      () => gatehouse.browser().open(`/auth/reset-password?${RETURN_QUERY}`),
    ],
    [
      "an invalid link to verify an email",
      410,
      [`/auth/signin?${RETURN_QUERY}`, `/auth/signup?${RETURN_QUERY}`],
      () => gatehouse.browser().open(`/auth/verify-email/${SECRET}?${RETURN_QUERY}`),
    ],
    [
      "an invalid link to verify an email, while signed in,",
      410,
      ["/app/account"],
      async () => (await signUp(gatehouse)).open(`/auth/verify-email/${SECRET}?${RETURN_QUERY}`),
    ],
    [
      "a truncated link, while signed in,",
      410,
      ["/app"],
      async () => (await signUp(gatehouse)).open("/auth/verify-email/abc"),
    ],
    [
      "a page in a frame",
      403,
      [`/auth/undo-email/${SECRET}`],
      () => gatehouse.browser().request(`/auth/undo-email/${SECRET}`, { headers: { "Sec-Fetch-Dest": "iframe" } }),
    ],
    [
      "an invalid link to confirm an email",
      410,
      ["/app/account"],
      () => gatehouse.browser().open(`/auth/confirm-email/${SECRET}`),
    ],
    [
      "an invalid link to undo an email change",
      410,
      ["/auth/forgot-password"],
      () => gatehouse.browser().open(`/auth/undo-email/${SECRET}`),
    ],
    [
      "too many sign-in attempts at one account",
      429,
      SIGNIN_LINKS,
      async () => {
        for (let count = 0; count < 10; count += 1) await post("/auth/signin", WRONG);
        return post("/auth/signin", WRONG);
      },
    ],
    [
      "too many forms from one ip",
      429,
      SIGNIN_LINKS,
      async () => {
        for (let count = 0; count < 40; count += 1)
          await post("/auth/signin", { ...WRONG, email: `${count}@example.com` });
        return post("/auth/signin", WRONG);
      },
    ],
    [
      "too many messages with reset links",
      429,
      [`/auth/signin?${RETURN_QUERY}`, `/auth/signin?${RETURN_QUERY}`],
      async () => {
        const request = () => post("/auth/forgot-password", { email: ADA.email, redirectTo: "/app/account" });
        for (let count = 0; count < 3; count += 1) await request();
        return request();
      },
    ],
    [
      "too many messages with codes",
      429,
      ["/app/account", "/app/account/email"],
      async () => {
        const member = await signUp(gatehouse);
        const request = () =>
          member.post("/auth/verify-email/resend", new URLSearchParams({ redirectTo: "/app/account" }));
        let page = await request();
        for (let count = 0; count < 5 && page.status === 303; count += 1) page = await request();
        return page;
      },
    ],
    [
      "too many messages to a new email",
      429,
      ["/app/account/security"],
      async () => {
        const member = await signUp(gatehouse);
        const request = () => member.post("/app/account/email", new URLSearchParams({ email: "new@example.com" }));
        for (let count = 0; count < 3; count += 1) await request();
        return request();
      },
    ],
  ];

  test.each(REFUSALS)("%s gets a %i with links to the next action", async (_, status, actions, refuse) => {
    const page = await refuse();
    expect(page.status).toBe(status);
    expect(page.links()).toEqual(actions);
    gatehouse.standIns.traffic.restore();
    for (const action of actions) expect([200, 303, 410]).toContain((await gatehouse.browser().open(action)).status);
  });

  test("the code of an account that was signed out elsewhere leads to sign-in", async () => {
    const member = await signUp(gatehouse);
    const page = await member.open("/auth/verify-email");
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await member.submit(await member.open("/app"), "/auth/signout");
    const refused = await member.submit(page, "/auth/verify-email", { code });
    expect(refused.status).toBe(422);
    expect(refused.link("Sign in")).toBe("/auth/signin");
    expect(refused.text).not.toContain("Create an account");
  });

  test("a refused request for another code says what its link does, and marks the button that has to wait", async () => {
    const member = await signUp(gatehouse);
    let page = await member.open("/auth/verify-email");
    const isHeld = () => page.formOf("Send a new code").button.hasAttribute("data-held");
    expect(isHeld()).toBe(false);
    for (let count = 0; count < 5 && page.status !== 429; count += 1) {
      page = await member.submit(await member.open("/auth/verify-email"), "/auth/verify-email/resend");
    }
    expect([page.status, isHeld(), page.link("Verify later")]).toEqual([429, true, "/app"]);
  });

  test("GET /auth/signout shows a form that signs out", async () => {
    const member = await signUp(gatehouse);
    const page = await member.open("/auth/signout");
    expect([page.status, page.headers.get("Allow")]).toEqual([405, "POST"]);
    expect((await member.submit(page, "/auth/signout")).status).toBe(303);
    expect((await member.open("/app")).status).toBe(303);
  });

  test("the text is translated", async () => {
    const page = await gatehouse.browser().open("/auth/reset-password?lang=de");
    expect([page.status, page.text.includes("In diesem Browser ist kein Link")]).toEqual([410, true]);
  });
});

describe.skipIf(enginesAreMissing())("a browser that blocks cookies", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("gets a page that explains it after the right password, instead of the form again", async () => {
    await signUp(gatehouse);
    const browser = gatehouse.browser();
    const done = await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    browser.cookies.clear();
    const page = await browser.request(done.location ?? "", {
      headers: { Referer: `${browser.origin}/auth/signin?redirectTo=%2Fapp`, "Sec-Fetch-Site": "same-origin" },
    });
    expect([page.status, page.text.includes("Your browser blocks cookies")]).toEqual([403, true]);
    expect(page.links()).toEqual(["/auth/signin?redirectTo=%2Fapp"]);
  });

  test.each([
    ["another page", "/auth/forgot-password"],
    ["no page", null],
    ["another site", "https://evil.example/auth/signin"],
  ])("is redirected to the sign-in page if it comes from %s", async (_, from) => {
    const browser = gatehouse.browser();
    const referrer = from === null ? null : new URL(from, browser.origin).href;
    const page = await browser.request("/app", { headers: referrer === null ? {} : { Referer: referrer } });
    expect([page.status, page.location]).toEqual([303, "/auth/signin?redirectTo=%2Fapp"]);
  });

  test("is distinguished from one whose session has ended, which is redirected to the sign-in page", async () => {
    const browser = await signUp(gatehouse);
    await gatehouse.redis.flushdb();
    const page = await browser.request("/app", { headers: { Referer: `${browser.origin}/auth/signin` } });
    expect(page.status).toBe(303);
  });
});

describe.skipIf(enginesAreMissing())("if verification is required,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("the page for the code links to sign-in after the email was verified on another device", async () => {
    const laptop = gatehouse.browser();
    const codePage = await laptop.follow(
      await laptop.submit(await laptop.open(`/auth/signup?${RETURN_QUERY}`), "/auth/signup", ADA.signup),
    );
    const mail = await gatehouse.inbox.newest(ADA.email);
    const phone = gatehouse.browser();
    const link = linkIn(mail, "/auth/verify-email/");
    const path = link.split("?")[0] ?? "";
    expect((await phone.submit(await phone.open(link), path, { password: ADA.password })).status).toBe(303);

    const sent = await laptop.submit(codePage, "/auth/verify-email", { code: codeIn(mail) });
    expect([sent.status, sent.errorAt("code")?.startsWith("This code no longer works")]).toEqual([422, true]);
    expect(sent.links()).toEqual(["#code", `/auth/signin?${RETURN_QUERY}`, `/auth/signup?${RETURN_QUERY}`]);
    expect(sent.link("Use another one")).toBe(`/auth/signup?${RETURN_QUERY}`);
    expect(sent.forms().map(([action]) => action)).toEqual(["/auth/verify-email"]);
    const other = gatehouse.browser();
    other.cookies.set("gatehouse-verify", SECRET);
    const redirect = await other.open(`/auth/verify-email?${RETURN_QUERY}`);
    expect([redirect.status, redirect.location]).toEqual([303, `/auth/signin?${RETURN_QUERY}`]);
    expect((await other.follow(redirect)).text).toContain("If you verified your email on another device, sign in.");
    const done = await other.submit(await other.follow(redirect), "/auth/signin", ADA.signin);
    expect(done.location).toBe("/app/account");
  });

  test("a browser that blocks cookies gets a page that explains it, instead of the form again", async () => {
    const browser = gatehouse.browser();
    const done = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    browser.cookies.clear();
    const headers = { Referer: `${browser.origin}/auth/signup`, "Sec-Fetch-Site": "same-origin" };
    const page = await browser.request(done.location ?? "", { headers });
    expect([page.status, page.text.includes("Your browser blocks cookies")]).toEqual([403, true]);
  });

  test("the page after the last message with a code links to a password reset, which creates the account", async () => {
    const exhaustMessages = async () => {
      const browser = gatehouse.browser();
      let page = await browser.post(`/auth/signup`, new URLSearchParams({ ...ADA.signup, redirectTo: "/app/account" }));
      for (let count = 0; count < 5 && page.status === 303; count += 1) {
        page = await browser.post("/auth/verify-email/resend", new URLSearchParams({ redirectTo: "/app/account" }));
      }
      return { browser, page };
    };
    const { browser, page } = await exhaustMessages();
    expect([page.status, page.links()]).toEqual([
      429,
      [`/auth/forgot-password?${RETURN_QUERY}`, `/auth/signup?${RETURN_QUERY}`],
    ]);
    await gatehouse.settle();
    await gatehouse.inbox.empty();
    await browser.submit(await browser.open(page.links()[0] ?? ""), "/auth/forgot-password", { email: ADA.email });
    const link = linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/reset-password/");
    const form = await browser.follow(await browser.open(link));
    const fresh = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
    const done = await browser.submit(form, "/auth/reset-password", fresh);
    expect((await browser.follow(done)).text).toContain("Your account is ready");
    const back = await browser.submit(await browser.follow(done), "/auth/signin", {
      email: ADA.email,
      password: fresh.password,
    });
    expect(back.location).toBe("/app/account");
  });
});
