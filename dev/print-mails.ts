import { setTimeout as sleep } from "node:timers/promises";
import { fetchLocally } from "./fetch-locally.ts";

const POLL_MILLISECONDS = 500;

interface ListedMessage {
  readonly messageId: string;
  readonly to: readonly string[];
}

interface Message {
  readonly subject: string;
  readonly text: string;
}

/**
 * Prints each new email message of the Worker in one line, with its subject and its first link, until `ended` resolves.
 * Reads the messages from the local explorer of wrangler at `origin`.
 */
export async function printNewMails(origin: string, ended: Promise<unknown>): Promise<void> {
  const endpoint = `${origin}/cdn-cgi/local/explorer/api/local/email/sending`;
  const printed = new Set<string>();
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const listed = await read<readonly ListedMessage[]>(`${endpoint}?per_page=100`);
    for (const { messageId, to } of (listed ?? []).toReversed()) {
      if (printed.has(messageId)) continue;
      printed.add(messageId);
      const message = await read<Message>(`${endpoint}?email_id=${encodeURIComponent(messageId)}`);
      if (message !== null) console.log(describeMail(to, message));
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** Formats a message, such as `email to ada@example.com: 84844101 is your Gatehouse code http://localhost:8787/…`. */
export function describeMail(to: readonly string[], { subject, text }: Message): string {
  const [link] = /https?:\/\/\S+/.exec(text) ?? [];
  return [`email to ${to.join(", ")}: ${subject}`, ...(link === undefined ? [] : [link])].join(" ");
}

async function read<Result>(url: string): Promise<Result | null> {
  const response = await fetchLocally(url);
  if (response?.status !== 200) return null;
  const { result } = JSON.parse(response.body) as { readonly result: Result };
  return result;
}
