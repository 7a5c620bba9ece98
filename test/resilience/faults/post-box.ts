import { type Service, serve, type Traffic } from "@gatehouse/stand-ins";

export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A stand-in for Resend's API, so that sending a message is one more call that can be counted and broken. */
export interface PostBox {
  readonly url: string;
  /** Oldest first. */
  readonly mails: SentMail[];
  close(): Promise<void>;
}

export async function startPostBox(traffic: Traffic): Promise<PostBox> {
  const mails: SentMail[] = [];
  const service: Service = {
    name: "mail",
    owns: (path) => path === "/emails",
    operation: () => "SEND",
    answer: async ({ body }) => {
      const { to, subject, text } = JSON.parse(body) as { to: string[]; subject: string; text: string };
      mails.push({ to: to[0] ?? "", subject, text });
      return { status: 200, body: { id: `mail-${mails.length}` } };
    },
    reset: async () => void mails.splice(0),
    close: async () => {},
  };
  const { port, close } = await serve([service], traffic);
  return { url: `http://127.0.0.1:${port}`, mails, close };
}
