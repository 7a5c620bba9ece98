import { hashSecret } from "../../auth/tokens/secrets.ts";
import { sourceOf } from "../../http/client.ts";
import { refuseForNow } from "../../http/refusals.ts";
import { type Allowance, consume, type Limit } from "../../store/counters.ts";
import type { Redis } from "../../store/redis.ts";
import type { Context } from "../context.ts";
import { DAY_SECONDS } from "./window.ts";

/** How many times the forms that an ip may send in its window it may send in a day. */
const IP_FORMS_A_DAY_WINDOWS_MAX = 10;
/** How often one ip may have the stores checked, beside its forms: a monitor must not use up what people there have. */
const HEALTH_CHECKS_MAX = 300;
const HEALTH_CHECKS_WINDOW_SECONDS = 15 * 60;

/** Those that this isolate has refused, as limits count them, and until when, as epoch milliseconds. */
const refusedIps = new Map<string, number>();
const REFUSED_IPS_MAX = 1_000;

/**
 * Counts this form by its ip, once in a request. Every form does so before it changes anything in a store, or has a
 * password hashed: here, or together with another limit. Only sign-out does not: nobody is kept signed in. Throws the 429
 * page when there were too many.
 */
export async function limitByIp({ limits }: Context): Promise<void> {
  await limits.enforce([]);
}

/**
 * Counts this form by its ip before anything else is done for it, if the ip was refused here and has not waited as long as
 * it was told. For forms that have something looked up beside the count: nobody has that done without a bound.
 */
export async function limitRefusedIp(context: Context): Promise<void> {
  const until = refusedIps.get(sourceOf(context.client.ip)) ?? 0;
  if (context.now < until) await limitByIp(context);
}

/** Notes that the ip was told to come back in so many seconds. */
export function rememberRefusedIp({ client, now }: Pick<Context, "client" | "now">, seconds: number): void {
  const ip = sourceOf(client.ip);
  refusedIps.delete(ip);
  refusedIps.set(ip, now + seconds * 1_000);
  const [oldest] = refusedIps.keys();
  if (refusedIps.size > REFUSED_IPS_MAX && oldest !== undefined) refusedIps.delete(oldest);
}

/**
 * Counts a page that reads a row because a link or a cookie says so, apart from forms: whoever has somebody's browser open
 * such pages does not keep them from signing in. Throws the 429 page.
 */
export async function limitReadingByIp(context: Context): Promise<void> {
  const { max, windowSeconds } = context.config.sourcePosts;
  const key = await hashIp(context);
  const window = { name: "reading", max, seconds: windowSeconds };
  const limit = { counter: "reading", key, knownKey: key, countsRefused: false, windows: [window] };
  const allowance = await context.limits.consume([limit]);
  if (!allowance.allowed) throw refuseForNow("too-many-pages", allowance.retryAfterSeconds);
}

/**
 * Counts one check of the stores by the ip that asks for it. By counting it tries what every form needs of Redis: a script
 * that writes.
 */
export async function consumeHealthCheck(context: Context): Promise<Allowance> {
  return context.limits.consume([healthCheckLimit(await hashIp(context))]);
}

/** The same for the check that the clock asks for, which nothing limits. */
export function countSelfCheck(redis: Redis): Promise<Allowance> {
  return consume(redis, [healthCheckLimit("self-check")]);
}

function healthCheckLimit(key: string): Limit {
  const window = { name: "health", max: HEALTH_CHECKS_MAX, seconds: HEALTH_CHECKS_WINDOW_SECONDS };
  return { counter: "health", key, knownKey: key, countsRefused: false, windows: [window] };
}

/** The limit on forms of one ip. */
export async function ipLimit(context: Pick<Context, "client" | "config">): Promise<Limit> {
  const { max, windowSeconds } = context.config.sourcePosts;
  const key = await hashIp(context);
  return {
    counter: "ip",
    key,
    knownKey: key,
    countsRefused: true,
    windows: [
      { name: "ip", max, seconds: windowSeconds },
      { name: "ip-day", max: max * IP_FORMS_A_DAY_WINDOWS_MAX, seconds: DAY_SECONDS },
    ],
  };
}

/** As limits count it: a /64 of IPv6 is one. A hash, so that the store's keys name nobody in clear. */
export function hashIp({ client }: Pick<Context, "client">): Promise<string> {
  return hashSecret(sourceOf(client.ip));
}
