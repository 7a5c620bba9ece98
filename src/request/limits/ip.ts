import { hashSecret } from "../../auth/tokens/secrets.ts";
import { ipNetworkOf } from "../../http/client.ts";
import { refuseForNow } from "../../http/refusals.ts";
import { type Allowance, consume, type Limit } from "../../store/counters.ts";
import type { Redis } from "../../store/redis.ts";
import type { Context } from "../context.ts";
import { DAY_SECONDS } from "./window.ts";

/** The limit on forms per IP and day, as a multiple of the limit per window. */
const IP_FORMS_A_DAY_WINDOWS_MAX = 10;
/**
 * Health checks per IP. They have a separate limit, so that a monitor does not use up the forms of people behind the
 * same IP.
 */
const HEALTH_CHECKS_MAX = 300;
const HEALTH_CHECKS_WINDOW_SECONDS = 15 * 60;

/** IPs that this isolate has refused, as `ipNetworkOf` returns them, and when each may retry, as epoch milliseconds. */
const refusedIps = new Map<string, number>();
const REFUSED_IPS_MAX = 1_000;

/**
 * Counts this form against the limit of its IP, at most once per request. Every form is counted before it changes a
 * store or hashes a password, either here or together with another limit. Sign-out is the exception, so that signing
 * out always works. Throws HttpError 429 if the limit is reached.
 */
export async function limitByIp({ limits }: Context): Promise<void> {
  await limits.enforce([]);
}

/**
 * Counts this form like `limitByIp`, but only if this isolate refused the IP before and the time in `Retry-After` has
 * not passed. For forms that start look-ups while they are being counted: an IP that was already refused gets no more
 * look-ups.
 */
export async function limitRefusedIp(context: Context): Promise<void> {
  const until = refusedIps.get(ipNetworkOf(context.client.ip)) ?? 0;
  if (context.now < until) await limitByIp(context);
}

/** Remembers in this isolate that the IP was refused and may retry after `seconds`. */
export function rememberRefusedIp({ client, now }: Pick<Context, "client" | "now">, seconds: number): void {
  const ip = ipNetworkOf(client.ip);
  // Deleting first moves the entry to the end of the map, which is in order of insertion.
  refusedIps.delete(ip);
  refusedIps.set(ip, now + seconds * 1_000);
  const [oldest] = refusedIps.keys();
  if (refusedIps.size > REFUSED_IPS_MAX && oldest !== undefined) refusedIps.delete(oldest);
}

/**
 * Counts a page that reads a row named by a link or cookie. Its limit is separate from the limit on forms: an attacker
 * who makes a victim's browser open such pages cannot keep the victim from signing in. Throws HttpError 429 if the
 * limit is reached.
 */
export async function limitReadingByIp(context: Context): Promise<void> {
  const { max, windowSeconds } = context.config.formsPerIp;
  const key = await hashIp(context);
  const window = { name: "reading", max, seconds: windowSeconds };
  const limit = { counter: "reading", key, knownKey: key, countsRefused: false, windows: [window] };
  const allowance = await context.limits.consume([limit]);
  if (!allowance.allowed) throw refuseForNow("too-many-pages", allowance.retryAfterSeconds);
}

/**
 * Counts one health check against the limit of its IP. Counting also tests what every form needs from Redis: running a
 * script that writes. Throws StoreUnavailable.
 */
export async function consumeHealthCheck(context: Context): Promise<Allowance> {
  return context.limits.consume([healthCheckLimit(await hashIp(context))]);
}

/** Like `consumeHealthCheck`, for the scheduled self-check, which has a key of its own. Throws StoreUnavailable. */
export function countSelfCheck(redis: Redis): Promise<Allowance> {
  return consume(redis, [healthCheckLimit("self-check")]);
}

function healthCheckLimit(key: string): Limit {
  const window = { name: "health", max: HEALTH_CHECKS_MAX, seconds: HEALTH_CHECKS_WINDOW_SECONDS };
  return { counter: "health", key, knownKey: key, countsRefused: false, windows: [window] };
}

/** The limit on forms per IP. It also counts forms that another limit refuses. */
export async function ipLimit(context: Pick<Context, "client" | "config">): Promise<Limit> {
  const { max, windowSeconds } = context.config.formsPerIp;
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

/** Hashes the IP, or the /64 network of an IPv6 address, so that the keys in Redis contain no IP in plain text. */
export function hashIp({ client }: Pick<Context, "client">): Promise<string> {
  return hashSecret(ipNetworkOf(client.ip));
}
