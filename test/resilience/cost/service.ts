import { Agent, type IncomingMessage, request as sendHttp } from "node:http";
import type { StandIns } from "@gatehouse/stand-ins";
import { Client } from "@planetscale/database";
import { WORKERD } from "../../../bench/workerd.ts";
import { writeConfig } from "../../../bench/workerd-config.ts";
import { Browser } from "../../support/browser.ts";
import { startStores } from "../../support/gatehouse.ts";
import { findWorkerds } from "../../support/memory.ts";
import { findFreePort, startServer } from "../../support/processes.ts";
import { type SentMail, startPostBox } from "../faults/post-box.ts";

export const ORIGIN = "https://gatehouse.test";

export interface RawRequest {
  readonly method: string;
  /** The encoded path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  /**
   * The number of chunks in which the body is sent, without Content-Length. If absent, it is sent at once, with its
   * length.
   */
  readonly pieces?: number;
}

/**
 * The built Worker in a workerd of its own. The harness of the other tests runs Workers of its own around ours in the
 * same process: they take six times the CPU time of a page, and copy every body.
 */
export interface Service {
  readonly standIns: StandIns;
  readonly database: Client;
  /** Oldest first. */
  readonly mails: SentMail[];
  readonly processId: number;
  /** Sends exactly this request, and waits for the whole response. */
  send(request: RawRequest): Promise<Response>;
  browser(): Browser;
  close(): Promise<void>;
}

/** Starts the Worker from the build in the directory `bundle`, and writes the configuration of workerd there. */
export async function startService(bundle: string): Promise<Service> {
  const standIns = await startStores();
  const postBox = await startPostBox(standIns.traffic);
  const config = writeConfig(
    bundle,
    {
      DATABASE_URL: standIns.databaseUrl,
      UPSTASH_REDIS_REST_URL: standIns.redisUrl,
      UPSTASH_REDIS_REST_TOKEN: standIns.redisToken,
      BREACHED_PASSWORDS: standIns.breachedPasswordsUrl,
      PUBLIC_ORIGIN: ORIGIN,
      EMAIL_VERIFICATION: "optional",
      MAIL_FROM: "Gatehouse <accounts@gatehouse.test>",
      MAIL_SENDER: "resend",
      RESEND_API_KEY: "re_key",
      RESEND_API_URL: postBox.url,
      // The limit would refuse requests from one ip long before they cost much.
      SOURCE_POSTS_MAX: "1000000",
      SOURCE_POSTS_WINDOW_MINUTES: "15",
      SECRET_KEYS: `k1:${"A".repeat(43)}`,
    },
    // The test sends this header in place of Cloudflare, which terminates TLS before the Worker.
    'forwardedProtoHeader = "X-Forwarded-Proto"',
  );
  const others = findWorkerds();
  const port = await findFreePort();
  const agent = new Agent({ keepAlive: true });
  const send = (request: RawRequest) => sendRaw(agent, port, request);
  const browser = () => new Browser(ORIGIN, async (url, init) => send(await readRequest(url, init)));
  const args = ["serve", "--binary", config, "--socket-addr", `http=127.0.0.1:${port}`];
  const worker = await startServer(WORKERD, args, port, async () => {
    return (
      (
        await browser()
          .open("/auth/signin")
          .catch(() => null)
      )?.status === 200
    );
  });
  const [processId] = (findWorkerds() ?? []).filter((id) => !others?.includes(id));
  if (processId === undefined) throw new Error("The process of workerd is not found");
  return {
    standIns,
    processId,
    send,
    browser,
    database: new Client({ url: standIns.databaseUrl }),
    mails: postBox.mails,
    close: async () => {
      agent.destroy();
      await worker.stop();
      await postBox.close();
      await standIns.close();
    },
  };
}

async function readRequest(url: string, init: RequestInit): Promise<RawRequest> {
  const { pathname, search } = new URL(url);
  const request = new Request(url, init);
  const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer());
  return { method: request.method, path: pathname + search, headers: Object.fromEntries(request.headers), body };
}

async function sendRaw(
  agent: Agent,
  port: number,
  { method, path, headers, body, pieces }: RawRequest,
): Promise<Response> {
  const bytes = body === null ? null : Buffer.from(body);
  const length = bytes === null || pieces !== undefined ? {} : { "Content-Length": `${bytes.length}` };
  const origin = { Host: new URL(ORIGIN).host, "X-Forwarded-Proto": "https" };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { agent, port, host: "127.0.0.1", path, method, headers: { ...headers, ...length, ...origin } };
    const request = sendHttp(options).once("response", resolve).once("error", reject);
    for (const piece of cut(bytes ?? Buffer.alloc(0), pieces ?? 1)) request.write(piece);
    request.end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const answered = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    answered.append(answer.rawHeaders[at] ?? "", answer.rawHeaders[at + 1] ?? "");
  }
  return new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers: answered });
}

function cut(bytes: Buffer, pieces: number): Buffer[] {
  const length = Math.max(Math.ceil(bytes.length / pieces), 1);
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
