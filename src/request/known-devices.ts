import { hashSecret } from "../auth/tokens/secrets.ts";
import { ipNetworkOf } from "../http/client.ts";
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
 * Holds this browser's device secrets. They show that a correct password was entered in this browser before, and they
 * do not authenticate anyone.
 */
const DEVICE_COOKIE = "device";
const DEVICE_COOKIE_SECONDS = 180 * 24 * 60 * 60;

/** The accounts that this browser is a known device of. Created once per request. */
export interface KnownDevices {
  /** Returns the device that this browser claims to be for an account. Null if it has no secret for the account. */
  find(email: string): Promise<Device | null>;
  /**
   * Returns the requester of a message to `email`: the device that this browser claims to be, otherwise its IP. The
   * limits on email messages count the same requester, so that every requester with a separate limit also has separate
   * links.
   */
  findRequester(email: string): Promise<string>;
  /**
   * Makes this browser a known device of the account after a correct password or code, with a new secret. Refunds
   * `attempt` if it is not null. Does not delay the response.
   */
  trustThisDevice(email: string, attempt: Attempt | null): void;
  /**
   * Like `trustThisDevice`, but forgets all other known devices of the account. Used after the password was replaced or
   * the account was returned to its owner: devices that knew the former password count as unknown devices again.
   */
  trustOnlyThisDevice(email: string, attempt: Attempt | null): void;
  /** Forgets all known devices of an email that no longer has an account. */
  forgetKnownDevices(email: string): void;
}

export function createKnownDevices(
  context: Pick<Context, "client" | "cookies" | "defer" | "now" | "services">,
): KnownDevices {
  const cookie = context.cookies.get(DEVICE_COOKIE, isDeviceCookie);
  const sentPairs: readonly DevicePair[] = parseDeviceCookie(cookie.secret);
  let pairs = sentPairs;
  /** The secret that this response adds to the cookie. */
  let issued: { readonly email: string; readonly secret: string } | null = null;

  const setPairs = (next: readonly DevicePair[]) => {
    pairs = next;
    if (next.length === 0) cookie.clear();
    else cookie.set(serializeDeviceCookie(next), DEVICE_COOKIE_SECONDS);
  };

  /** Replaces the secret that this browser sent for the account, because someone else may have planted it. */
  const issueSecret = (email: string): string => {
    const newPair = createDevicePair(email);
    const otherPairs = pairs.filter((pair) => !isPairFor(pair, email));
    setPairs(withPair(newPair, otherPairs));
    issued = { email, secret: newPair.secret };
    return newPair.secret;
  };

  const trust = (email: string, forgetsOthers: boolean, attempt: Attempt | null): void => {
    const isIssued = issued?.email === email;
    if (isIssued && !forgetsOthers) return;
    const pairsBefore = pairs;
    const secret = issued !== null && isIssued ? issued.secret : issueSecret(email);
    const replaced = forgetsOthers ? [] : pairsBefore.filter((pair) => isPairFor(pair, email));
    context.defer(async () => {
      const device = await describeDevice(email, secret);
      const replaces = await Promise.all(
        replaced.map(async (pair) => (await describeDevice(email, pair.secret)).member),
      );
      await rememberDevice(context.services.redis, { ...device, replaces, forgetsOthers }, attempt, context.now);
    });
  };

  const find: KnownDevices["find"] = async (email) => {
    const sentPair = sentPairs.find((pair) => isPairFor(pair, email));
    return sentPair === undefined ? null : describeDevice(email, sentPair.secret);
  };

  return {
    find,
    findRequester: async (email) => (await find(email))?.member ?? ipNetworkOf(context.client.ip),
    trustThisDevice: (email, attempt) => trust(email, false, attempt),
    trustOnlyThisDevice: (email, attempt) => trust(email, true, attempt),
    forgetKnownDevices: (email) => {
      const otherPairs = pairs.filter((pair) => !isPairFor(pair, email));
      if (otherPairs.length < pairs.length) setPairs(otherPairs);
      context.defer(async () => forgetKnownDevices(context.services.redis, await devicesKey(email)));
    },
  };
}

async function describeDevice(email: string, secret: string): Promise<Device> {
  // The hash includes the email. A secret is therefore valid for one account only, and the lists in Redis do not reveal
  // which accounts share a device.
  return { list: await devicesKey(email), member: await hashSecret(`${secret}:${email}`) };
}

async function devicesKey(email: string): Promise<string> {
  return `devices:${await hashSecret(email)}`;
}
