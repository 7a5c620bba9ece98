import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service, ServiceAnswer } from "./service.ts";
import type { Traffic } from "./traffic.ts";

export interface Serving {
  readonly port: number;
  /** Breaks open connections. Does not close the services. */
  close(): Promise<void>;
}

// Longer than a client keeps an idle connection, so that the client closes it first. Otherwise a request sent while the
// server closes is lost, and a test fails now and then.
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/** A name that resolves elsewhere would let any web page drive the stand-ins through the developer's browser. */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

const TEXT = "text/plain; charset=utf-8";

/**
 * Serves on the loopback interface: finds the service of a request, notes the call, and answers or breaks as `traffic` says.
 * `port` 0 is a free one. Rejects if the port is taken.
 */
export function serve(services: readonly Service[], traffic: Traffic, port = 0): Promise<Serving> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, (incoming, response) =>
    answer(services, traffic, incoming, response),
  );
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      traffic.restore();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, close }));
  });
}

async function answer(
  services: readonly Service[],
  traffic: Traffic,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  const send = (status: number, type: string, body: string) =>
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) }).end(body);
  response.on("error", () => {});
  const path = (incoming.url ?? "/").replace(/\?.*$/s, "");
  const service = services.find((candidate) => candidate.owns(path));
  // Neither is noted as a call.
  if (!LOOPBACK_HOST.test(incoming.headers.host ?? "")) return void send(403, TEXT, "Forbidden");
  if (service === undefined) return void send(404, TEXT, "Not found");
  const body = await text(incoming).catch(() => null);
  if (body === null) return;

  const { method = "GET", headers } = incoming;
  const request = { method, path, headers, body };
  const call = traffic.begin(service.name, service.operation(request), startedAt);
  const { fault } = call;
  const hangUp = new AbortController();
  const onClose = () => {
    call.end(fault?.kind === "hang" ? "hung" : "lost");
    if (!response.writableFinished) hangUp.abort();
  };
  if (response.closed) onClose();
  else response.once("close", onClose);
  const finish = (status: number, type: string, body: string) => {
    if (response.destroyed) return;
    // Before the bytes leave: the caller's next call must start after this one ended.
    call.end(status);
    send(status, type, body);
  };

  if (fault?.kind === "refuse") return void response.destroy();
  if (fault?.kind === "hang")
    return void response.on(
      "close",
      traffic.hang(() => response.destroy()),
    );
  if (fault?.kind === "status") return finish(fault.status, TEXT, "Fault");
  if (fault?.kind === "html") return finish(200, "text/html", "<title>Be right back</title>");
  const given = await service.answer(request, hangUp.signal).catch((error): ServiceAnswer => {
    // A stand-in that throws is broken itself: the developer reads it in the terminal.
    console.error(error);
    return { status: 500, body: { error: String(error) } };
  });
  if (given.work !== undefined) call.noteWork(given.work);
  if (fault?.kind === "lostAnswer") return void response.destroy();
  const waitMs = traffic.delayMs + (fault?.kind === "late" ? fault.ms : 0);
  // Unreferenced: a late answer must not keep a finished test run alive.
  if (waitMs > 0) await sleep(waitMs, undefined, { ref: false });
  const whole = "text" in given ? given.text : JSON.stringify(given.body);
  const type = "text" in given ? TEXT : "application/json";
  finish(given.status, type, fault?.kind === "truncated" ? whole.slice(0, whole.length >> 1) : whole);
}
