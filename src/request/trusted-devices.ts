import type { Account } from "../auth/accounts/account.ts";
import { type Proof, proveDevice } from "../auth/sessions/evidence.ts";
import { hashSecret } from "../auth/tokens/secrets.ts";
import { findTrustedDevice, insertTrustedDevice } from "../store/trusted-devices.ts";
import { record } from "./audit-log.ts";
import type { Context } from "./context.ts";
import {
  createDevicePair,
  isDeviceCookie,
  isPairFor,
  parseDeviceCookie,
  serializeDeviceCookie,
  withPair,
} from "./device-cookie.ts";

const TRUSTED_COOKIE = "trusted";
const DAY_SECONDS = 24 * 60 * 60;

/**
 * Returns the proof that this browser passed the second step of the account before and was to be remembered. Null if
 * there is none. Calls no store if the browser claims nothing.
 */
export async function findTrustedBrowser(context: Context, account: Account): Promise<Proof | null> {
  const { now, services, config } = context;
  const pair = sentPairs(context).find((one) => isPairFor(one, account.id));
  if (pair === undefined || config.rememberDeviceDays === 0) return null;
  const id = await hashSecret(pair.secret);
  const row = await findTrustedDevice(services.database, id, account.id, account.sessionEpoch, now);
  return row && proveDevice(row.id, now);
}

/**
 * Remembers this browser, with a new secret: someone else may have planted the one that it sent. Does not delay the
 * response. If it fails, the second step is asked for again.
 */
export function trustBrowser(context: Context, { id: userId, sessionEpoch }: Account): void {
  const { client, now, services, config, cookies } = context;
  const { rememberDeviceDays } = config;
  if (rememberDeviceDays === 0) return;
  const pair = createDevicePair(userId);
  const others = sentPairs(context).filter((one) => !isPairFor(one, userId));
  const lifetimeSeconds = rememberDeviceDays * DAY_SECONDS;
  const { browser, platform, country } = client;
  cookies.get(TRUSTED_COOKIE, isDeviceCookie).set(serializeDeviceCookie(withPair(pair, others)), lifetimeSeconds);
  context.defer(async () => {
    await insertTrustedDevice(services.database, {
      id: await hashSecret(pair.secret),
      user_id: userId,
      session_epoch: sessionEpoch,
      browser,
      platform,
      country,
      created_at: now,
      expires_at: now + lifetimeSeconds * 1_000,
    });
    record(context, userId, "device-remembered");
  });
}

function sentPairs({ cookies }: Context) {
  return parseDeviceCookie(cookies.get(TRUSTED_COOKIE, isDeviceCookie).secret);
}
