import { hashSecret } from "../auth/tokens/secrets.ts";
import type { Mail } from "../mail/mailer.ts";
import { StoreUnavailable } from "../store/upstream.ts";
import type { Context } from "./context.ts";
import { strangersMailLimits } from "./limits/mailbox.ts";
import { DAY_SECONDS } from "./limits/window.ts";
import { describeError } from "./log.ts";

/** Notices of one kind to a mailbox that is verified. */
const NOTICES_A_DAY_MAX = 20;

/** What a notice tells of. */
export type NoticeKind = "password-changed" | "account-deleted" | "email-left";

/**
 * Mails what the owner of an account must hear of. Where the email never was verified the mailbox may be a stranger's,
 * who gets no more of these than of any mail. Where it is theirs for sure no source and no other mail uses up what
 * would warn them, and it is sent even if nobody can count; but a password that is changed again and again fills no
 * mailbox.
 */
export async function sendNotice(context: Context, kind: NoticeKind, mail: Mail, verified: boolean): Promise<void> {
  const allowed = verified
    ? await takeNoticeAllowance(context, kind, mail.to)
    : (await context.limits.consume(await strangersMailLimits(context, "notice", mail.to))).allowed;
  if (allowed) await context.services.mailer.send(mail);
}

async function takeNoticeAllowance(context: Context, kind: NoticeKind, email: string): Promise<boolean> {
  const window = { name: "notice-day", max: NOTICES_A_DAY_MAX, seconds: DAY_SECONDS };
  const key = `${kind}:${await hashSecret(email)}`;
  const limit = { counter: "notice", key, knownKey: null, countsRefused: false, windows: [window] };
  try {
    return (await context.limits.consume([limit])).allowed;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    context.log("deferred-work-failed", describeError(error));
    return true;
  }
}
