import { expect } from "vitest";

/** An email message as it was delivered. */
export interface ReceivedMail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The headers that the sender has added to those that every email message has. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Listed {
  readonly messageId: string;
  readonly to: readonly string[];
}

/**
 * The mailboxes of all emails: the messages that the Worker passed to its `send_email` binding, read from wrangler's
 * local explorer.
 */
export class Inbox {
  readonly #endpoint: string;
  readonly #old = new Set<string>();

  constructor(origin: string) {
    this.#endpoint = `${origin}/cdn-cgi/local/explorer/api/local/email/sending`;
  }

  /** Hides all messages that have arrived. */
  async empty(): Promise<void> {
    for (const { messageId } of await this.#list()) this.#old.add(messageId);
  }

  /** The messages to an email, newest first. */
  async at(address: string): Promise<ReceivedMail[]> {
    return Promise.all((await this.#listAt(address)).map((listed) => this.#read(listed)));
  }

  /** Waits until `count` messages to an email have arrived, and returns the newest. */
  async newest(address: string, count = 1): Promise<ReceivedMail> {
    let listed: readonly Listed[] = [];
    const list = async () => {
      listed = await this.#listAt(address);
      return listed.length;
    };
    await expect.poll(list, { timeout: 10_000, interval: 20 }).toBeGreaterThanOrEqual(count);
    const [newest] = listed;
    if (!newest) throw new Error(`No mail for ${address}`);
    return this.#read(newest);
  }

  async #read({ messageId }: Listed): Promise<ReceivedMail> {
    const query = new URLSearchParams({ email_id: messageId });
    const { result } = await fetch(`${this.#endpoint}?${query}`).then((response) => response.json());
    return { ...result, id: messageId };
  }

  async #listAt(address: string): Promise<Listed[]> {
    return (await this.#list()).filter(({ messageId, to }) => to.includes(address) && !this.#old.has(messageId));
  }

  async #list(): Promise<Listed[]> {
    const { result } = await fetch(`${this.#endpoint}?per_page=100`).then((response) => response.json());
    return result as Listed[];
  }
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
