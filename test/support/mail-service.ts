import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface TakenMail {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** What takes mails in place of Resend, by the part of its API that is used. */
export interface MailService {
  /** What makes a Worker send its mails here. */
  readonly variables: Readonly<Record<string, string>>;
  /** What arrived since the last reset, whatever was answered; the oldest first. */
  readonly taken: TakenMail[];
  /** Answers the next requests so. */
  answer(status: number, body?: string): void;
  /** Forgets what arrived, and answers as Resend does. */
  reset(): void;
  close(): void;
}

const ACCEPTED = '{"id":"49a3999c"}';

export async function startMailService(): Promise<MailService> {
  let next = { status: 200, body: ACCEPTED };
  const taken: TakenMail[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      taken.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
      response.writeHead(next.status, { "Content-Type": "application/json" }).end(next.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    variables: {
      MAIL_SENDER: "resend",
      RESEND_API_URL: `http://127.0.0.1:${port}`,
      RESEND_API_KEY: "re_secret_key",
    },
    taken,
    answer: (status, body = ACCEPTED) => {
      next = { status, body };
    },
    reset: () => {
      next = { status: 200, body: ACCEPTED };
      taken.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
