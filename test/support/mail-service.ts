import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface MailRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A stand-in for Resend, with the part of its API that the Worker uses. */
export interface MailService {
  /** The variables that make a Worker send its messages here. */
  readonly variables: Readonly<Record<string, string>>;
  /** The requests since the last reset, whatever their response was, oldest first. */
  readonly requests: MailRequest[];
  /** Sets the response to all requests from now on. */
  respondWith(status: number, body?: string): void;
  /** Removes the recorded requests, and responds as Resend does. */
  reset(): void;
  close(): void;
}

const ACCEPTED = '{"id":"49a3999c"}';

export async function startMailService(): Promise<MailService> {
  let next = { status: 200, body: ACCEPTED };
  const requests: MailRequest[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      requests.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
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
    requests,
    respondWith: (status, body = ACCEPTED) => {
      next = { status, body };
    },
    reset: () => {
      next = { status: 200, body: ACCEPTED };
      requests.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
