import { countEvent } from "../../../auth/events/record-events.ts";
import { withFormer } from "../../../auth/operations/reserved-emails.ts";
import { passwordGivenAt } from "../../../auth/sessions/evidence.ts";
import { aliveSessions, endOf, type ListedSession, type Session } from "../../../auth/sessions/session.ts";
import { hashSecret } from "../../../auth/tokens/secrets.ts";
import type { Context } from "../../../request/context.ts";
import { listEvents } from "../../../store/account-events.ts";
import type { Database } from "../../../store/database.ts";
import { listKeys } from "../../../store/keys.ts";
import { listTokens } from "../../../store/one-time-tokens.ts";
import { listNoticesOfUser } from "../../../store/outbox.ts";
import type { Position } from "../../../store/position.ts";
import { listReservedEmails } from "../../../store/reserved-emails.ts";
import type {
  AccountEventRow,
  KeyRow,
  OneTimeTokenRow,
  OutboxRow,
  ReservedEmailRow,
  UserRow,
} from "../../../store/schema.ts";
import { findUser } from "../../../store/users.ts";

/** Of one call to the database. */
const EVENTS_AT_ONCE = 500;

/** What each store holds about an account. */
interface Holdings {
  readonly user: UserRow | undefined;
  readonly keys: readonly KeyRow[];
  readonly tokens: readonly OneTimeTokenRow[];
  readonly reservedEmails: readonly ReservedEmailRow[];
  readonly notices: readonly OutboxRow[];
  readonly events: readonly AccountEventRow[];
  readonly sessions: readonly ListedSession[];
}

export async function readHoldings({ services, now }: Context, { account }: Session): Promise<Holdings> {
  const { database, sessions } = services;
  const userId = account.id;
  const [user, keys, tokens, reserved, notices, events, listed] = await Promise.all([
    findUser(database, userId),
    listKeys(database, userId),
    listTokens(database, userId),
    listReservedEmails(database, userId, now),
    listNoticesOfUser(database, userId),
    readEvents(database, userId),
    sessions.list(userId),
  ]);
  const reservedEmails = withFormer(reserved, tokens);
  return { user: user ?? undefined, keys, tokens, reservedEmails, notices, events, sessions: listed };
}

/** Everything, as docs/export.md describes it; of secrets and hashes only that they exist. */
export async function sendExport(context: Context, session: Session, holdings: Holdings): Promise<Response> {
  const { now } = context;
  const { user } = holdings;
  const here = await hashSecret(session.id);
  const { id: userId, sessionEpoch } = session.account;
  context.log("exported", { userId });
  context.defer(() => countEvent(context.services.database, userId, "exported", context.client, now));
  const document = {
    exportedAt: toIso(now),
    account: user && {
      id: user.id,
      email: user.email,
      emailVerifiedAt: toIso(user.email_verified_at),
      language: user.language,
      createdAt: toIso(user.created_at),
      updatedAt: toIso(user.updated_at),
      timesSignedOutEverywhere: user.session_epoch,
    },
    keys: holdings.keys.map(({ id, hashed_password }) => ({ name: id, hasPassword: hashed_password !== null })),
    links: holdings.tokens
      .filter(({ purpose }) => purpose !== "undo-email")
      .map((token) => ({
        purpose: token.purpose,
        email: token.email,
        createdAt: toIso(token.created_at),
        expiresAt: toIso(token.expires_at),
        triesTaken: token.attempts,
      })),
    reservedEmails: holdings.reservedEmails.map((row) => ({
      email: row.email,
      createdAt: toIso(row.created_at),
      expiresAt: toIso(row.expires_at),
    })),
    notices: holdings.notices.map((row) => ({
      kind: row.kind,
      email: row.recipient,
      language: row.language,
      createdAt: toIso(row.created_at),
      triesTaken: row.attempts,
    })),
    sessions: aliveSessions(holdings.sessions, sessionEpoch, now).map((session) => ({
      thisDevice: session.handle === here,
      browser: session.browser,
      platform: session.platform,
      country: session.country,
      signedInAt: toIso(session.createdAt),
      lastSeenAt: toIso(session.seenAt),
      passwordGivenAt: toIso(passwordGivenAt(session.evidence)),
      expiresAt: toIso(endOf(session)),
    })),
    activity: holdings.events.map((event) => ({
      type: event.type,
      at: toIso(event.occurred_at),
      times: event.occurrences,
      address: event.ip,
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
    const read: AccountEventRow[] = await listEvents(database, userId, EVENTS_AT_ONCE, before);
    events.push(...read);
    const last = read.at(-1);
    if (last === undefined || read.length < EVENTS_AT_ONCE) return events;
    before = { at: last.occurred_at, id: last.id };
  }
}

function toIso(epochMilliseconds: number | null): string | null {
  return epochMilliseconds === null ? null : new Date(epochMilliseconds).toISOString();
}
