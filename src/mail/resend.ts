import type { Sender } from "../config/config.ts";
import { formatMailbox } from "./mailbox.ts";
import { MAIL_HEADERS, type Mailer, MailNotSent } from "./mailer.ts";

/** It runs after the answer, within the 30 s that the platform leaves to such work. */
const DEADLINE_MILLISECONDS = 10_000;

/** Resend's HTTP API, https://resend.com/docs/api-reference/emails/send-email. */
export function createResendMailer(
  from: Sender,
  { endpoint, apiKey }: { readonly endpoint: string; readonly apiKey: string },
): Mailer {
  return {
    send: async ({ to, subject, text, html }) => {
      const response = await fetch(`${endpoint}/emails`, {
        method: "POST",
        headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
        body: JSON.stringify({
          from: formatMailbox(from),
          to: [to],
          subject,
          text,
          html,
          headers: MAIL_HEADERS,
        }),
        // Whoever the answer leads to would be given the key and the mail.
        redirect: "manual",
        signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      }).catch((error: Error) => {
        throw new MailNotSent(error.name);
      });
      if (!response.ok) throw new MailNotSent(`status ${response.status}`);
      // A proxy's page says 200 as well, and nothing was taken.
      await response.json().catch(() => {
        throw new MailNotSent("no JSON");
      });
    },
  };
}
