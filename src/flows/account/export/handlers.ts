import { readNoticeOrigin } from "../../../auth/events/queue-notice.ts";
import { countEvent } from "../../../auth/events/record-events.ts";
import { withFormerReservations } from "../../../auth/operations/reserved-emails.ts";
import { provedAt } from "../../../auth/sessions/evidence.ts";
import { activeSessions, expiresAt, type ListedSession, type Session } from "../../../auth/sessions/session.ts";
import { hashSecret } from "../../../auth/tokens/secrets.ts";
import { seeOther } from "../../../http/responses.ts";
import { confirmPath, isOwnerConfirmed } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { listEvents } from "../../../store/account-events.ts";
import { findAuthenticator } from "../../../store/authenticators.ts";
import type { Database } from "../../../store/database.ts";
import { listKeys } from "../../../store/keys.ts";
import { listTokens } from "../../../store/one-time-tokens.ts";
import { listNoticesOfUser } from "../../../store/outbox.ts";
import { listPasskeys } from "../../../store/passkeys.ts";
import type { Position } from "../../../store/position.ts";
import { listRecoveryCodes } from "../../../store/recovery-codes.ts";
import { listReservedEmails } from "../../../store/reserved-emails.ts";
import type {
  AccountEventRow,
  AuthenticatorRow,
  KeyRow,
  OneTimeTokenRow,
  OutboxRow,
  PasskeyRow,
  ReservedEmailRow,
  TrustedDeviceRow,
  UserRow,
} from "../../../store/schema.ts";
import { listTrustedDevices } from "../../../store/trusted-devices.ts";
import { findUser } from "../../../store/users.ts";

/** Incremented when a key of the document is renamed, removed or changes its meaning. See docs/export.md. */
const EXPORT_VERSION = 2;

/** Events that one call to the database reads. */
const EVENTS_PER_READ = 500;

/** The data that each store holds about an account. */
interface AccountData {
  readonly user: UserRow | undefined;
  readonly keys: readonly KeyRow[];
  readonly tokens: readonly OneTimeTokenRow[];
  readonly reservedEmails: readonly ReservedEmailRow[];
  readonly notices: readonly OutboxRow[];
  readonly events: readonly AccountEventRow[];
  readonly passkeys: readonly PasskeyRow[];
  readonly authenticator: AuthenticatorRow | null;
  /** When each unused recovery code was created, as epoch milliseconds. */
  readonly recoveryCodes: readonly number[];
  readonly trustedDevices: readonly TrustedDeviceRow[];
  readonly sessions: readonly ListedSession[];
}

/** Returns null and reads nothing unless the owner was confirmed recently. */
export async function readAccountData(context: Context, session: Session): Promise<AccountData | null> {
  if (!isOwnerConfirmed(context, session)) return null;
  const { services, now } = context;
  const { account } = session;
  const { database, sessions } = services;
  const userId = account.id;
  const [user, keys, tokens, reserved, notices, events, listed, ...factors] = await Promise.all([
    findUser(database, userId),
    listKeys(database, userId),
    listTokens(database, userId),
    listReservedEmails(database, userId, now),
    listNoticesOfUser(database, userId),
    readEvents(database, userId),
    sessions.list(userId),
    listPasskeys(database, userId),
    findAuthenticator(database, userId),
    listRecoveryCodes(database, userId),
    listTrustedDevices(database, userId, account.sessionEpoch, now),
  ]);
  const [passkeys, authenticator, recoveryCodes, trustedDevices] = factors;
  const reservedEmails = withFormerReservations(reserved, tokens);
  const rows = {
    keys,
    tokens,
    reservedEmails,
    notices,
    events,
    passkeys,
    authenticator,
    recoveryCodes,
    trustedDevices,
  };
  return { user: user ?? undefined, ...rows, sessions: listed };
}

/**
 * Sends the JSON document that docs/export.md describes. It contains no credential and no hash of one. Without `data`, the
 * owner is to confirm it first, and then comes back to the page with the button: a download would leave them on the page
 * before it.
 */
export async function sendExport(context: Context, session: Session, data: AccountData | null): Promise<Response> {
  if (data === null) return seeOther(confirmPath("/app/account/data"));
  const { now } = context;
  const { user } = data;
  const currentHandle = await hashSecret(session.id);
  const { id: userId, sessionEpoch } = session.account;
  context.log("exported", { userId });
  context.defer(() => countEvent(context.services.database, userId, "exported", context.client, now));
  const document = {
    version: EXPORT_VERSION,
    exportedAt: toIso(now),
    account: user && {
      id: user.id,
      email: user.email,
      emailVerifiedAt: toIso(user.email_verified_at),
      language: user.language,
      passwordChangedAt: toIso(user.password_changed_at),
      twoStepAt: toIso(user.two_step_at),
      createdAt: toIso(user.created_at),
      updatedAt: toIso(user.updated_at),
      sessionEpoch: user.session_epoch,
    },
    keys: data.keys.map(({ id, hashed_password }) => ({ name: id, hasPassword: hashed_password !== null })),
    passkeys: data.passkeys.map((row) => ({
      name: row.name,
      algorithm: row.algorithm,
      signCount: row.sign_count,
      transports: row.transports === "" ? [] : row.transports.split(","),
      aaguid: row.aaguid,
      backupEligible: row.backup_eligible,
      backedUp: row.backed_up,
      browser: row.browser,
      platform: row.platform,
      createdAt: toIso(row.created_at),
      lastUsedAt: toIso(row.last_used_at),
    })),
    authenticator: data.authenticator && {
      createdAt: toIso(data.authenticator.created_at),
      lastUsedAt: toIso(data.authenticator.last_used_at),
    },
    recoveryCodes: data.recoveryCodes.map((createdAt) => ({ createdAt: toIso(createdAt) })),
    trustedDevices: data.trustedDevices.map((row) => ({
      browser: row.browser,
      platform: row.platform,
      country: row.country,
      createdAt: toIso(row.created_at),
      expiresAt: toIso(row.expires_at),
    })),
    links: data.tokens
      .filter(({ purpose }) => purpose !== "undo-email")
      .map((token) => ({
        purpose: token.purpose,
        email: token.email,
        createdAt: toIso(token.created_at),
        expiresAt: toIso(token.expires_at),
        attempts: token.attempts,
      })),
    reservedEmails: data.reservedEmails.map((row) => ({
      email: row.email,
      createdAt: toIso(row.created_at),
      expiresAt: toIso(row.expires_at),
    })),
    notices: data.notices.map((row) => ({
      kind: row.kind,
      email: row.recipient,
      language: row.language,
      createdAt: toIso(row.created_at),
      attempts: row.attempts,
      ...readNoticeOrigin(row),
    })),
    sessions: activeSessions(data.sessions, sessionEpoch, now).map((session) => ({
      thisDevice: session.handle === currentHandle,
      browser: session.browser,
      platform: session.platform,
      country: session.country,
      signedInAt: toIso(session.createdAt),
      lastSeenAt: toIso(session.seenAt),
      passwordGivenAt: toIso(provedAt(session.evidence, "password")),
      proofs: session.evidence.map(({ method, at }) => ({ method, at: toIso(at) })),
      expiresAt: toIso(expiresAt(session)),
    })),
    activity: data.events.map((event) => ({
      type: event.type,
      at: toIso(event.occurred_at),
      times: event.occurrences,
      ip: event.ip,
      country: event.country,
      browser: event.browser,
      platform: event.platform,
    })),
  };
  return new Response(`${JSON.stringify(document, null, 2)}\n`, {
    headers: {
      "Content-Type": "application/json",
      "Content-Disposition": 'attachment; filename="account.json"',
    },
  });
}

async function readEvents(database: Database, userId: string): Promise<AccountEventRow[]> {
  const events: AccountEventRow[] = [];
  let before: Position | null = null;
  while (true) {
    const batch: AccountEventRow[] = await listEvents(database, userId, EVENTS_PER_READ, before);
    events.push(...batch);
    const last = batch.at(-1);
    if (last === undefined || batch.length < EVENTS_PER_READ) return events;
    before = { at: last.occurred_at, id: last.id };
  }
}

function toIso(epochMilliseconds: number | null): string | null {
  return epochMilliseconds === null ? null : new Date(epochMilliseconds).toISOString();
}
