import { hashSecret } from "../../auth/tokens/secrets.ts";
import type { Allowance, Device, Limit, Window } from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { hashIp } from "./ip.ts";
import { DAY_SECONDS } from "./window.ts";

/**
 * Messages of one purpose that one IP may request for one mailbox per day: enough for someone who mistypes and tries
 * again.
 */
const MAILS_MAX = 3;
/** The same limit for all IPs together: too few to flood someone else's mailbox. */
const MAILS_A_DAY_MAX = 20;

/** A known device has a separate limit: it and unknown devices cannot use up each other's messages. */
const DEVICE_MAILS_MAX = 3;
const DEVICE_MAILS_WINDOW_SECONDS = 15 * 60;
/**
 * The same limit for all known devices of a mailbox together. They may belong to an attacker who never verified the
 * email.
 */
const DEVICE_MAILS_A_DAY_MAX = 20;

/** Counts one message to `email` for a purpose, whether or not an account has that email. Throws StoreUnavailable. */
export async function consumeMail(context: Context, purpose: string, email: string): Promise<Allowance> {
  const device = await context.devices.find(email);
  return context.limits.consume(await mailLimits(context, purpose, email, device), device);
}

/**
 * Like `consumeMail`, but also counts the request by IP, and throws HttpError 429 if a limit is reached. A refused
 * request leaves earlier links valid.
 */
export async function limitMails(context: Context, purpose: string, email: string): Promise<void> {
  const device = await context.devices.find(email);
  await context.limits.enforce(await mailLimits(context, purpose, email, device), device);
}

/**
 * Returns all limits on messages. Some apply only to known devices. The others, per IP and for all IPs together, apply
 * only to unknown devices.
 */
async function mailLimits(context: Context, purpose: string, email: string, device: Device | null): Promise<Limit[]> {
  const limits = await unknownDeviceMailLimits(context, purpose, email);
  if (device === null) return limits;
  const mailbox = await hashMailbox(purpose, email);
  const perDevice = { name: "mail-device", max: DEVICE_MAILS_MAX, seconds: DEVICE_MAILS_WINDOW_SECONDS };
  const allDevices = { name: "mail-device-day", max: DEVICE_MAILS_A_DAY_MAX, seconds: DAY_SECONDS };
  const limitKnownDevice = (window: Window, knownKey: string): Limit => ({
    counter: window.name,
    key: null,
    knownKey,
    countsRefused: false,
    windows: [window],
  });
  return [...limits, limitKnownDevice(perDevice, `${mailbox}:${device.member}`), limitKnownDevice(allDevices, mailbox)];
}

/**
 * The limits on messages of one purpose to `email`, as they apply to unknown devices: per IP, and for all IPs together.
 */
export async function unknownDeviceMailLimits(context: Context, purpose: string, email: string): Promise<Limit[]> {
  const mailbox = await hashMailbox(purpose, email);
  const perIp = { name: "mail", max: MAILS_MAX, seconds: DAY_SECONDS };
  const allIps = { name: "mail-day", max: MAILS_A_DAY_MAX, seconds: DAY_SECONDS };
  const limitUnknownDevice = (window: Window, key: string): Limit => ({
    counter: window.name,
    key,
    knownKey: null,
    countsRefused: false,
    windows: [window],
  });
  return [limitUnknownDevice(perIp, `${mailbox}:${await hashIp(context)}`), limitUnknownDevice(allIps, mailbox)];
}

/** Hashes the email, so that the keys in Redis contain no email in plain text. */
async function hashMailbox(purpose: string, email: string): Promise<string> {
  return `${purpose}:${await hashSecret(email)}`;
}
