/** A message to one recipient. Its plain text and its HTML have the same content. */
export interface Mail {
  /** An email in its stored form, never as typed. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Marks every message as sent by a program (RFC 3834, 5), so that out-of-office replies are not sent to us. Cloudflare
 * lets senders set this header.
 */
export const MAIL_HEADERS = { "Auto-Submitted": "auto-generated" };

export interface Mailer {
  /** Passes the message to the service that delivers it. Throws MailNotSent. */
  send(mail: Mail): Promise<void>;
}

/** Thrown if the service did not accept a message, or if it is unknown whether it did. `reason` is safe to log. */
export class MailNotSent extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super("mail not sent");
    this.name = "MailNotSent";
    this.reason = reason;
  }
}
