import type { MailAddress, MailBinding } from "../config.ts";
import { type Mailer, MailNotSent } from "./mailer.ts";

/** Cloudflare's own sending, through a `send_email` binding. `wrangler dev` keeps the mail and shows it in its explorer. */
export function createCloudflareMailer(from: MailAddress, { binding }: { readonly binding: MailBinding }): Mailer {
  return {
    send: async (mail) => {
      try {
        await binding.send({ from, ...mail });
      } catch (error) {
        throw new MailNotSent(error instanceof Error ? error.name : "unknown");
      }
    },
  };
}
