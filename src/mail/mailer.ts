/** An email message to one recipient. Its plain text and its HTML say the same. */
export interface Mail {
  /** An email in its stored form, never as typed. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Marks every message as written by a program (RFC 3834, 5), so that automatic replies do not answer it. Cloudflare
 * accepts this header from senders.
 */
export const MAIL_HEADERS = { "Auto-Submitted": "auto-generated" };

export interface Mailer {
  /** Passes the message to the service that delivers it. Throws MailNotSent. */
  send(mail: Mail): Promise<void>;
}

/** The service did not accept the message, or it is unknown whether it did. `reason` is safe to log. */
export class MailNotSent extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super("mail not sent");
    this.name = "MailNotSent";
    this.reason = reason;
  }
}
