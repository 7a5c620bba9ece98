import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";
import { cookieOf } from "../support/stored.ts";
import { beMember, open, openWithNotice, type PageState, send, takeAddress, visit } from "./page-state.ts";

/** Has the format of a token, but is not issued. */
const SOME_SECRET = "a".repeat(40);

/** The stand-in for the service of breached passwords knows it. */
const BREACHED = "correct horse battery staple";

export const PAGE_STATES: readonly PageState[] = [
  { name: "home-guest", status: 200, title: "Welcome", reach: open("/") },
  { name: "signup", status: 200, title: "Create an account", reach: open("/auth/signup") },
  {
    name: "signup-errors",
    status: 422,
    title: "Error: Create an account",
    reach: sendForm("/auth/signup", { email: "ada@", password: "short" }),
  },
  {
    name: "signup-taken",
    status: 422,
    title: "Error: Create an account",
    reach: async (browser, gatehouse) => {
      await takeAddress(gatehouse);
      return sendForm("/auth/signup", ADA.signup)(browser);
    },
  },
  {
    name: "signup-breached",
    status: 422,
    title: "Error: Create an account",
    reach: sendForm("/auth/signup", { email: ADA.email, password: BREACHED, passwordConfirmation: BREACHED }),
  },
  {
    name: "signup-revealed",
    status: 200,
    title: "Create an account",
    reach: open("/auth/signup"),
    use: async (page) => {
      for (const [name, text] of Object.entries(ADA.signup)) await page.locator(`#${name}`).fill(text);
      await page.locator("#password + button").click();
    },
  },
  { name: "signin", status: 200, title: "Sign in", reach: open("/auth/signin") },
  { name: "signin-on-the-way", status: 200, title: "Sign in", reach: open("/app/account/sessions") },
  {
    name: "signin-errors",
    status: 422,
    title: "Error: Sign in",
    reach: sendForm("/auth/signin", {}),
  },
  {
    name: "signin-wrong-credentials",
    status: 401,
    title: "Error: Sign in",
    reach: sendForm("/app/account/sessions", ADA.signin),
  },
  {
    name: "signin-last-attempts",
    status: 401,
    title: "Error: Sign in",
    reach: async (browser) => {
      const form = new URLSearchParams({ email: ADA.email, password: "a guess" });
      for (let attempts = 0; attempts < 8; attempts += 1) await browser.post("/auth/signin", form);
      return sendForm("/auth/signin", ADA.signin)(browser);
    },
  },
  {
    name: "signin-after-reset",
    status: 200,
    title: "Sign in",
    reach: openWithNotice("password-reset", "/auth/signin"),
  },
  {
    name: "signin-after-verification",
    status: 200,
    title: "Sign in",
    reach: openWithNotice("verified", "/auth/signin"),
  },
  {
    name: "signin-after-other-change",
    status: 200,
    title: "Sign in",
    reach: openWithNotice("stale", "/auth/signin"),
  },
  {
    name: "home-account-deleted",
    status: 200,
    title: "Your account was deleted",
    reach: openWithNotice("account-deleted", "/"),
  },
  {
    name: "app",
    status: 200,
    title: "Home",
    reach: async (browser) => {
      await beMember(browser);
      return visit(browser, "/app");
    },
  },
  {
    name: "verify-email",
    status: 200,
    title: "Verify your email",
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      await gatehouse.inbox.newest(ADA.email);
      return visit(browser, "/auth/verify-email");
    },
  },
  {
    name: "verify-email-not-asked",
    status: 200,
    title: "Verify your email",
    reach: async (browser) => {
      await beMember(browser);
      browser.cookies.delete("gatehouse-verify");
      return visit(browser, "/auth/verify-email");
    },
  },
  {
    name: "verify-email-wrong",
    status: 422,
    title: "Error: Verify your email",
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      await gatehouse.inbox.newest(ADA.email);
      return sendForm("/auth/verify-email", { code: "00000000" })(browser);
    },
  },
  {
    name: "verify-email-refused",
    status: 429,
    title: "Error: Verify your email",
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      await gatehouse.inbox.newest(ADA.email);
      await gatehouse.settle();
      let page = await visit(browser, "/auth/verify-email");
      for (let mails = 0; mails < 4; mails += 1) {
        const answer = await browser.submit(page, "/auth/verify-email/resend");
        if (answer.location === null) return answer;
        page = await browser.follow(answer);
      }
      return page;
    },
  },
  {
    name: "verify-link",
    status: 200,
    title: "Verify your email",
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      return visit(browser, linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/"));
    },
  },
  { name: "verify-link-elsewhere", status: 200, title: "Verify your email", reach: openLinkElsewhere },
  {
    name: "verify-link-elsewhere-errors",
    status: 422,
    title: "Error: Verify your email",
    reach: async (browser, gatehouse) => send(browser, await openLinkElsewhere(browser, gatehouse)),
  },
  {
    name: "verify-link-dead",
    status: 410,
    title: "This link no longer works",
    reach: open(`/auth/verify-email/${SOME_SECRET}`),
  },
  { name: "forgot-password", status: 200, title: "Reset password", reach: open("/auth/forgot-password") },
  {
    name: "forgot-password-errors",
    status: 422,
    title: "Error: Reset password",
    reach: sendForm("/auth/forgot-password", {}),
  },
  { name: "forgot-password-sent", status: 200, title: "Check your email", reach: open("/auth/forgot-password/sent") },
  { name: "reset-password", status: 200, title: "Choose a new password", reach: openResetLink },
  {
    name: "reset-password-errors",
    status: 422,
    title: "Error: Choose a new password",
    reach: async (browser, gatehouse) => send(browser, await openResetLink(browser, gatehouse)),
  },
  {
    name: "reset-link-dead",
    status: 410,
    title: "This link no longer works",
    reach: open(`/auth/reset-password/${SOME_SECRET}`),
  },
  {
    name: "too-many-mails",
    status: 429,
    title: "Error: Reset password",
    reach: async (browser) => {
      const ask = sendForm("/auth/forgot-password", { email: "nob@example.com" });
      for (let mails = 0; mails < 3; mails += 1) await ask(browser);
      return ask(browser);
    },
  },
  {
    name: "too-many-forms",
    status: 429,
    title: "Error: Sign in",
    reach: async (browser, gatehouse) => {
      const form = { email: "nob@example.com", password: "a guess" };
      await browser.post("/auth/signin", new URLSearchParams(form));
      const now = Array<number>(300).fill(Date.now());
      for (const counter of await gatehouse.redis.keys("window:ip:*")) await gatehouse.redis.lpush(counter, ...now);
      return sendForm("/auth/signin", form)(browser);
    },
  },
  {
    name: "bad-request",
    status: 400,
    title: "We couldn't read that form",
    reach: async (browser) => browser.post("/auth/signin", new URLSearchParams("email=&email=&password=")),
  },
  {
    name: "foreign-origin",
    status: 403,
    title: "For your safety, open the form again",
    reach: async (browser) =>
      browser.post("/auth/signin", new URLSearchParams(), { Origin: "null", "Sec-Fetch-Site": "cross-site" }),
  },
  {
    name: "signed-in-as-other",
    status: 409,
    title: "Another account is signed in",
    reach: async (browser, gatehouse) => {
      const form = await visit(browser, "/auth/signin?redirectTo=%2Fapp%2Faccount");
      const otherTab = gatehouse.browser();
      await beMember(otherTab);
      browser.cookies.set("gatehouse", cookieOf(otherTab));
      return send(browser, form, { email: "somebody-else@example.com", password: ADA.password });
    },
  },
  {
    name: "form-for-other-link",
    status: 409,
    title: "Another link was opened",
    reach: async (browser, gatehouse) => {
      await takeAddress(gatehouse);
      await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
      const form = await visit(browser, linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
      browser.cookies.set("gatehouse-reset", SOME_SECRET);
      return send(browser, form);
    },
  },
  {
    name: "reset-without-link",
    status: 410,
    title: "Open the link in your email",
    reach: open("/auth/reset-password"),
  },
  { name: "not-found", status: 404, title: "Page not found", reach: open("/nowhere") },
  { name: "wrong-method", status: 405, title: "Sign out?", reach: open("/auth/signout") },
  {
    name: "too-large",
    status: 413,
    title: "That form is too large",
    reach: async (browser) =>
      browser.post("/auth/signin", new URLSearchParams({ email: "a".repeat(65_536), password: "" })),
  },
  {
    name: "not-a-form",
    status: 415,
    title: "That isn't a form",
    reach: async (browser) => browser.post("/auth/signin", "email=\r\npassword=\r\n", { "Content-Type": "text/plain" }),
  },
  {
    name: "unavailable",
    status: 503,
    title: "Error: Sign in",
    reach: async (browser, gatehouse) => {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
      return sendForm("/auth/signin", ADA.signin)(browser);
    },
  },
];

/** A page of a Worker with an invalid variable. */
export const MISCONFIGURED: PageState = {
  name: "misconfigured",
  status: 503,
  title: "Gatehouse is not configured",
  reach: open("/"),
};

async function openLinkElsewhere(browser: Browser, gatehouse: Gatehouse): Promise<Page> {
  await takeAddress(gatehouse);
  return visit(browser, linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/"));
}

async function openResetLink(browser: Browser, gatehouse: Gatehouse): Promise<Page> {
  await takeAddress(gatehouse);
  await sendForm("/auth/forgot-password", { email: ADA.email })(browser);
  return visit(browser, linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
}

/** Opens a page, fills in its form, and sends it. */
function sendForm(path: string, typed: Readonly<Record<string, string>>): (browser: Browser) => Promise<Page> {
  return async (browser) => send(browser, await visit(browser, path), typed);
}
