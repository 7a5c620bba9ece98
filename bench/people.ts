import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "@upstash/redis";
import { Browser } from "../test/support/browser.ts";
import type { Stage } from "./stage.ts";

export const PASSWORD = "analytical engine 1843";

/** All of the same length, so that all their pages are. */
export function emailOf(index: number): string {
  return `person-${`${index}`.padStart(7, "0")}@example.com`;
}

/** Somebody in front of a Worker, who is signed in or not. */
export function browserAt(origin: string): Browser {
  return new Browser(origin, fetch);
}

/** Rejects unless the form is taken. */
export async function signUp(browser: Browser, email: string): Promise<void> {
  await send(browser, "/auth/signup", { email, password: PASSWORD, passwordConfirmation: PASSWORD });
}

export async function signIn(browser: Browser, email: string): Promise<void> {
  await send(browser, "/auth/signin", { email, password: PASSWORD });
}

export async function signOut(browser: Browser): Promise<void> {
  await send(browser, "/auth/signout", {});
}

async function send(browser: Browser, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const page = await browser.post(path, new URLSearchParams(fields));
  if (page.status !== 303) throw new Error(`POST ${path} answered ${page.status}: ${page.body.slice(0, 400)}`);
}

/** People who are signed in, each with the cookies of a browser of their own. */
export async function admitPeople(stage: Stage, origin: string, count: number): Promise<Browser[]> {
  const browsers = Array.from({ length: count }, () => browserAt(origin));
  for (const [index, browser] of browsers.entries()) await admit(stage, browser, emailOf(index));
  return browsers;
}

async function admit({ variant, standIns }: Stage, browser: Browser, email: string): Promise<void> {
  switch (variant) {
    case "floor":
      return;
    case "one-call": {
      // Its session is made by hand, as everything else of it.
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

/** The `Cookie` header of whoever has this browser. */
export function cookieOf({ cookies }: Browser): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

/** Longer than the Worker takes from one answer of a store to the next question. */
const QUIET_MILLISECONDS = 15;

/** Waits until nothing more is asked of the stores for so many milliseconds: what follows an answer is done. */
export async function settle({ standIns: { traffic } }: Stage, quiet = QUIET_MILLISECONDS): Promise<void> {
  for (let seen = -1; seen !== traffic.calls.length || traffic.calls.some(({ endedAt }) => endedAt === Infinity); ) {
    seen = traffic.calls.length;
    await sleep(quiet);
  }
}
