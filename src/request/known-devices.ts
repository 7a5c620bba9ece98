import { hashSecret } from "../auth/tokens/secrets.ts";
import { sourceOf } from "../http/client.ts";
import { type Attempt, type Device, forgetKnownDevices, remember } from "../store/counters.ts";
import type { Context } from "./context.ts";
import {
  createDevicePair,
  type DevicePair,
  isDeviceCookie,
  isPairFor,
  parseDeviceCookie,
  serializeDeviceCookie,
  withPair,
} from "./device-cookie.ts";

/**
 * Holds this browser's secrets, by which a device on which a password was right is told from a stranger's. They open
 * nothing.
 */
const DEVICE_COOKIE = "device";
const DEVICE_COOKIE_SECONDS = 180 * 24 * 60 * 60;

/** The device cookie as the answer to a request will leave it, and the pair that is new in it. */
const devices = new WeakMap<Request, { readonly pairs: readonly DevicePair[]; readonly given: Given | null }>();

interface Given {
  readonly email: string;
  readonly secret: string;
}

/**
 * Makes this browser a known device of the account, with a new secret, once the answer is made; `alone`: the only one.
 * Refunds `attempt`, which turned out to be no guess.
 */
export function rememberDevice(context: Context, email: string, alone: boolean, attempt: Attempt | null): void {
  const { redis, now } = context;
  const { pairs, given } = readDevices(context);
  const isGiven = given?.email === email;
  if (isGiven && !alone) return;
  const secret = isGiven ? given.secret : giveSecret(context, email);
  const replaced = alone ? [] : pairs.filter((pair) => isPairFor(pair, email));
  context.defer(async () => {
    const device = await describeDevice(email, secret);
    const replaces = await Promise.all(replaced.map(async (pair) => (await describeDevice(email, pair.secret)).member));
    await remember(redis, { ...device, replaces, alone }, attempt, now);
  });
}

/** A new secret for the account in place of the one that this browser sent, which somebody else may have put there. */
function giveSecret(context: Context, email: string): string {
  const pair = createDevicePair(email);
  const others = readDevices(context).pairs.filter((one) => !isPairFor(one, email));
  writeDevices(context, withPair(pair, others), { email, secret: pair.secret });
  return pair.secret;
}

/** For an email that has no account any more: the devices it was used on are as strange as any. */
export function forgetDevices(context: Context, email: string): void {
  const { pairs, given } = readDevices(context);
  const others = pairs.filter((pair) => !isPairFor(pair, email));
  if (others.length < pairs.length) writeDevices(context, others, given);
  const { redis } = context;
  context.defer(async () => forgetKnownDevices(redis, await devicesKey(email)));
}

function readDevices(context: Context) {
  return devices.get(context.request) ?? { pairs: sentPairs(context), given: null };
}

function sentPairs(context: Context): DevicePair[] {
  return parseDeviceCookie(context.cookie(DEVICE_COOKIE, isDeviceCookie).secret);
}

function writeDevices(context: Context, pairs: readonly DevicePair[], given: Given | null): void {
  devices.set(context.request, { pairs, given });
  const cookie = context.cookie(DEVICE_COOKIE, isDeviceCookie);
  if (pairs.length === 0) cookie.clear();
  else cookie.set(serializeDeviceCookie(pairs), DEVICE_COOKIE_SECONDS);
}

/**
 * Who asks for a mail to `email`: the device that this browser is, or claims to be, else its source. As for the limits on
 * mail, so that whoever has an allowance of their own has links of their own.
 */
export async function findRequester(context: Context, email: string): Promise<string> {
  return (await findDevice(context, email))?.member ?? sourceOf(context.client.ip);
}

/** The device that the cookie of this request claims to be to an account; null if it claims nothing. */
export async function findDevice(context: Context, email: string): Promise<Device | null> {
  const pair = sentPairs(context).find((one) => isPairFor(one, email));
  return pair === undefined ? null : describeDevice(email, pair.secret);
}

async function describeDevice(email: string, secret: string): Promise<Device> {
  // With the email, so that a secret is good for one account, and lists do not tell which accounts share a device.
  return { list: await devicesKey(email), member: await hashSecret(`${secret}:${email}`) };
}

async function devicesKey(email: string): Promise<string> {
  return `devices:${await hashSecret(email)}`;
}
