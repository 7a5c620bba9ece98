import type { MailBinding, Sender } from "../config/config.ts";
import { MAIL_HEADERS, type Mailer, MailNotSent } from "./mailer.ts";

/**
 * Sends through Cloudflare's `send_email` binding. `wrangler dev` keeps the messages and shows them in its explorer.
 * The binding takes the sender's name and email separately and encodes the header itself, so the name is passed as is.
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
