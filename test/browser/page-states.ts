import type { Page } from "playwright-core";
import type { Gatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";
import {
  beMember,
  fillInSignin,
  fillInSignup,
  open,
  openWithNotice,
  type PageState,
  send,
  takeAddress,
} from "./page-state.ts";

/** Has the format of a token, but is not issued. */
const SOME_SECRET = "a".repeat(40);

export const PAGE_STATES: readonly PageState[] = [
  { name: "home-guest", status: 200, title: "Welcome", reach: open("/") },
  { name: "signup", status: 200, title: "Create an account", reach: open("/auth/signup") },
  {
    name: "signup-errors",
    status: 422,
    title: "Error: Create an account",
    reach: async (page) => {
      await page.goto("/auth/signup");
      await page.locator("#email").fill("ada@");
      await page.locator("#password").fill("short");
      await send(page);
    },
  },
  {
    name: "signup-taken",
    status: 422,
    title: "Error: Create an account",
    reach: async (page, gatehouse) => {
      await takeAddress(gatehouse);
      await page.goto("/auth/signup");
      await fillInSignup(page);
      await send(page);
    },
  },
  {
    name: "signup-breached",
    status: 422,
    title: "Error: Create an account",
    reach: async (page) => {
      await page.goto("/auth/signup");
      await fillInSignup(page);
      for (const id of ["#password", "#passwordConfirmation"]) {
        await page.locator(id).fill("correct horse battery staple");
      }
      await send(page);
    },
  },
  {
    name: "signup-revealed",
    status: 200,
    title: "Create an account",
    reach: async (page) => {
      await page.goto("/auth/signup");
      await fillInSignup(page);
      await page.locator("#password + button").click();
    },
  },
  { name: "signin", status: 200, title: "Sign in", reach: open("/auth/signin") },
  { name: "signin-on-the-way", status: 200, title: "Sign in", reach: open("/app/account/sessions") },
  {
    name: "signin-errors",
    status: 422,
    title: "Error: Sign in",
    reach: async (page) => {
      await page.goto("/auth/signin");
      await send(page);
    },
  },
  {
    name: "signin-wrong-credentials",
    status: 401,
    title: "Error: Sign in",
    reach: async (page) => {
      await page.goto("/app/account/sessions");
      await fillInSignin(page);
      await send(page);
    },
  },
  {
    name: "signin-last-attempts",
    status: 401,
    title: "Error: Sign in",
    reach: async (page, gatehouse) => {
      const form = { email: ADA.email, password: "a guess" };
      for (let attempts = 0; attempts < 8; attempts += 1)
        await page.request.post("/auth/signin", { form, headers: { Origin: gatehouse.origin } });
      await page.goto("/auth/signin");
      await fillInSignin(page);
      await send(page);
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
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await page.goto("/app");
    },
  },
  {
    name: "verify-email",
    status: 200,
    title: "Verify your email",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await gatehouse.inbox.newest(ADA.email);
      await page.goto("/auth/verify-email");
    },
  },
  {
    name: "verify-email-not-asked",
    status: 200,
    title: "Verify your email",
    reach: async (page, gatehouse) => {
      await takeAddressHere(page, gatehouse);
      await page.goto("/auth/verify-email");
    },
  },
  {
    name: "verify-email-wrong",
    status: 422,
    title: "Error: Verify your email",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await gatehouse.inbox.newest(ADA.email);
      await page.goto("/auth/verify-email");
      await page.locator("#code").pressSequentially("00000000");
      await page.locator("main button[type=submit]").first().click();
      await page.waitForLoadState();
    },
  },
  {
    name: "verify-email-refused",
    status: 429,
    title: "Error: Verify your email",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await gatehouse.inbox.newest(ADA.email);
      await gatehouse.settle();
      for (let mails = 0; mails < 4; mails += 1) {
        await page.goto("/auth/verify-email");
        await page.locator("form[action$=resend] button").click();
        await page.waitForLoadState();
      }
    },
  },
  {
    name: "verify-link",
    status: 200,
    title: "Verify your email",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/"));
    },
  },
  { name: "verify-link-elsewhere", status: 200, title: "Verify your email", reach: openLinkElsewhere },
  {
    name: "verify-link-elsewhere-errors",
    status: 422,
    title: "Error: Verify your email",
    reach: async (page, gatehouse) => {
      await openLinkElsewhere(page, gatehouse);
      await send(page);
    },
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
    reach: async (page) => {
      await page.goto("/auth/forgot-password");
      await send(page);
    },
  },
  { name: "forgot-password-sent", status: 200, title: "Check your email", reach: open("/auth/forgot-password/sent") },
  { name: "reset-password", status: 200, title: "Choose a new password", reach: openResetLink },
  {
    name: "reset-password-errors",
    status: 422,
    title: "Error: Choose a new password",
    reach: async (page, gatehouse) => {
      await openResetLink(page, gatehouse);
      await send(page);
    },
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
    reach: async (page) => {
      for (let mails = 0; mails <= 3; mails += 1) {
        await page.goto("/auth/forgot-password");
        await page.locator("#email").fill("nob@example.com");
        await send(page);
      }
    },
  },
  {
    name: "too-many-forms",
    status: 429,
    title: "Error: Sign in",
    reach: async (page, gatehouse) => {
      const form = { email: "nob@example.com", password: "a guess" };
      await page.request.post("/auth/signin", { form, headers: { Origin: gatehouse.origin } });
      const now = Array<number>(300).fill(Date.now());
      for (const counter of await gatehouse.redis.keys("window:ip:*")) await gatehouse.redis.lpush(counter, ...now);
      await page.goto("/auth/signin");
      await page.locator("#email").fill(form.email);
      await page.locator("#password").fill(form.password);
      await send(page);
    },
  },
  {
    name: "bad-request",
    status: 400,
    title: "We couldn't read that form",
    reach: tamper((form) => form.append(form.querySelector("[name=email]")?.cloneNode() ?? "")),
  },
  {
    name: "foreign-origin",
    status: 403,
    title: "For your safety, open the form again",
    reach: async (page, { origin }) => {
      await page.setContent(`<form method="post" action="${origin}/auth/signin"><button>Send</button></form>`);
      await page.getByRole("button").click();
      await page.waitForURL(`${origin}/auth/signin`);
    },
  },
  {
    name: "signed-in-as-other",
    status: 409,
    title: "Another account is signed in",
    reach: async (page, gatehouse) => {
      await page.goto("/auth/signin?redirectTo=%2Fapp%2Faccount");
      await page.locator("#email").fill("somebody-else@example.com");
      await page.locator("#password").fill(ADA.password);
      const browser = gatehouse.browser();
      await browser.post("/auth/signup", new URLSearchParams(ADA.signup));
      const value = browser.cookies.get("gatehouse") ?? "";
      await page.context().addCookies([{ name: "gatehouse", value, url: gatehouse.origin, httpOnly: true }]);
      await send(page);
    },
  },
  {
    name: "form-for-other-link",
    status: 409,
    title: "Another link was opened",
    reach: async (page, gatehouse) => {
      await takeAddress(gatehouse);
      await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
      await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
      const value = "a".repeat(40);
      await page.context().addCookies([{ name: "gatehouse-reset", value, url: gatehouse.origin, httpOnly: true }]);
      await send(page);
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
    reach: tamper((form) => {
      const email = form.querySelector<HTMLInputElement>("[name=email]");
      if (email) email.value = "a".repeat(65_536);
    }),
  },
  {
    name: "not-a-form",
    status: 415,
    title: "That isn't a form",
    reach: tamper((form) => {
      form.enctype = "text/plain";
    }),
  },
  {
    name: "unavailable",
    status: 503,
    title: "Error: Sign in",
    reach: async (page, gatehouse) => {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
      await page.goto("/auth/signin");
      await fillInSignin(page);
      await send(page);
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

/** Signs Ada in on a device without a pending verification. */
async function takeAddressHere(page: Page, gatehouse: Gatehouse): Promise<void> {
  await beMember(page, gatehouse);
  await page.context().clearCookies({ name: "gatehouse-verify" });
}

async function openLinkElsewhere(page: Page, gatehouse: Gatehouse): Promise<void> {
  await takeAddress(gatehouse);
  await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/"));
}

async function openResetLink(page: Page, gatehouse: Gatehouse): Promise<void> {
  await takeAddress(gatehouse);
  await page.goto("/auth/forgot-password");
  await page.locator("#email").fill(ADA.email);
  await send(page);
  await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
}

/** Sends the sign-in form after a change that no browser makes. */
function tamper(change: (form: HTMLFormElement) => void): (page: Page) => Promise<void> {
  return async (page) => {
    await page.goto("/auth/signin");
    await page.locator("form").first().evaluate(change);
    await send(page);
  };
}
