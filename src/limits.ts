import { generateSecret, hashSecret } from "./auth/secrets.ts";
import type { Context } from "./context.ts";
import { sourceOf } from "./http/client.ts";
import { type RefusalReason, refuseForNow } from "./http/errors.ts";
import type { Mail } from "./mail/mailer.ts";
import {
  type Acquaintance,
  type Allowance,
  giveBackAllowance,
  knowOnly,
  type Limit,
  takeAllowance,
} from "./store/rate-limit.ts";
import type { Redis } from "./store/redis.ts";

/** Enough for who mistypes and waits; too few to fill a stranger's mailbox. */
export const MAILS_MAX = 3;
const MAILS_WINDOW_SECONDS = 15 * 60;

/** Passwords and codes that may be tried for one address, over all forms that test one and from wherever they come. */
const GUESSES_MAX = 10;
const GUESSES_WINDOW_SECONDS = 15 * 60;
const GUESSES_A_DAY_MAX = 100;
const DAY_SECONDS = 24 * 60 * 60;

/** How often one source may have the stores checked, beside its forms: a monitor must not use up what people there have. */
const HEALTH_CHECKS_MAX = 300;
const HEALTH_CHECKS_WINDOW_SECONDS = 15 * 60;

/** Names of limits, in the log and in the store. */
const SOURCE = "source";
const MAIL = "mail";
const HEALTH = "health";

/** Tells a device on which a password was right from a stranger's. It opens nothing. */
const DEVICE_COOKIE = "device";
const DEVICE_COOKIE_SECONDS = 180 * DAY_SECONDS;

/** Whoever has been counted by their source address in this request. */
const counted = new WeakSet<Request>();

/**
 * Mails what an owner must hear of. It is not counted where the address is theirs for sure, so that nobody uses up what would
 * warn them; where it never was verified it may be a stranger's, who gets no more of these than of any mail.
 */
export async function sendNotice(context: Context, mail: Mail, verified: boolean): Promise<void> {
  if (verified || (await takeMailAllowance(context, "notice", mail.to)).allowed) await context.mailer.send(mail);
}

/**
 * Counts this form by the address that it came from. Every form does so once before it changes anything in a store, or has
 * a password hashed: here, or together with one of the limits below. Only sign-out does not: nobody is kept signed in.
 * Throws the 429 page when there were too many.
 */
export async function requireSourceAllowance(context: Context): Promise<void> {
  await requireAllowance(context, []);
}

/** Counts one mail to `email` for a purpose, whether or not anybody has that address. */
export async function takeMailAllowance(context: Context, purpose: string, email: string): Promise<Allowance> {
  const allowance = await takeAllowance(context.redis, [await mailLimit(purpose, email)]);
  if (!allowance.allowed) logReached(context, allowance.limit);
  return allowance;
}

/** As above; throws the 429 page when the mails are used up. */
export async function requireMailAllowance(context: Context, purpose: string, email: string): Promise<void> {
  await requireAllowance(context, [await mailLimit(purpose, email)]);
}

/**
 * Counts one password or code tried for `email`, before it is looked at. Throws the 429 page when they are used up. A device on which
 * the right one was given before has an allowance of its own: strangers who guess do not lock the owner out.
 */
export async function requireGuessAllowance(context: Context, email: string): Promise<void> {
  const { limits, device } = await describeGuess(context, email);
  await requireAllowance(context, limits, device);
}

/**
 * Counts one check of the stores by where it is asked for. By counting it tries what every form needs of Redis: a script
 * that writes.
 */
export async function takeHealthAllowance(context: Context): Promise<Allowance> {
  const source = await hashSecret(sourceOf(context.client.address));
  const allowance = await takeAllowance(context.redis, [healthCheckLimit(source)]);
  if (!allowance.allowed) logReached(context, allowance.limit);
  return allowance;
}

/** The same for the check that the clock asks for, which nothing limits. */
export function countSelfCheck(redis: Redis): Promise<Allowance> {
  return takeAllowance(redis, [healthCheckLimit("self-check")]);
}

function healthCheckLimit(key: string): Limit {
  const window = { max: HEALTH_CHECKS_MAX, windowSeconds: HEALTH_CHECKS_WINDOW_SECONDS };
  return { name: HEALTH, key, ...window, sparesAcquaintances: false, countsRefused: false };
}

async function requireAllowance(context: Context, limits: readonly Limit[], device?: Acquaintance): Promise<void> {
  const isCounted = counted.has(context.request);
  if (isCounted && limits.length === 0) return;
  counted.add(context.request);
  const all = isCounted ? limits : [...limits, await sourceLimit(context)];
  const allowance = await takeAllowance(context.redis, all, device);
  if (allowance.allowed) return;
  const { limit, retryAfterSeconds } = allowance;
  logReached(context, limit);
  throw refuseForNow(reasonOf(limit), retryAfterSeconds);
}

function logReached(context: Context, { name }: Limit): void {
  context.log("limit-reached", { limit: name });
}

function reasonOf({ name }: Limit): RefusalReason {
  switch (name) {
    case SOURCE:
      return "too-many-forms";
    case MAIL:
      return "too-many-mails";
    default:
      return "too-many-guesses";
  }
}

async function sourceLimit({ client, config }: Context): Promise<Limit> {
  const key = await hashSecret(sourceOf(client.address));
  return { name: SOURCE, key, ...config.sourcePosts, sparesAcquaintances: false, countsRefused: true };
}

async function mailLimit(purpose: string, email: string): Promise<Limit> {
  // A hash, so that the store's keys name nobody in clear.
  const key = `${purpose}:${await hashSecret(email)}`;
  const window = { max: MAILS_MAX, windowSeconds: MAILS_WINDOW_SECONDS };
  return { name: MAIL, key, ...window, sparesAcquaintances: false, countsRefused: false };
}

/** For a password that was right: it is no guess, and this device is known from now on. Does not hold up the answer. */
export function forgiveGuess(context: Context, email: string): void {
  const secret = handOutDeviceCookie(context);
  context.defer(async () => {
    const { limits, device } = await describeGuess(context, email, secret);
    await giveBackAllowance(context.redis, limits, device, context.now);
  });
}

/**
 * For a password that is new, or an account that has gone to its owner: this is the one device that is known by it.
 * Those that knew the password before guess as strangers do. Does not hold up the answer.
 */
export function knowOnlyThisDevice(context: Context, email: string): void {
  const secret = handOutDeviceCookie(context);
  context.defer(async () => {
    const { limits, device } = await describeGuess(context, email, secret);
    await knowOnly(context.redis, limits, device, context.now);
  });
}

function handOutDeviceCookie(context: Context): string {
  const cookie = context.cookie(DEVICE_COOKIE);
  const secret = cookie.secret ?? generateSecret();
  cookie.set(secret, DEVICE_COOKIE_SECONDS);
  return secret;
}

/** For an address that has no account any more: the devices it was used on are as strange as any. */
export function forgetDevices({ redis, defer }: Context, email: string): void {
  defer(async () => redis("DEL devices", ["DEL", await devicesKey(email)]));
}

async function devicesKey(email: string): Promise<string> {
  return `devices:${await hashSecret(email)}`;
}

async function describeGuess(
  context: Context,
  email: string,
  secret = context.cookie(DEVICE_COOKIE).secret,
): Promise<{ readonly limits: readonly Limit[]; readonly device: Acquaintance }> {
  const guess = { key: await hashSecret(email), sparesAcquaintances: true, countsRefused: false };
  return {
    limits: [
      { ...guess, name: "guess", max: GUESSES_MAX, windowSeconds: GUESSES_WINDOW_SECONDS },
      { ...guess, name: "guess-day", max: GUESSES_A_DAY_MAX, windowSeconds: DAY_SECONDS },
    ],
    // With the address, so that the lists do not tell which accounts share a device.
    device: { list: await devicesKey(email), member: secret === null ? "" : await hashSecret(`${secret}:${email}`) },
  };
}
