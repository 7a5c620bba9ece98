import type { Page } from "playwright-core";
import type { Gatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";
import { fillInSignin, fillInSignup, signUp } from "./steps.ts";

/** A page as somebody may see it, and how one comes to see it. */
export interface PageState {
  /** Of the screenshots too. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly reach: (page: Page, gatehouse: Gatehouse) => Promise<void>;
}

const open = (path: string) => async (page: Page) => {
  await page.goto(path);
};

export const PAGE_STATES: readonly PageState[] = [
  { name: "home-guest", status: 200, title: "Welcome", reach: open("/") },
  {
    name: "home-member",
    status: 200,
    title: "Welcome",
    reach: async (page) => {
      await signUp(page);
      await page.goto("/");
    },
  },
  { name: "signup", status: 200, title: "Create an account", reach: open("/auth/signup") },
  {
    name: "signup-errors",
    status: 422,
    title: "Error: Create an account",
    reach: async (page) => {
      await page.goto("/auth/signup");
      await page.getByLabel("E-mail address", { exact: true }).fill("ada@");
      await page.getByLabel("Password", { exact: true }).fill("short");
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
    name: "signup-revealed",
    status: 200,
    title: "Create an account",
    reach: async (page) => {
      await page.goto("/auth/signup");
      await fillInSignup(page);
      await page.getByRole("button", { name: "Show Password" }).click();
    },
  },
  { name: "signin", status: 200, title: "Sign in", reach: open("/auth/signin") },
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
      await page.goto("/auth/signin");
      await fillInSignin(page);
      await send(page);
    },
  },
  { name: "app", status: 200, title: "Your page", reach: signUp },
  {
    name: "bad-request",
    status: 400,
    title: "That did not arrive whole",
    reach: tamper((form) => form.append(form.querySelector("[name=email]")?.cloneNode() ?? "")),
  },
  {
    name: "foreign-origin",
    status: 403,
    title: "That did not come from here",
    reach: async (page, { origin }) => {
      await page.setContent(`<form method="post" action="${origin}/auth/signin"><button>Send</button></form>`);
      await page.getByRole("button").click();
    },
  },
  { name: "not-found", status: 404, title: "There is no such page", reach: open("/nowhere") },
  { name: "wrong-method", status: 405, title: "That cannot be done here", reach: open("/auth/signout") },
  {
    name: "too-large",
    status: 413,
    title: "That is too large",
    reach: tamper((form) => {
      const email = form.querySelector<HTMLInputElement>("[name=email]");
      if (email) email.value = "a".repeat(65_536);
    }),
  },
  {
    name: "not-a-form",
    status: 415,
    title: "That is not a form",
    reach: tamper((form) => {
      form.enctype = "text/plain";
    }),
  },
  {
    name: "unavailable",
    status: 503,
    title: "We cannot do that right now",
    reach: async (page, gatehouse) => {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
      await page.goto("/auth/signin");
      await fillInSignin(page);
      await send(page);
    },
  },
];

/** Of a Worker with a variable that is wrong. */
export const MISCONFIGURED: PageState = {
  name: "misconfigured",
  status: 503,
  title: "Gatehouse is not configured",
  reach: open("/"),
};

async function send(page: Page): Promise<void> {
  await page.locator("button[type=submit]").click();
  await page.waitForLoadState();
}

/** Sends the sign-in form in a way that it does not have by itself. */
function tamper(change: (form: HTMLFormElement) => void): (page: Page) => Promise<void> {
  return async (page) => {
    await page.goto("/auth/signin");
    await page.locator("form").evaluate(change);
    await send(page);
  };
}

/** The address is somebody else's already. */
async function takeAddress(gatehouse: Gatehouse): Promise<void> {
  const password = "a password of another person";
  const form = new URLSearchParams({ email: ADA.email, password, passwordConfirmation: password });
  const answer = await gatehouse.browser().post("/auth/signup", form);
  if (answer.status !== 303) throw new Error(`Sign-up answered ${answer.status}`);
}
