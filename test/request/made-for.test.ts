import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { cookieOf, handleOf, userIdOf } from "../support/stored.ts";

const BOB = { ...ADA.signup, email: "bob@example.com" };
const BOB_SIGNIN = { email: BOB.email, password: ADA.password };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const ACCOUNT = "/app/account";
const RESET = "/auth/reset-password";
const VERIFY = "/auth/verify-email";

describe.skipIf(enginesAreMissing())("the account that a form acts for:", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const dump = async () => {
    const tables = ["users", "keys", "one_time_tokens"].map(
      async (table) => (await gatehouse.database.execute(`select * from \`${table}\``)).rows,
    );
    return JSON.stringify(await Promise.all(tables));
  };

  /** In one browser, Ada's page is open in a tab, and Bob has signed in in another tab. Both have the same password. */
  const replaceAda = async (open: (ada: Browser, phone: Browser) => Promise<Page>) => {
    await signUp(gatehouse, BOB);
    const browser = await signUp(gatehouse);
    const phone = await signIn(gatehouse);
    const page = await open(browser, phone);
    const bob = await signIn(gatehouse, BOB_SIGNIN);
    browser.cookies.set("gatehouse", cookieOf(bob));
    await gatehouse.settle();
    return { browser, page, before: await dump() };
  };

  const FORMS: readonly [name: string, page: string, action: string, typed: Readonly<Record<string, string>>][] = [
    ["the password", `${ACCOUNT}/password`, `${ACCOUNT}/password`, { currentPassword: ADA.password, ...FRESH }],
    ["the email", `${ACCOUNT}/email`, `${ACCOUNT}/email`, { email: "new@example.com" }],
    ["the deletion", `${ACCOUNT}/delete`, `${ACCOUNT}/delete`, { currentPassword: ADA.password, confirmation: "yes" }],
    ["all other sessions", `${ACCOUNT}/sessions?end=others`, `${ACCOUNT}/sessions/revoke-others`, {}],
    ["one session", `${ACCOUNT}/sessions?end=`, `${ACCOUNT}/sessions/revoke`, {}],
    ["another mail", VERIFY, `${VERIFY}/resend`, {}],
    ["a code", VERIFY, VERIFY, { code: "00000000" }],
  ];

  test.each(FORMS)(
    "Ada's form for %s gets a 409 and changes nothing after Bob has signed in",
    async (_, path, action, typed) => {
      const { browser, page, before } = await replaceAda(async (ada, phone) =>
        ada.open(path.endsWith("=") ? path + handleOf(phone) : path),
      );
      const answer = await browser.submit(page, action, typed);
      expect(answer.status).toBe(409);
      expect(answer.text).toContain(`This form was opened for another account. You're signed in as ${BOB.email} now`);
      expect(answer.text).not.toContain(ADA.email);
      expect(answer.setCookies).toEqual([]);
      await gatehouse.settle();
      expect(await dump()).toBe(before);
      await expect.poll(() => gatehouse.logs()).toContain('"event":"not-the-owner"');

      const there = await browser.open(answer.link(`Continue as ${BOB.email}`));
      expect([200, 303]).toContain(there.status);
      const out = await browser.submit(answer, "/auth/signout");
      expect(out.location).toBe(`/auth/signin?redirectTo=${encodeURIComponent(action)}`);
      expect((await browser.open("/app")).status).toBe(303);
    },
  );

  test("a form without the name of its account acts for the session that it is sent with", async () => {
    const ada = await signUp(gatehouse);
    const typed = new URLSearchParams({ currentPassword: ADA.password, ...FRESH });
    expect((await ada.post(`${ACCOUNT}/password`, typed)).status).toBe(303);
  });

  test("of two reset links in two tabs, the form of one does not change the password of the other account", async () => {
    await signUp(gatehouse, BOB);
    await signUp(gatehouse);
    const browser = gatehouse.browser();
    const openLink = async (email: string) => {
      await browser.post("/auth/forgot-password", new URLSearchParams({ email }));
      return browser.follow(await browser.open(linkIn(await gatehouse.inbox.newest(email, 2), `${RESET}/`)));
    };
    const adas = await openLink(ADA.email);
    const bobs = await openLink(BOB.email);
    const refused = await browser.submit(adas, RESET, FRESH);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("You opened another link in this browser");
    expect(refused.links()).toEqual(["/auth/forgot-password", RESET]);
    for (const email of [ADA.email, BOB.email]) {
      expect((await (await signIn(gatehouse, { email, password: ADA.password })).open("/app")).status).toBe(200);
    }
    expect((await browser.submit(bobs, RESET, FRESH)).status).toBe(303);
    await signIn(gatehouse, { email: BOB.email, password: FRESH.password });
    await signIn(gatehouse);
  });

  test.each(["/auth/signin", "/auth/signup"])(
    "after a sign-in elsewhere, %s redirects for the same email, and gets a 409 with both choices for another",
    async (path) => {
      await signUp(gatehouse);
      const browser = gatehouse.browser();
      const page = await browser.open(`${path}?redirectTo=%2Fapp%2Faccount`);
      browser.cookies.set("gatehouse", cookieOf(await signIn(gatehouse)));
      await gatehouse.settle();
      const before = await dump();
      const typed = path.endsWith("signup") ? ADA.signup : ADA.signin;
      const same = await browser.submit(page, path, { ...typed, email: ` ${ADA.email.toUpperCase()} ` });
      expect([same.status, same.location]).toEqual([303, "/app/account"]);
      const other = await browser.submit(page, path, { ...typed, email: BOB.email });
      expect(other.status).toBe(409);
      expect(other.text).toContain(`You're signed in here as ${ADA.email}`);
      expect(other.link(`Continue as ${ADA.email}`)).toBe("/app/account");
      expect(other.text).toContain(`Sign out and use ${BOB.email}`);
      await gatehouse.settle();
      expect(await dump()).toBe(before);
      const out = await browser.submit(other, "/auth/signout");
      expect(out.location).toBe("/auth/signin?redirectTo=%2Fapp%2Faccount");
    },
  );

  test("sign-out ends any session, whatever else the form contains", async () => {
    const { browser, page } = await replaceAda((ada) => ada.open("/app"));
    expect((await browser.submit(page, "/auth/signout")).status).toBe(303);
    expect((await browser.open("/app")).status).toBe(303);
    const odd = await signIn(gatehouse);
    const body = "redirectTo=%2Fapp&redirectTo=%2F&x=%ff";
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const answer = await odd.post("/auth/signout", body, type);
    expect([answer.status, answer.location, cookieOf(odd)]).toEqual([303, "/auth/signin", ""]);
  });

  test("a form sent after its session has ended changes nothing, and the next page says so", async () => {
    const ada = await signUp(gatehouse);
    const page = await ada.open(`${ACCOUNT}/password`);
    await gatehouse.redis.flushdb();
    const answer = await ada.submit(page, `${ACCOUNT}/password`, { currentPassword: ADA.password, ...FRESH });
    expect([answer.status, answer.location]).toEqual([
      303,
      `/auth/signin?redirectTo=${encodeURIComponent(`${ACCOUNT}/password`)}`,
    ]);
    expect((await ada.follow(answer)).text).toContain("You were signed out, and nothing was changed");
    await signIn(gatehouse);
  });

  test("after a sign-in elsewhere, a sign-in form with an invalid email does not redirect to the account", async () => {
    const ada = await signUp(gatehouse);
    const answer = await ada.post("/auth/signin", new URLSearchParams({ email: "bob@", password: "x" }));
    expect([answer.status, answer.text.includes(ADA.email)]).toEqual([409, true]);
  });

  test("a code for one email, entered after another account has signed in, gets a 409 and is not consumed", async () => {
    const ada = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const page = await ada.open(VERIFY);
    const own = cookieOf(ada);
    ada.cookies.set("gatehouse", cookieOf(await signUp(gatehouse, BOB)));
    const refused = await ada.post(VERIFY, new URLSearchParams({ code, madeFor: "nobody" }));
    expect([refused.status, refused.text.includes(BOB.email)]).toEqual([409, true]);
    ada.cookies.set("gatehouse", own);
    expect((await ada.submit(page, VERIFY, { code })).status).toBe(303);
  });

  test("a link to verify one email, opened or confirmed in another account's session, names that account and offers to sign out", async () => {
    await signUp(gatehouse);
    const link = linkIn(await gatehouse.inbox.newest(ADA.email), `${VERIFY}/`);
    const bob = await signUp(gatehouse, BOB);
    for (const page of [await bob.open(link), await bob.post(link, new URLSearchParams())]) {
      expect(page.status).toBe(409);
      expect(page.text).toContain("This link is for another account");
      expect(page.text).toContain(BOB.email);
      expect(page.text).not.toContain(ADA.email);
    }
    const out = await bob.submit(await bob.open(link), "/auth/signout");
    expect(out.location).toBe(`/auth/signin?redirectTo=${encodeURIComponent(link)}`);
    const back = await bob.submit(await bob.follow(out), "/auth/signin", ADA.signin);
    expect(back.location).toBe(link);
    expect((await bob.submit(await bob.follow(back), link)).status).toBe(303);
    expect(await bob.open("/auth/session").then(({ body }) => JSON.parse(body).user)).toMatchObject({
      id: userIdOf(bob),
      email: ADA.email,
      emailVerified: true,
    });
  });

  test("after a reset by link in another account's session, the page names that account and both choices", async () => {
    await signUp(gatehouse);
    const browser = await signUp(gatehouse, BOB);
    await browser.post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`);
    const page = await browser.follow(await browser.open(link));
    expect(page.field("email").getAttribute("value")).toBe(ADA.email);
    const done = await browser.submit(page, RESET, FRESH);
    expect([done.status, done.location]).toEqual([303, "/auth/signin"]);
    const after = await browser.follow(done);
    expect([after.status, after.links()]).toEqual([200, ["/app"]]);
    expect(after.text).toContain("The password of the account that the link was sent for was changed");
    expect(after.text).toContain(`You're signed in here as ${BOB.email}`);
    // Without a notice, the sign-in page redirects a signed-in visitor.
    expect((await browser.open("/auth/signin")).location).toBe("/app");
    expect((await browser.submit(after, "/auth/signout")).location).toBe("/auth/signin");
    await signIn(gatehouse, { email: ADA.email, password: FRESH.password });
  });
});

describe.skipIf(enginesAreMissing())(
  "the account that a form with a code acts for, if verification is required:",
  () => {
    let gatehouse: Gatehouse;
    beforeAll(async () => {
      gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
    });
    beforeEach(() => gatehouse.reset());
    afterAll(() => gatehouse.close());

    test("of two sign-ups in two tabs of one browser, each form acts for its own email only", async () => {
      const browser = gatehouse.browser();
      const apply = async (typed: Readonly<Record<string, string>>) =>
        browser.follow(await browser.submit(await browser.open("/auth/signup"), "/auth/signup", typed));
      const adas = await apply(ADA.signup);
      const bobs = await apply(BOB);
      expect([adas.text.includes(ADA.email), bobs.text.includes(BOB.email)]).toEqual([true, true]);
      const codes = {
        ada: codeIn(await gatehouse.inbox.newest(ADA.email)),
        bob: codeIn(await gatehouse.inbox.newest(BOB.email)),
      };

      const resent = await browser.submit(adas, `${VERIFY}/resend`);
      expect([resent.status, resent.links()]).toEqual([409, [VERIFY]]);
      const entered = await browser.submit(adas, VERIFY, { code: codes.bob });
      expect([entered.status, browser.cookies.has("gatehouse")]).toEqual([409, false]);
      for (let count = 0; count < 6; count += 1)
        expect((await browser.submit(adas, VERIFY, { code: codes.ada })).status).toBe(409);
      await gatehouse.settle();
      expect(await gatehouse.inbox.at(BOB.email)).toHaveLength(1);
      // None of Bob's attempts was counted.
      expect((await browser.submit(bobs, VERIFY, { code: codes.bob })).location).toBe("/app");
    });

    test("a link that completes another sign-up, opened while signed in, asks to sign out and open it again", async () => {
      const browser = gatehouse.browser();
      const apply = (typed: Readonly<Record<string, string>>) =>
        gatehouse.browser().post("/auth/signup", new URLSearchParams(typed));
      await browser.post("/auth/signup", new URLSearchParams(BOB));
      await browser.post(VERIFY, new URLSearchParams({ code: codeIn(await gatehouse.inbox.newest(BOB.email)) }));
      await apply(ADA.signup);
      const link = linkIn(await gatehouse.inbox.newest(ADA.email), `${VERIFY}/`);
      const page = await browser.open(link);
      expect([page.status, page.text.includes("then open the link in your email again")]).toEqual([409, true]);
      expect((await browser.submit(page, "/auth/signout")).location).toBe("/auth/signin");
      expect((await browser.submit(await browser.open(link), link, { password: ADA.password })).status).toBe(303);
    });
  },
);
