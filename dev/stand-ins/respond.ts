import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service, ServiceAnswer, ServiceRequest } from "./service.ts";
import type { Fault, OpenCall, Traffic } from "./traffic.ts";

/** Far above anything the Worker sends; a stop for mistakes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A name that resolves elsewhere would let any web page drive the stand-ins through the developer's browser. */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/** The request listener: finds the service, notes the call, and answers or breaks as `traffic` says. */
export function createAnswerer(services: readonly Service[], traffic: Traffic) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = performance.now();
    response.on("error", () => {});
    if (!LOOPBACK_HOST.test(incoming.headers.host ?? "")) return sendText(response, 403, "Loopback hosts only");
    const path = (incoming.url ?? "/").replace(/\?.*$/s, "");
    const service = services.find((candidate) => candidate.owns(path));
    if (service === undefined) return sendText(response, 404, "No such endpoint");
    const read = await readBody(incoming);
    if (read.kind === "broken") return;
    if (read.kind === "tooLong") return sendText(response, 413, "Body too long");

    const request: ServiceRequest = {
      method: incoming.method ?? "GET",
      path,
      headers: joinHeaders(incoming),
      body: read.body,
    };
    const operation = service.operation(request);
    const call = traffic.begin(service.name, operation, startedAt);
    const fault = traffic.takeFault(service.name, operation);
    response.on("close", () => call.end(fault?.kind === "hang" ? "hung" : "lost"));
    const hangUp = noticeHangUp(response);
    await respond(response, call, { service, request, hangUp, fault, traffic });
  };
}

interface Task {
  readonly service: Service;
  readonly request: ServiceRequest;
  readonly hangUp: AbortSignal;
  readonly fault: Fault | undefined;
  readonly traffic: Traffic;
}

function noticeHangUp(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const notice = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.closed) notice();
  else response.once("close", notice);
  return controller.signal;
}

async function respond(response: ServerResponse, call: OpenCall, task: Task): Promise<void> {
  const { fault, traffic } = task;
  switch (fault?.kind) {
    case "refuse":
      return breakOff(response, call);
    case "hang":
      response.on(
        "close",
        traffic.hang(() => response.destroy()),
      );
      return;
    case "status":
      return send(response, call, fault.status, "text/plain; charset=utf-8", "Injected fault");
    case "html":
      return send(response, call, 200, "text/html; charset=utf-8", "<!doctype html><title>Be right back</title>");
    case "late":
    case "truncated":
    case "lostAnswer":
    case undefined:
      return deliver(response, call, task);
  }
}

async function deliver(response: ServerResponse, call: OpenCall, task: Task): Promise<void> {
  const { fault, traffic } = task;
  const answer = await ask(task);
  if (answer.work !== undefined) call.noteWork(answer.work);
  if (fault?.kind === "lostAnswer") return breakOff(response, call);
  const waitMs = traffic.delayMs + (fault?.kind === "late" ? fault.ms : 0);
  // Unreferenced: a late answer must not keep a finished test run alive.
  if (waitMs > 0) await sleep(waitMs, undefined, { ref: false });
  const [type, whole] =
    "text" in answer ? ["text/plain", answer.text] : ["application/json", JSON.stringify(answer.body)];
  const text = fault?.kind === "truncated" ? whole.slice(0, whole.length >> 1) : whole;
  send(response, call, answer.status, type, text);
}

/** A stand-in that throws is broken itself: say so, where a developer looks. */
async function ask({ service, request, hangUp }: Task): Promise<ServiceAnswer> {
  try {
    return await service.answer(request, hangUp);
  } catch (error) {
    console.error(`The stand-in for the ${service.name} failed:`, error);
    return { status: 500, body: { error: `stand-in failure: ${error}` } };
  }
}

function send(response: ServerResponse, call: OpenCall, status: number, contentType: string, text: string): void {
  if (response.destroyed) return;
  // Before the bytes leave: what the caller does next must start after this call ended.
  call.end(status);
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(text) }).end(text);
}

/** For what never reaches a service; it is not noted as a call. */
function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(text);
}

function breakOff(response: ServerResponse, call: OpenCall): void {
  call.end("lost");
  response.destroy();
}

type Body = { kind: "read"; body: string } | { kind: "tooLong" } | { kind: "broken" };

async function readBody(incoming: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return { kind: "broken" };
  }
  return length > MAX_BODY_BYTES ? { kind: "tooLong" } : { kind: "read", body: Buffer.concat(chunks).toString("utf8") };
}

function joinHeaders(incoming: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
