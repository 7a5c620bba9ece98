/** A message to one address, as plain text and as HTML that says the same. */
export interface Mail {
  /** A stored address, never one as typed. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * What every mail says of itself: that a program wrote it (RFC 3834, 5), so that nobody's note of absence answers it. It is
 * among the headers that Cloudflare takes from a sender.
 */
export const MAIL_HEADERS = { "Auto-Submitted": "auto-generated" };

export interface Mailer {
  /** Hands the mail to the service that delivers it. Throws MailNotSent. */
  send(mail: Mail): Promise<void>;
}

/** The mail service did not take a mail, or nobody can tell whether it did. `reason` is safe to log. */
export class MailNotSent extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super("mail not sent");
    this.name = "MailNotSent";
    this.reason = reason;
  }
}
