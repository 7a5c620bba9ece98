import { NOTICE_TTL_MILLISECONDS, nextAttemptAt } from "../auth/events/notice-schedule.ts";
import { type NoticeKind, type QueuedNotice, readNotice } from "../auth/events/queue-notice.ts";
import { type AccountEvent, type EmittedEvent, emitEventLater } from "../auth/events/record-events.ts";
import { issueUndoToken } from "../auth/operations/reserved-emails.ts";
import { hashSecret } from "../auth/tokens/secrets.ts";
import type { Mail } from "../mail/mailer.ts";
import { writeMail } from "../mail/write-mail.ts";
import { consume, type Limit } from "../store/counters.ts";
import { claimNotice, deleteNotice } from "../store/outbox.ts";
import type { OutboxRow } from "../store/schema.ts";
import { StoreUnavailable } from "../store/upstream.ts";
import { findUser } from "../store/users.ts";
import type { Change } from "../views/mail.tsx";
import { causeOf } from "./cause.ts";
import type { Context } from "./context.ts";
import { unknownDeviceMailLimits } from "./limits/mailbox.ts";
import { DAY_SECONDS } from "./limits/window.ts";
import { describeError } from "./log.ts";
import type { Services } from "./services.ts";

const NO_ORIGIN = { browser: null, platform: null, country: null };

/** The maximum number of notices of one kind that one verified mailbox receives in 24 hours. */
const NOTICES_A_DAY_MAX = 20;
/** The same for what a person who knows only the password can repeat at will. */
const REPEATABLE_NOTICES_A_DAY_MAX = 5;
const REPEATABLE_NOTICES: readonly NoticeKind[] = ["new-sign-in", "second-step-failed"];

/** The part of a request's context that is needed to send a notice. A scheduled run can provide it as well. */
export interface NoticeContext extends Pick<Context, "config" | "log"> {
  readonly services: Pick<Services, "database" | "redis" | "mailer">;
}

/**
 * Logs an event that an operation has committed, and sends its notices after the response was created. If the request
 * ends early or a service fails, a scheduled run sends them later.
 */
export function announce(context: Context, { userId, type, notices }: EmittedEvent): void {
  context.log(type, { userId });
  sendLater(context, notices);
}

/**
 * Logs an event now. After the response, adds it to the account's audit log together with its notices, and sends the
 * notices.
 */
export function recordAndNotify(context: Context, event: AccountEvent): void {
  const { userId, type } = event;
  context.log(type, { userId });
  context.defer(async () => {
    sendLater(context, await emitEventLater(context.services.database, event, causeOf(context)));
  });
}

function sendLater(context: Context, notices: readonly QueuedNotice[]): void {
  for (const notice of notices) {
    const { kind, recipient, isVerified } = notice;
    context.defer(async () => {
      // An email that was never verified may belong to someone else, so its notices have the same limits as other
      // messages.
      const limits = isVerified
        ? [await noticeLimit(kind, recipient)]
        : await unknownDeviceMailLimits(context, "notice", recipient);
      await sendNotice(context, notice, limits, context.now);
    });
  }
}

/**
 * Makes another attempt to send a notice that is due. Never rejects. A failure is logged, and the notice is tried again
 * later until it is 72 hours old. The same applies to a notice that this release cannot read. Returns whether the
 * notice was sent. `now` is epoch milliseconds.
 */
export async function retryNotice(context: NoticeContext, row: OutboxRow, now: number): Promise<boolean> {
  const { log } = context;
  const { database } = context.services;
  const attempts = row.attempts + 1;
  try {
    if (row.created_at + NOTICE_TTL_MILLISECONDS <= now) {
      log("notice-dropped", { kind: row.kind, reason: "expired" });
      await deleteNotice(database, row.id);
      return false;
    }
    // Schedules the next attempt before making this one, so that only one of two concurrent runs makes it.
    if (!(await claimNotice(database, row, nextAttemptAt(attempts, now)))) return false;
    const notice = readNotice(row);
    const limits = row.attempts === 0 ? [await noticeLimit(notice.kind, notice.recipient)] : [];
    return await sendNotice(context, notice, limits, now);
  } catch (error) {
    log("notice-delayed", { kind: row.kind, attempts, ...describeError(error) });
    return false;
  }
}

/**
 * Sends a notice and deletes its row. If a limit is reached or the notice is outdated, only deletes the row. If the row
 * cannot be deleted, the notice is sent twice. Rejects if the email service or a store fails.
 */
async function sendNotice(
  context: NoticeContext,
  notice: QueuedNotice,
  limits: readonly Limit[],
  now: number,
): Promise<boolean> {
  const { log } = context;
  const { database, mailer } = context.services;
  const { kind, row } = notice;
  const isAllowed = limits.length === 0 || (await isWithinLimits(context, notice, limits));
  const mail = isAllowed ? await writeNotice(context, notice, now) : null;
  if (mail === null) log("notice-dropped", { kind, reason: isAllowed ? "outdated" : "limit" });
  else await mailer.send(mail);
  await deleteNotice(database, row.id);
  return mail !== null;
}

/**
 * Counts a notice. Notices to a verified email have limits of their own, so that no IP and no other message can use up
 * a warning to the owner, and they are sent even if Redis fails. The limit keeps repeated changes from flooding the
 * mailbox.
 */
async function isWithinLimits(
  { services, log }: NoticeContext,
  { isVerified }: QueuedNotice,
  limits: readonly Limit[],
): Promise<boolean> {
  try {
    const allowance = await consume(services.redis, limits, null);
    if (!allowance.allowed) log("limit-reached", { limit: allowance.window.name });
    return allowance.allowed;
  } catch (error) {
    if (!isVerified || !(error instanceof StoreUnavailable)) throw error;
    log("deferred-work-failed", describeError(error));
    return true;
  }
}

async function noticeLimit(kind: NoticeKind, email: string): Promise<Limit> {
  const max = REPEATABLE_NOTICES.includes(kind) ? REPEATABLE_NOTICES_A_DAY_MAX : NOTICES_A_DAY_MAX;
  const window = { name: "notice-day", max, seconds: DAY_SECONDS };
  const key = `${kind}:${await hashSecret(email)}`;
  return { counter: "notice", key, knownKey: null, countsRefused: false, windows: [window] };
}

/**
 * Writes the message, or returns null if the notice is outdated. Issues its link here, because the outbox stores no
 * token.
 */
async function writeNotice(
  { config, services }: NoticeContext,
  { kind, recipient, language, origin, remaining, row }: QueuedNotice,
  now: number,
): Promise<Mail | null> {
  const recoveryHref = `${config.publicOrigin}/auth/forgot-password`;
  const signInHref = `${config.publicOrigin}/app/account/sign-in`;
  const change: Change = { account: recipient, at: row.created_at, ...(origin ?? NO_ORIGIN) };
  switch (kind) {
    case "new-sign-in": {
      const sessionsHref = `${config.publicOrigin}/app/account/sessions`;
      return writeMail(language, recipient, "newSignIn", change, recoveryHref, sessionsHref);
    }
    case "password-changed":
      return writeMail(language, recipient, "passwordChangedByOwner", change, recoveryHref);
    case "password-reset":
      return writeMail(language, recipient, "passwordChanged", change, recoveryHref, remaining ?? 0);
    case "email-changed": {
      const [token, user] = await Promise.all([
        issueUndoToken(services.database, recipient, null, now),
        findUser(services.database, row.user_id),
      ]);
      if (token === null) return null;
      const undoHref = `${config.publicOrigin}/auth/undo-email/${token}`;
      return writeMail(language, recipient, "emailChanged", change, undoHref, user?.email ?? null);
    }
    case "email-left":
      return writeMail(language, recipient, "emailLeft");
    case "email-change-undone":
      return writeMail(language, recipient, "emailChangeUndone", change, recoveryHref);
    case "email-given-up":
      return writeMail(language, recipient, "emailGivenUp");
    case "email-change-final":
      return writeMail(language, recipient, "emailChangeFinal", change, recoveryHref);
    case "email-released":
      return writeMail(language, recipient, "emailReleased");
    case "account-deleted":
      return writeMail(language, recipient, "accountDeleted", change);
    case "recovery-code-used":
      return writeMail(language, recipient, "recoveryCodeUsed", change, remaining ?? 0, signInHref, recoveryHref);
    case "second-step-failed":
      return writeMail(language, recipient, "secondStepFailed", change, recoveryHref);
    case "passkey-added":
    case "passkey-removed":
    case "two-step-on":
    case "two-step-off":
    case "authenticator-added":
    case "authenticator-removed":
    case "recovery-codes-created":
      return writeMail(language, recipient, "factorChanged", kind, change, signInHref);
  }
}
