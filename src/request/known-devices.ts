import { hashSecret } from "../auth/tokens/secrets.ts";
import { sourceOf } from "../http/client.ts";
import { type Attempt, type Device, forgetKnownDevices, rememberDevice } from "../store/counters.ts";
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

/** For which accounts this browser is a known device: as it claims, and as the answer will leave it. Made once a request. */
export interface KnownDevices {
  /** The device that this browser claims to be to an account; null if it claims nothing. */
  find(email: string): Promise<Device | null>;
  /**
   * Who asks for a mail to `email`: the device that this browser is, or claims to be, else its ip. As for the limits on
   * mail, so that whoever has an allowance of their own has links of their own.
   */
  findRequester(email: string): Promise<string>;
  /**
   * For a password or code that was right: makes this browser a known device of the account, with a new secret, and refunds
   * `attempt`, if one was counted, which was no guess. Does not hold up the answer.
   */
  trustThisDevice(email: string, attempt: Attempt | null): void;
  /**
   * The same for a password that is new, or an account that has gone to its owner: this is the one device that is known by
   * it. Those that knew the password before guess as strangers do.
   */
  trustOnlyThisDevice(email: string, attempt: Attempt | null): void;
  /** For an email that has no account any more: the devices it was used on are as strange as any. */
  forgetKnownDevices(email: string): void;
}

export function createKnownDevices(
  context: Pick<Context, "client" | "cookies" | "defer" | "now" | "services">,
): KnownDevices {
  const cookie = context.cookies.get(DEVICE_COOKIE, isDeviceCookie);
  const sent: readonly DevicePair[] = parseDeviceCookie(cookie.secret);
  let pairs = sent;
  /** The pair that is new in it. */
  let given: { readonly email: string; readonly secret: string } | null = null;

  const setPairs = (next: readonly DevicePair[]) => {
    pairs = next;
    if (next.length === 0) cookie.clear();
    else cookie.set(serializeDeviceCookie(next), DEVICE_COOKIE_SECONDS);
  };

  /** A new secret for the account in place of the one that this browser sent, which somebody else may have put there. */
  const giveSecret = (email: string): string => {
    const pair = createDevicePair(email);
    const others = pairs.filter((one) => !isPairFor(one, email));
    setPairs(withPair(pair, others));
    given = { email, secret: pair.secret };
    return pair.secret;
  };

  const trust = (email: string, alone: boolean, attempt: Attempt | null): void => {
    const isGiven = given?.email === email;
    if (isGiven && !alone) return;
    const before = pairs;
    const secret = given !== null && isGiven ? given.secret : giveSecret(email);
    const replaced = alone ? [] : before.filter((pair) => isPairFor(pair, email));
    context.defer(async () => {
      const device = await describeDevice(email, secret);
      const replaces = await Promise.all(
        replaced.map(async (pair) => (await describeDevice(email, pair.secret)).member),
      );
      await rememberDevice(context.services.redis, { ...device, replaces, alone }, attempt, context.now);
    });
  };

  const find: KnownDevices["find"] = async (email) => {
    const pair = sent.find((one) => isPairFor(one, email));
    return pair === undefined ? null : describeDevice(email, pair.secret);
  };

  return {
    find,
    findRequester: async (email) => (await find(email))?.member ?? sourceOf(context.client.ip),
    trustThisDevice: (email, attempt) => trust(email, false, attempt),
    trustOnlyThisDevice: (email, attempt) => trust(email, true, attempt),
    forgetKnownDevices: (email) => {
      const others = pairs.filter((pair) => !isPairFor(pair, email));
      if (others.length < pairs.length) setPairs(others);
      context.defer(async () => forgetKnownDevices(context.services.redis, await devicesKey(email)));
    },
  };
}

async function describeDevice(email: string, secret: string): Promise<Device> {
  // With the email, so that a secret is good for one account, and lists do not tell which accounts share a device.
  return { list: await devicesKey(email), member: await hashSecret(`${secret}:${email}`) };
}

async function devicesKey(email: string): Promise<string> {
  return `devices:${await hashSecret(email)}`;
}
