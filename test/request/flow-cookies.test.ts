import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";

const RESET = "/auth/reset-password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
/** Cookies that stay: of the session, the known device, the ended session, the language and the notice. */
const LASTING = ["gatehouse", "gatehouse-device", "gatehouse-ended", "gatehouse-lang", "gatehouse-notice"];

describe.skipIf(enginesAreMissing())("the cookies of a flow", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const flowCookies = ({ cookies }: Browser) => [...cookies.keys()].filter((name) => !LASTING.includes(name));
  const mailLink = async (count: number) => {
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    return linkIn(await gatehouse.inbox.newest(ADA.email, count), `${RESET}/`);
  };

  test("end at sign-in: after an opened reset link, a sign-in and a sign-out, the next person finds no form", async () => {
    await signUp(gatehouse);
    const link = await mailLink(2);
    const browser = gatehouse.browser();
    await browser.follow(await browser.open(link));
    expect(flowCookies(browser)).toEqual(["gatehouse-reset"]);
    await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    expect(flowCookies(browser)).toEqual([]);
    await browser.submit(await browser.open("/app"), "/auth/signout");
    expect(flowCookies(browser)).toEqual([]);
    expect((await browser.open(RESET)).status).toBe(410);
    await gatehouse.settle();
    // The token was consumed, too: a copy of the cookie or a link from the history does not work.
    const again = gatehouse.browser();
    expect((await again.follow(await again.open(link))).status).toBe(410);
  });

  test("end at sign-in without revoking a link that was not opened here", async () => {
    await signUp(gatehouse);
    const link = await mailLink(2);
    await signIn(gatehouse);
    await gatehouse.settle();
    const owner = gatehouse.browser();
    const page = await owner.follow(await owner.open(link));
    expect((await owner.submit(page, RESET, FRESH)).status).toBe(303);
    expect(flowCookies(owner)).toEqual([]);
  });

  test("end at sign-out, for a reset and for a verification", async () => {
    const browser = await signUp(gatehouse);
    const link = await mailLink(2);
    await browser.open(link);
    expect(flowCookies(browser).toSorted()).toEqual(["gatehouse-reset", "gatehouse-verify"]);
    await browser.submit(await browser.open("/app"), "/auth/signout");
    expect(flowCookies(browser)).toEqual([]);
    await gatehouse.settle();
    expect((await browser.follow(await browser.open(link))).status).toBe(410);
    expect(flowCookies(browser)).toEqual([]);
  });

  test("end with the deletion of an account, also for a flow of another account", async () => {
    await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" });
    const browser = await signUp(gatehouse);
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: "bob@example.com" }));
    await browser.open(linkIn(await gatehouse.inbox.newest("bob@example.com", 2), `${RESET}/`));
    expect(flowCookies(browser).toSorted()).toEqual(["gatehouse-reset", "gatehouse-verify"]);
    const typed = { currentPassword: ADA.password, confirmation: "yes" };
    const page = await browser.open("/app/account/delete");
    expect((await browser.submit(page, "/app/account/delete", typed)).status).toBe(303);
    expect(flowCookies(browser)).toEqual([]);
    expect((await browser.open(RESET)).status).toBe(410);
  });

  test("end with the code, wherever that was consumed", async () => {
    const browser = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    const secret = browser.cookies.get("gatehouse-verify") ?? "";
    await browser.submit(await browser.open("/auth/verify-email"), "/auth/verify-email", { code: codeIn(mail) });
    expect(flowCookies(browser)).toEqual([]);
    const other = gatehouse.browser();
    other.cookies.set("gatehouse-verify", secret);
    expect((await other.post("/auth/verify-email", new URLSearchParams({ code: codeIn(mail) }))).status).toBe(422);
    expect(flowCookies(other)).toEqual([]);
  });
});

describe.skipIf(enginesAreMissing())("the notice on a page", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const NOTICES = [
    "account-deleted",
    "password-changed",
    "email-changed",
    "password-reset",
    "others-ended",
    "verified",
  ];

  test("cannot be set by a link", async () => {
    const guest = gatehouse.browser();
    const member = await signUp(gatehouse);
    const plain = {
      home: (await guest.open("/")).text,
      signin: (await guest.open("/auth/signin")).text,
      account: (await member.open("/app/account")).text,
      sessions: (await member.open("/app/account/sessions")).text,
      email: (await member.open("/app/account/email")).text,
    };
    for (const notice of NOTICES) {
      expect((await guest.open(`/?notice=${notice}`)).text).toBe(plain.home);
      expect((await guest.open(`/auth/signin?notice=${notice}`)).text).toBe(plain.signin);
      expect((await member.open(`/app/account?notice=${notice}`)).text).toBe(plain.account);
      expect((await member.open(`/app/account/sessions?notice=${notice}`)).text).toBe(plain.sessions);
    }
    expect((await member.open("/app/account/email?sent")).text).toBe(plain.email);
  });

  test("is shown once, on the page that it belongs to", async () => {
    const member = await signUp(gatehouse);
    const typed = { currentPassword: ADA.password, ...FRESH };
    const done = await member.submit(await member.open("/app/account/password"), "/app/account/password", typed);
    expect([done.location, done.notice]).toEqual(["/app/account", "password-changed"]);
    expect((await member.open("/app")).text).not.toContain("Your password was changed");
    expect((await member.follow(done)).text).toContain("Your password was changed");
    expect((await member.follow(done)).text).not.toContain("Your password was changed");
    member.cookies.set("gatehouse-notice", "<b>__proto__</b>");
    expect((await member.open("/app/account")).body).not.toContain("<b>");
  });
});
