import { expect } from "vitest";
import type { SentMail } from "./running-workers.ts";

/** An email message as it was delivered. */
export interface ReceivedMail {
  /** Different for each message. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The headers that the sender has added to those that every email message has. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The mailboxes of all emails: the messages that the Worker passed to its `send_email` binding. */
export class Inbox {
  readonly #sent: SentMail[];
  readonly #settle: () => Promise<void>;

  /** `settle` waits until the work after all responses is done. */
  constructor(sent: SentMail[], settle: () => Promise<void>) {
    this.#sent = sent;
    this.#settle = settle;
  }

  /** Removes all messages, also those that earlier requests send after their response. */
  async empty(): Promise<void> {
    await this.#settle();
    this.#sent.length = 0;
  }

  /** The messages to an email, newest first. */
  async at(address: string): Promise<ReceivedMail[]> {
    return this.#listAt(address).map(deliver);
  }

  /** Waits until `count` messages to an email have arrived, and returns the newest. */
  async newest(address: string, count = 1): Promise<ReceivedMail> {
    const arrived = () => this.#listAt(address).length;
    await expect.poll(arrived, { timeout: 10_000, interval: 10 }).toBeGreaterThanOrEqual(count);
    const [newest] = this.#listAt(address);
    if (!newest) throw new Error(`No mail for ${address}`);
    return deliver(newest);
  }

  #listAt(address: string): SentMail[] {
    return this.#sent.filter(({ to }) => to === address).toReversed();
  }
}

/** Composes the header of the sender as a delivery service does. */
function deliver({ from: { name, email }, to, ...mail }: SentMail): ReceivedMail {
  const from = name ? `"${name.replaceAll(/["\\]/g, "\\$&")}" <${email}>` : email;
  return { ...mail, from, to: [to] };
}

/** The path of the link to `prefix` in a message. Checks that the text and the HTML contain the same link. */
export function linkIn(mail: ReceivedMail, prefix: string): string {
  const [href] =
    mail.text.match(/https?:\/\/\S+/g)?.filter((candidate) => new URL(candidate).pathname.startsWith(prefix)) ?? [];
  if (href === undefined) throw new Error(`No link to ${prefix} in: ${mail.text}`);
  expect(mail.html).toContain(href.replaceAll("&", "&amp;"));
  const { pathname, search } = new URL(href);
  return pathname + search;
}

/** The code in a message. Checks that the subject, the text and the HTML contain the same code. */
export function codeIn(mail: ReceivedMail): string {
  const [grouped = ""] = mail.text.match(/^\d{4} ?\d{4}$/m) ?? [];
  expect(grouped).not.toBe("");
  expect(mail.html).toContain(grouped);
  const code = grouped.replace(" ", "");
  expect(mail.subject).toContain(code);
  return code;
}
