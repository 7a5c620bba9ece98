import type { MailBinding, Sender } from "../config/config.ts";
import { MAIL_HEADERS, type Mailer, MailNotSent } from "./mailer.ts";

/**
 * Cloudflare's own sending, through a `send_email` binding. `wrangler dev` keeps the mail and shows it in its explorer. The
 * binding takes the sender's name apart from its email and writes the header itself: it gets the name as people read it.
 */
export function createCloudflareMailer(from: Sender, { binding }: { readonly binding: MailBinding }): Mailer {
  return {
    send: async (mail) => {
      try {
        await binding.send({ from, ...mail, headers: MAIL_HEADERS });
      } catch (error) {
        throw new MailNotSent(error instanceof Error ? error.name : "unknown");
      }
    },
  };
}
