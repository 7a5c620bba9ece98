import { hashSecret } from "../auth/tokens/secrets.ts";
import { sourceOf } from "../http/client.ts";
import { type RefusalReason, refuseForNow } from "../http/errors.ts";
import { type Allowance, type Attempt, consume, type Device, type Limit, type Window } from "../store/counters.ts";
import type { Redis } from "../store/redis.ts";
import type { Context } from "./context.ts";
import { findDevice, rememberDevice } from "./known-devices.ts";

export const DAY_SECONDS = 24 * 60 * 60;

/**
 * Mails of one purpose that one source may have sent to one mailbox in a day: enough for whoever mistypes and waits.
 */
const MAILS_MAX = 3;
/** And all sources together: too few to fill a stranger's mailbox. */
const MAILS_A_DAY_MAX = 20;

/** A known device is counted apart from strangers, who can neither use up its mails nor have it use up theirs. */
const DEVICE_MAILS_MAX = 3;
const DEVICE_MAILS_WINDOW_SECONDS = 15 * 60;
/** Of all known devices of a mailbox together: they may be those of a squatter who never verified it. */
const DEVICE_MAILS_A_DAY_MAX = 20;

/** Passwords and codes that may be tried for one email, over all forms that test one and from wherever they come. */
const GUESSES_MAX = 10;
const GUESSES_WINDOW_SECONDS = 15 * 60;
const GUESSES_A_DAY_MAX = 100;

/** How many times what a source may send in its window it may send in a day. */
const SOURCE_POSTS_A_DAY_WINDOWS_MAX = 10;
/** How often one source may have the stores checked, beside its forms: a monitor must not use up what people there have. */
const HEALTH_CHECKS_MAX = 300;
const HEALTH_CHECKS_WINDOW_SECONDS = 15 * 60;

/** Sources that this isolate has refused, and until when, as epoch milliseconds. */
const refusedSources = new Map<string, number>();
const REFUSED_SOURCES_MAX = 1_000;

/** Requests that have been counted by their source. */
const counted = new WeakSet<Request>();

/** The password or code that a request has tried, until it turns out to be right. */
const guesses = new WeakMap<Request, { readonly email: string; readonly attempt: Attempt }>();

/**
 * Counts this form by its source. Every form does so once before it changes anything in a store, or has
 * a password hashed: here, or together with one of the limits below. Only sign-out does not: nobody is kept signed in.
 * Throws the 429 page when there were too many.
 */
export async function requireSourceAllowance(context: Context): Promise<void> {
  await requireAllowance(context, []);
}

/**
 * Counts this form by its source before anything else is done for it, if the source was refused here and has not waited as
 * long as it was told. For forms that have something looked up beside the count: nobody has that done without a bound.
 */
export async function requireAllowanceOfRefusedSource(context: Context): Promise<void> {
  const until = refusedSources.get(sourceOf(context.client.ip)) ?? 0;
  if (context.now < until) await requireSourceAllowance(context);
}

/**
 * Counts a page that reads a row because a link or a cookie says so, apart from forms: whoever has somebody's browser open
 * such pages does not keep them from signing in. Throws the 429 page.
 */
export async function requireReadingAllowance(context: Context): Promise<void> {
  const { max, windowSeconds } = context.config.sourcePosts;
  const key = await hashSource(context);
  const window = { name: "reading", max, seconds: windowSeconds };
  const limit = { counter: "reading", key, knownKey: key, countsRefused: false, windows: [window] };
  const allowance = await takeAllowance(context, [limit]);
  if (!allowance.allowed) throw refuseForNow("too-many-pages", allowance.retryAfterSeconds);
}

/** Counts one mail to `email` for a purpose, whether or not there is an account with that email. */
export async function takeMailAllowance(context: Context, purpose: string, email: string): Promise<Allowance> {
  const device = await findDevice(context, email);
  return takeAllowance(context, await mailLimits(context, purpose, email, device), device);
}

/** As above; throws the 429 page when the mails are used up. A refused request has voided nothing. */
export async function requireMailAllowance(context: Context, purpose: string, email: string): Promise<void> {
  const device = await findDevice(context, email);
  await requireAllowance(context, await mailLimits(context, purpose, email, device), device);
}

/**
 * Counts one password or code tried for `email`, before it is looked at; once in a request. Throws the 429 page when they
 * are used up. A device on which the right one was given before has an allowance of its own: strangers who guess do not
 * lock the owner out.
 */
export async function requireGuessAllowance(context: Context, email: string): Promise<void> {
  if (guesses.get(context.request)?.email === email) return;
  const device = await findDevice(context, email);
  const key = await hashSecret(email);
  const limit: Limit = {
    counter: "guess",
    key,
    knownKey: device && `${key}:${device.member}`,
    countsRefused: false,
    windows: [
      { name: "guess", max: GUESSES_MAX, seconds: GUESSES_WINDOW_SECONDS },
      { name: "guess-day", max: GUESSES_A_DAY_MAX, seconds: DAY_SECONDS },
    ],
  };
  const { counters, at } = await requireAllowance(context, [limit], device);
  // The first is the guess; what follows counts the source, to which nothing is refunded.
  guesses.set(context.request, { email, attempt: { counters: counters.slice(0, 1), at } });
}

/**
 * Counts one check of the stores by where it is asked for. By counting it tries what every form needs of Redis: a script
 * that writes.
 */
export async function takeHealthAllowance(context: Context): Promise<Allowance> {
  return takeAllowance(context, [healthCheckLimit(await hashSource(context))]);
}

/** The same for the check that the clock asks for, which nothing limits. */
export function countSelfCheck(redis: Redis): Promise<Allowance> {
  return consume(redis, [healthCheckLimit("self-check")]);
}

function healthCheckLimit(key: string): Limit {
  const window = { name: "health", max: HEALTH_CHECKS_MAX, seconds: HEALTH_CHECKS_WINDOW_SECONDS };
  return { counter: "health", key, knownKey: key, countsRefused: false, windows: [window] };
}

async function requireAllowance(
  context: Context,
  limits: readonly Limit[],
  device: Device | null = null,
): Promise<Attempt> {
  const isCounted = counted.has(context.request);
  if (isCounted && limits.length === 0) return NO_ATTEMPT;
  counted.add(context.request);
  const all = isCounted ? limits : [...limits, await sourceLimit(context)];
  const allowance = await takeAllowance(context, all, device);
  if (allowance.allowed) return allowance.attempt;
  const reason = reasonFor(allowance.window);
  if (reason === "too-many-forms") noteRefusedSource(context, allowance.retryAfterSeconds);
  throw refuseForNow(reason, allowance.retryAfterSeconds);
}

function noteRefusedSource({ client, now }: Context, seconds: number): void {
  const source = sourceOf(client.ip);
  refusedSources.delete(source);
  refusedSources.set(source, now + seconds * 1_000);
  const [oldest] = refusedSources.keys();
  if (refusedSources.size > REFUSED_SOURCES_MAX && oldest !== undefined) refusedSources.delete(oldest);
}

const NO_ATTEMPT: Attempt = { counters: [], at: 0 };

/** Counts by `limits`, for `device`. A limit that is reached is logged. */
export async function takeAllowance(
  { redis, log }: Context,
  limits: readonly Limit[],
  device: Device | null = null,
): Promise<Allowance> {
  const allowance = await consume(redis, limits, device);
  if (!allowance.allowed) log("limit-reached", { limit: allowance.window.name });
  return allowance;
}

function reasonFor({ name }: Window): RefusalReason {
  switch (name) {
    case "source":
    case "source-day":
      return "too-many-forms";
    case "guess":
    case "guess-day":
      return "too-many-guesses";
    default:
      return "too-many-mails";
  }
}

async function sourceLimit(context: Context): Promise<Limit> {
  const { max, windowSeconds } = context.config.sourcePosts;
  const key = await hashSource(context);
  return {
    counter: "source",
    key,
    knownKey: key,
    countsRefused: true,
    windows: [
      { name: "source", max, seconds: windowSeconds },
      { name: "source-day", max: max * SOURCE_POSTS_A_DAY_WINDOWS_MAX, seconds: DAY_SECONDS },
    ],
  };
}

/** A known device is counted by itself, anything else by its source and over all sources. */
async function mailLimits(context: Context, purpose: string, email: string, device: Device | null): Promise<Limit[]> {
  const limits = await strangersMailLimits(context, purpose, email);
  if (device === null) return limits;
  const mailbox = await hashMailbox(purpose, email);
  const one = { name: "mail-device", max: DEVICE_MAILS_MAX, seconds: DEVICE_MAILS_WINDOW_SECONDS };
  const all = { name: "mail-device-day", max: DEVICE_MAILS_A_DAY_MAX, seconds: DAY_SECONDS };
  const known = (window: Window, knownKey: string): Limit => ({
    counter: window.name,
    key: null,
    knownKey,
    countsRefused: false,
    windows: [window],
  });
  return [...limits, known(one, `${mailbox}:${device.member}`), known(all, mailbox)];
}

/** The limits on mails of one purpose to `email`, as for anybody who is no known device. */
export async function strangersMailLimits(context: Context, purpose: string, email: string): Promise<Limit[]> {
  const mailbox = await hashMailbox(purpose, email);
  const source = { name: "mail", max: MAILS_MAX, seconds: DAY_SECONDS };
  const total = { name: "mail-day", max: MAILS_A_DAY_MAX, seconds: DAY_SECONDS };
  const strangers = (window: Window, key: string): Limit => ({
    counter: window.name,
    key,
    knownKey: null,
    countsRefused: false,
    windows: [window],
  });
  return [strangers(source, `${mailbox}:${await hashSource(context)}`), strangers(total, mailbox)];
}

/** A hash, so that the store's keys name nobody in clear. */
async function hashMailbox(purpose: string, email: string): Promise<string> {
  return `${purpose}:${await hashSecret(email)}`;
}

function hashSource({ client }: Context): Promise<string> {
  return hashSecret(sourceOf(client.ip));
}

/**
 * For a password or code that was right: it is no guess, and this device is known from now on. Does not hold up the
 * answer.
 */
export function forgiveGuess(context: Context, email: string): void {
  rememberDevice(context, email, false, takeAttempt(context, email));
}

/**
 * For a password that is new, or an account that has gone to its owner: this is the one device that is known by it.
 * Those that knew the password before guess as strangers do. Does not hold up the answer.
 */
export function knowOnlyThisDevice(context: Context, email: string): void {
  rememberDevice(context, email, true, takeAttempt(context, email));
}

/** The attempt that this request has counted for the email, once; null if it has counted none. */
function takeAttempt({ request }: Context, email: string): Attempt | null {
  const guess = guesses.get(request);
  if (guess?.email !== email) return null;
  guesses.delete(request);
  return guess.attempt;
}
