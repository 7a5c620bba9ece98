import { expect } from "vitest";

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What the sender has added to the headers that every mail has. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Listed {
  readonly messageId: string;
  readonly to: readonly string[];
}

/** Everybody's mailbox: what the Worker gave to its `send_email` binding, as wrangler's local explorer tells it. */
export class Inbox {
  readonly #endpoint: string;
  readonly #old = new Set<string>();

  constructor(origin: string) {
    this.#endpoint = `${origin}/cdn-cgi/local/explorer/api/local/email/sending`;
  }

  /** Forgets what has arrived so far. */
  async empty(): Promise<void> {
    for (const { messageId } of await this.#list()) this.#old.add(messageId);
  }

  /** What has arrived at an address, newest first. */
  async at(address: string): Promise<ReceivedMail[]> {
    const listed = (await this.#list()).filter(
      ({ messageId, to }) => to.includes(address) && !this.#old.has(messageId),
    );
    return Promise.all(
      listed.map(async ({ messageId }) => {
        const query = new URLSearchParams({ email_id: messageId });
        const { result } = await fetch(`${this.#endpoint}?${query}`).then((response) => response.json());
        return { ...result, id: messageId };
      }),
    );
  }

  /** Waits until `count` mails have arrived at an address, and returns the newest. */
  async newest(address: string, count = 1): Promise<ReceivedMail> {
    await expect
      .poll(async () => (await this.#listAt(address)).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(count);
    const [mail] = await this.at(address);
    if (!mail) throw new Error(`No mail for ${address}`);
    return mail;
  }

  async #listAt(address: string): Promise<Listed[]> {
    return (await this.#list()).filter(({ messageId, to }) => to.includes(address) && !this.#old.has(messageId));
  }

  async #list(): Promise<Listed[]> {
    const { result } = await fetch(`${this.#endpoint}?per_page=100`).then((response) => response.json());
    return result as Listed[];
  }
}

/** The path of the link to `prefix` in a mail, and that it is in the text and the HTML alike. */
export function linkIn(mail: ReceivedMail, prefix: string): string {
  const [href] =
    mail.text.match(/https?:\/\/\S+/g)?.filter((candidate) => new URL(candidate).pathname.startsWith(prefix)) ?? [];
  if (href === undefined) throw new Error(`No link to ${prefix} in: ${mail.text}`);
  expect(mail.html).toContain(href.replaceAll("&", "&amp;"));
  const { pathname, search } = new URL(href);
  return pathname + search;
}

/** The code in a mail, and that subject, text and HTML agree on it. */
export function codeIn(mail: ReceivedMail): string {
  const [code = ""] = mail.text.match(/^\d{8}$/m) ?? [];
  expect(code).not.toBe("");
  expect(mail.subject).toContain(code);
  expect(mail.html).toContain(code);
  return code;
}
