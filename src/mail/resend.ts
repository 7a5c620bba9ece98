import type { Sender } from "../config/config.ts";
import { formatMailbox } from "./mailbox.ts";
import { MAIL_HEADERS, type Mailer, MailNotSent } from "./mailer.ts";

/** Messages are sent after the response. The platform allows 30 s for such work. */
const DEADLINE_MILLISECONDS = 10_000;

/** Sends through Resend's HTTP API, https://resend.com/docs/api-reference/emails/send-email. */
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
        // Following a redirect would send the key and the message to another host.
        redirect: "manual",
        signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      }).catch((error: Error) => {
        throw new MailNotSent(error.name);
      });
      if (!response.ok) throw new MailNotSent(`status ${response.status}`);
      // A proxy may respond with 200 and an HTML page although the service did not accept the message.
      await response.json().catch(() => {
        throw new MailNotSent("no JSON");
      });
    },
  };
}
