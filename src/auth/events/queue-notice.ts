import { findLanguage, type Language } from "../../i18n/language.ts";
import type { Transaction } from "../../store/database.ts";
import { insertNotice } from "../../store/outbox.ts";
import type { OutboxRow } from "../../store/schema.ts";
import { generateRandomString } from "../tokens/secrets.ts";
import { FIRST_ATTEMPT_MILLISECONDS } from "./notice-schedule.ts";
import type { Cause, EventOrigin } from "./record-events.ts";

/** Notices about the factors of an account. They are named like their events. */
export const FACTOR_NOTICES = [
  "passkey-added",
  "passkey-removed",
  "two-step-on",
  "two-step-off",
  "authenticator-added",
  "authenticator-removed",
  "recovery-codes-created",
  "recovery-code-used",
  "second-step-failed",
] as const;

export type FactorNotice = (typeof FACTOR_NOTICES)[number];

/** The kinds of notices. Stored under these names for at most 72 hours. */
export type NoticeKind =
  | FactorNotice
  | "new-sign-in"
  | "password-changed"
  | "password-reset"
  /** To a verified email that the account gave up, with a link that undoes the change. */
  | "email-changed"
  /** To an email that the account gave up and that was never verified. */
  | "email-left"
  | "email-change-undone"
  /** To the email that the account had until a change was undone. */
  | "email-given-up"
  /** To the account's email, when the change to it can no longer be undone. */
  | "email-change-final"
  /** To the email that the account had before that change. */
  | "email-released"
  | "account-deleted";

/**
 * A message about a change that cannot be undone, or about a change or a sign-in that may not be the owner's doing, so it
 * must reach the mailbox.
 */
export interface Notice {
  readonly kind: NoticeKind;
  /** In the stored form. */
  readonly recipient: string;
  readonly language: Language;
  /** Whether the recipient is known to be the account's owner. */
  readonly isVerified: boolean;
  /** The number of recovery codes or passkeys that remain, if the notice names it. */
  readonly remaining?: number | undefined;
}

/** The device that made a change or signed in. Stored with the notice, because the audit log may be deleted before it is sent. */
export type NoticeOrigin = Pick<EventOrigin, "browser" | "platform" | "country">;

/** A notice with its row in the outbox. */
export interface QueuedNotice extends Notice {
  /** Null if the recipient may be someone else, or if a release before 0.2.0 stored the notice. */
  readonly origin: NoticeOrigin | null;
  readonly row: OutboxRow;
}

const NOTICE_ID_CHARACTERS = 24;

/** These go to emails that are not the account's, or that it gave up, so they do not describe a device. */
const WITHOUT_ORIGIN: readonly NoticeKind[] = ["email-left", "email-given-up", "email-released"];

/**
 * Queues a notice in the transaction of its change. `eventId`: the event in the audit log; null if the account has none
 * any more.
 */
export async function queueNotice(
  transaction: Transaction,
  userId: string,
  eventId: string | null,
  notice: Notice,
  cause: Cause,
): Promise<QueuedNotice> {
  const { kind, recipient, language, isVerified, remaining } = notice;
  const { now } = cause;
  const { browser, platform, country } = cause.origin;
  const origin = isVerified && !WITHOUT_ORIGIN.includes(kind) ? { browser, platform, country } : null;
  const row = {
    id: generateRandomString(NOTICE_ID_CHARACTERS),
    kind,
    event_id: eventId,
    user_id: userId,
    recipient,
    language,
    parameters: JSON.stringify({ isVerified, origin, remaining }),
    attempts: 0,
    next_at: now + FIRST_ATTEMPT_MILLISECONDS,
    created_at: now,
  };
  await insertNotice(transaction, row);
  return { ...notice, origin, row };
}

const KINDS: readonly string[] = [
  ...FACTOR_NOTICES,
  "new-sign-in",
  "password-changed",
  "password-reset",
  "email-changed",
  "email-left",
  "email-change-undone",
  "email-given-up",
  "email-change-final",
  "email-released",
  "account-deleted",
] satisfies NoticeKind[];

/** Parses a row. Throws if another release wrote a notice that this one does not know. */
export function readNotice(row: OutboxRow): QueuedNotice {
  const { kind, recipient } = row;
  const language = findLanguage(row.language);
  const { isVerified, origin = null, remaining } = JSON.parse(row.parameters) as Partial<QueuedNotice>;
  if (!KINDS.includes(kind) || language === null || isVerified === undefined) throw new Error("Unknown notice");
  return { kind: kind as NoticeKind, recipient, language, isVerified, origin, remaining, row };
}

/** The stored device of a notice, for the export. All null if it is unknown, or if the row cannot be parsed. */
export function readNoticeOrigin({ parameters }: OutboxRow): NoticeOrigin {
  const unknown = { browser: null, platform: null, country: null };
  try {
    return (JSON.parse(parameters) as Partial<QueuedNotice>).origin ?? unknown;
  } catch {
    return unknown;
  }
}
