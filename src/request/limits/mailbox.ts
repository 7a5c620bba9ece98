import { hashSecret } from "../../auth/tokens/secrets.ts";
import type { Allowance, Device, Limit, Window } from "../../store/counters.ts";
import type { Context } from "../context.ts";
import { hashIp } from "./ip.ts";
import { DAY_SECONDS } from "./window.ts";

/**
 * Mails of one purpose that one ip may have sent to one mailbox in a day: enough for whoever mistypes and waits.
 */
const MAILS_MAX = 3;
/** And all ips together: too few to fill a stranger's mailbox. */
const MAILS_A_DAY_MAX = 20;

/** A known device is counted apart from strangers, who can neither use up its mails nor have it use up theirs. */
const DEVICE_MAILS_MAX = 3;
const DEVICE_MAILS_WINDOW_SECONDS = 15 * 60;
/** Of all known devices of a mailbox together: they may be those of a squatter who never verified it. */
const DEVICE_MAILS_A_DAY_MAX = 20;

/** Counts one mail to `email` for a purpose, whether or not there is an account with that email. */
export async function consumeMail(context: Context, purpose: string, email: string): Promise<Allowance> {
  const device = await context.devices.find(email);
  return context.limits.consume(await mailLimits(context, purpose, email, device), device);
}

/** As above; throws the 429 page when the mails are used up. A refused request has voided nothing. */
export async function limitMails(context: Context, purpose: string, email: string): Promise<void> {
  const device = await context.devices.find(email);
  await context.limits.enforce(await mailLimits(context, purpose, email, device), device);
}

/** A known device is counted by itself, anything else by its ip and over all ips. */
async function mailLimits(context: Context, purpose: string, email: string, device: Device | null): Promise<Limit[]> {
  const limits = await unknownDeviceMailLimits(context, purpose, email);
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
export async function unknownDeviceMailLimits(context: Context, purpose: string, email: string): Promise<Limit[]> {
  const mailbox = await hashMailbox(purpose, email);
  const ip = { name: "mail", max: MAILS_MAX, seconds: DAY_SECONDS };
  const total = { name: "mail-day", max: MAILS_A_DAY_MAX, seconds: DAY_SECONDS };
  const strangers = (window: Window, key: string): Limit => ({
    counter: window.name,
    key,
    knownKey: null,
    countsRefused: false,
    windows: [window],
  });
  return [strangers(ip, `${mailbox}:${await hashIp(context)}`), strangers(total, mailbox)];
}

/** A hash, so that the store's keys name nobody in clear. */
async function hashMailbox(purpose: string, email: string): Promise<string> {
  return `${purpose}:${await hashSecret(email)}`;
}
