import { brand } from "../brand.ts";
import type { Config } from "../config/config.ts";
import { createCloudflareMailer } from "./cloudflare.ts";
import type { Mailer } from "./mailer.ts";
import { createResendMailer } from "./resend.ts";

/** Creates the mailer that the configuration selects. If the configuration names no sender, it is the brand. */
export function createMailer({ mail }: Config): Mailer {
  const { sender } = mail;
  const from = { name: mail.from.name ?? brand.name, email: mail.from.email };
  return sender.kind === "cloudflare" ? createCloudflareMailer(from, sender) : createResendMailer(from, sender);
}
