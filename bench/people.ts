import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "@upstash/redis";
import { Browser } from "../test/support/browser.ts";
import type { Deployment } from "./deployment.ts";

export const PASSWORD = "analytical engine 1843";

/** Returns the email of a person. All emails have the same length, so that all pages have the same length. */
export function emailOf(index: number): string {
  return `person-${`${index}`.padStart(7, "0")}@example.com`;
}

/** Creates a browser without cookies for the Worker at `origin`. */
export function browserAt(origin: string): Browser {
  return new Browser(origin, fetch);
}

/** Submits the sign-up form. Like the other forms, rejects unless the Worker redirects. */
export async function signUp(browser: Browser, email: string): Promise<void> {
  await submit(browser, "/auth/signup", { email, password: PASSWORD, passwordConfirmation: PASSWORD });
}

export async function signIn(browser: Browser, email: string): Promise<void> {
  await submit(browser, "/auth/signin", { email, password: PASSWORD });
}

export async function signOut(browser: Browser): Promise<void> {
  await submit(browser, "/auth/signout", {});
}

async function submit(browser: Browser, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const page = await browser.post(path, new URLSearchParams(fields));
  if (page.status !== 303) throw new Error(`POST ${path} answered ${page.status}: ${page.body.slice(0, 400)}`);
}

/** Starts a session for each of `count` people, in separate browsers. The floor has no sessions. */
export async function startSessions(deployment: Deployment, origin: string, count: number): Promise<Browser[]> {
  const browsers = Array.from({ length: count }, () => browserAt(origin));
  for (const [index, browser] of browsers.entries()) await startSessionOf(deployment, browser, emailOf(index));
  return browsers;
}

async function startSessionOf({ variant, standIns }: Deployment, browser: Browser, email: string): Promise<void> {
  switch (variant) {
    case "floor":
      return;
    case "one-call": {
      // This variant has no sign-up, so its session is written to Redis directly.
      const redis = new Redis({ url: standIns.redisUrl, token: standIns.redisToken });
      const id = crypto.randomUUID().replaceAll("-", "");
      await redis.set(`session:${id}`, JSON.stringify({ email }));
      browser.cookies.set("session", id);
      return;
    }
    default:
      await signUp(browser, email);
  }
}

/** Returns the `Cookie` header of this browser. */
export function cookieOf({ cookies }: Browser): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

/** Longer than the Worker takes from the response of a store to its next call. */
const QUIET_MILLISECONDS = 15;

/** Waits for the end of work after the response: until no call is open and none has begun for `quiet` milliseconds. */
export async function waitUntilIdle({ standIns: { traffic } }: Deployment, quiet = QUIET_MILLISECONDS): Promise<void> {
  for (let seen = -1; seen !== traffic.calls.length || traffic.calls.some(({ endedAt }) => endedAt === Infinity); ) {
    seen = traffic.calls.length;
    await sleep(quiet);
  }
}
