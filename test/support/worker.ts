import { readdirSync, readFileSync } from "node:fs";
import { Agent, type IncomingMessage, request as sendHttp } from "node:http";
import { join } from "node:path";
import { Log, LogLevel, Miniflare, type MiniflareOptions, Response as MiniflareResponse } from "miniflare";
import { inject } from "vitest";
import { type RunningWorker, runningWorkers, type SentMail } from "./running-workers.ts";

/** The settings of the Worker in wrangler.toml. They are read once for a run, because loading wrangler is slow. */
export interface WorkerSettings {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}

type ModuleType = "esm" | "wasm" | "data" | "text";

/** The type of a module by the end of its file name, as in the rules of wrangler.toml. */
const MODULE_TYPES: readonly (readonly [end: string, type: ModuleType])[] = [
  ["index.js", "esm"],
  [".wasm", "wasm"],
  [".br", "data"],
  [".css", "text"],
  [".svg", "text"],
  [".client.js", "text"],
];

/** Names a request to the Worker, so that its end is known. */
const REQUEST_HEADER = "Test-Request";

/** The watcher logs this and the name of a request, or "undefined" for those of other clients, such as Chromium. */
const ENDED = "Ended: ";

/**
 * Gets the trace of each request and each scheduled run of the Worker, after the work that these have deferred has ended
 * (https://developers.cloudflare.com/workers/runtime-apis/handlers/tail/).
 */
const WATCHER = `
export default {
  tail(items) {
    for (const { event } of items)
      console.log("${ENDED}" + (event?.cron ?? event?.request?.headers["${REQUEST_HEADER.toLowerCase()}"]));
  },
};
`;

/**
 * Stands in for Cloudflare's `send_email` binding, and hands each message to this process. The one of miniflare keeps
 * them for its explorer, which takes half of the CPU time of a start. `npm run dev` uses that one, in
 * test/contract/commands.test.ts.
 */
const MAILBOX = `import { WorkerEntrypoint } from "cloudflare:workers";
export default class extends WorkerEntrypoint {
  async send(mail) {
    const { status } = await this.env.KEEP.fetch("http://mailbox.test", { method: "POST", body: JSON.stringify(mail) });
    if (status !== 200) throw new Error("The message was not kept");
    return { messageId: crypto.randomUUID() };
  }
}`;

/**
 * Starts the Worker that is built in the directory `bundle`. `vars` are added to the variables of wrangler.toml, or
 * replace them.
 */
export async function startWorker(bundle: string, vars: Readonly<Record<string, string>>): Promise<RunningWorker> {
  const { compatibilityDate, compatibilityFlags, vars: defaults } = inject("workerSettings");
  const lines: string[] = [];
  const running = new RunningRequests();
  const mails: SentMail[] = [];
  const text = Object.entries({ ...defaults, ...vars }).map(
    ([name, value]) => [name, { type: "text", value }] as const,
  );
  const options: MiniflareOptions = {
    host: "127.0.0.1",
    port: 0,
    // By default, miniflare requests a sample of `request.cf` over the network.
    cf: false,
    logRequests: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }) => {
      if (message.startsWith(ENDED)) running.end(message.slice(ENDED.length));
      else lines.push(message);
    },
    workers: [
      {
        config: {
          name: "gatehouse",
          compatibilityDate,
          compatibilityFlags: [...compatibilityFlags],
          manifest: { mainModule: "index.js", modulesRoot: bundle, modules: readModules(bundle) },
          tailConsumers: [{ worker: "watcher" }],
          env: { ...Object.fromEntries(text), SEND_EMAIL: { type: "worker", worker: "mailbox" } },
        },
        dev: {
          rootPath: bundle,
          // Requests to the Worker and to its stores pass through no other Worker, which would take half of the time.
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0, proxy: true }],
          stripCfConnectingIp: false,
        },
      },
      {
        config: {
          name: "watcher",
          compatibilityDate,
          manifest: {
            mainModule: "watcher.js",
            modulesRoot: bundle,
            modules: { "watcher.js": { type: "esm", contents: WATCHER } },
          },
        },
        dev: { rootPath: bundle },
      },
      {
        config: {
          name: "mailbox",
          compatibilityDate,
          manifest: {
            mainModule: "mailbox.js",
            modulesRoot: bundle,
            modules: { "mailbox.js": { type: "esm", contents: MAILBOX } },
          },
          env: {
            KEEP: {
              type: "fetcher",
              handler: async (request) => {
                mails.push({ ...((await request.json()) as Omit<SentMail, "id">), id: crypto.randomUUID() });
                return new MiniflareResponse();
              },
            },
          },
        },
        dev: { rootPath: bundle },
      },
    ],
  };
  const miniflare = new Miniflare(options);
  const { origin } = await miniflare.ready;
  const agent = new Agent({ keepAlive: true });
  const socket = await miniflare.unsafeGetDirectURL();
  const worker: RunningWorker = {
    origin,
    fetch: (url, init) => {
      const request = new Request(url, init);
      request.headers.set(REQUEST_HEADER, running.start());
      return send(agent, socket, request);
    },
    fetchFrom: (country) =>
      ((url: string, init: RequestInit) => {
        const headers = { ...Object.fromEntries(new Headers(init.headers)), [REQUEST_HEADER]: running.start() };
        return miniflare.dispatchFetch(url, { ...(init as object), headers, cf: { country } as object });
      }) as unknown as typeof fetch,
    runScheduled: async (time, cron) => {
      running.start(cron);
      const worker = await miniflare.getWorker();
      const { outcome } = await worker.scheduled({ scheduledTime: new Date(time), cron });
      return outcome;
    },
    lines,
    idle: () => running.idle(),
    mails,
    close: async () => {
      runningWorkers.delete(worker);
      agent.destroy();
      await miniflare.dispose();
    },
  };
  runningWorkers.add(worker);
  return worker;
}

/** The requests and scheduled runs of a Worker that have not ended, which they do after their response. */
class RunningRequests {
  private readonly names: string[] = [];
  private count = 0;
  private sawOthers = false;
  private readonly waiting: (() => void)[] = [];

  /** Returns the name of the request. A scheduled run is named by its expression `cron`. */
  start(cron?: string): string {
    this.count += 1;
    const name = cron ?? `${this.count}`;
    this.names.push(name);
    return name;
  }

  end(name: string): void {
    const index = this.names.indexOf(name);
    if (index < 0) this.sawOthers = true;
    else this.names.splice(index, 1);
    if (this.names.length === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves as soon as all requests have ended, to whether other clients have sent some, whose ends are not waited for. */
  async idle(): Promise<boolean> {
    while (this.names.length > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return !this.sawOthers;
  }
}

/**
 * Sends a request to a socket that accepts whole URLs, as a proxy does, so that the Worker sees the URL of the request.
 */
async function send(agent: Agent, { hostname, port }: URL, request: Request): Promise<Response> {
  const { url, method } = request;
  const body = request.body === null ? null : await request.bytes();
  const headers: Record<string, string> = { Host: new URL(url).host, ...Object.fromEntries(request.headers) };
  // Node sends no Content-Length with a DELETE by itself, and the body would be read as the next request.
  if (body !== null) headers["Content-Length"] = `${body.length}`;
  return new Promise((resolve, reject) => {
    const outgoing = sendHttp({ hostname, port, path: url, method, agent, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => resolve(readResponse(incoming, Buffer.concat(chunks))));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function readResponse({ statusCode: status = 0, rawHeaders }: IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  return new Response(body.length === 0 ? null : new Uint8Array(body), { status, headers });
}

function readModules(bundle: string) {
  const modules = readdirSync(bundle).flatMap((name) => {
    const [, type] = MODULE_TYPES.find(([end]) => name.endsWith(end)) ?? [];
    if (type === undefined) return [];
    const bytes = readFileSync(join(bundle, name));
    const contents = type === "wasm" || type === "data" ? new Uint8Array(bytes) : bytes.toString();
    return [[name, { type, contents }] as const];
  });
  return Object.fromEntries(modules);
}
