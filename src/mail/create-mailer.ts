import type { Config } from "../config/config.ts";
import { createCloudflareMailer } from "./cloudflare.ts";
import type { Mailer } from "./mailer.ts";
import { createResendMailer } from "./resend.ts";

/** Creates the mailer that the configuration selects. */
export function createMailer({ mail }: Config): Mailer {
  const { from, sender } = mail;
  return sender.kind === "cloudflare" ? createCloudflareMailer(from, sender) : createResendMailer(from, sender);
}
