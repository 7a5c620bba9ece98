import { createServer, type Socket } from "node:net";
import { onFinish } from "../ending.ts";
import { Delay } from "./delay.ts";
import { readRequest, type UpstreamRequest } from "./request.ts";

/**
 * A proxy in front of the stand-ins. It answers reads from a cache, so that responses cost almost nothing and only the
 * Worker is measured.
 */
export interface CannedUpstream {
  readonly port: number;
  /** The number of requests that have arrived. */
  calls: number;
  /** The delay of each response. */
  delayMilliseconds: number;
  /** Whether reads are answered from the cache. Otherwise all requests are forwarded. */
  isCaching: boolean;
}

/**
 * Matches the body of a read: a command, a pipeline of one command, a SELECT, or a script with flags in its first line
 * and the name of a read in its second. All other requests are forwarded.
 */
const READ_PATTERN = /^(?:\[\[?"m?get"[^\]]*\]\]?$|\["eval","#!lua flags=[a-z-]+\\n-- read |\{"query":"select )/i;

/** Starts a proxy for the stand-ins on `standInsPort`. The proxy ends with the run. */
export async function startCannedUpstream(standInsPort: number): Promise<CannedUpstream> {
  const sockets = new Set<Socket>();
  const delay = new Delay();
  const cache = new Map<string, Buffer>();
  const upstream = { port: 0, calls: 0, delayMilliseconds: 0, isCaching: false };

  const answer = async (socket: Socket, request: UpstreamRequest): Promise<void> => {
    upstream.calls += 1;
    const key = `${request.path}\n${request.body}`;
    const isCacheable = upstream.isCaching && READ_PATTERN.test(request.body);
    const bytes = (isCacheable ? cache.get(key) : undefined) ?? (await forward(standInsPort, request));
    if (isCacheable) cache.set(key, bytes);
    delay.run(upstream.delayMilliseconds, () => void socket.write(bytes));
  };

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      for (let read = readRequest(received); read !== null; read = readRequest(received)) {
        received = received.subarray(read.length);
        answer(socket, read.request).catch((error) => socket.destroy(error));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onFinish(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  upstream.port = typeof address === "object" && address !== null ? address.port : 0;
  return upstream;
}

/** Forwards a request to the stand-ins. Resolves with the bytes of the response, which can be sent repeatedly. */
async function forward(port: number, { method, path, headers, body }: UpstreamRequest): Promise<Buffer> {
  const { authorization, "content-type": type, "upstash-encoding": encoding, "add-padding": padding } = headers;
  const forwardedHeaders = {
    authorization,
    "content-type": type,
    "upstash-encoding": encoding,
    "add-padding": padding,
  };
  const sent = Object.entries(forwardedHeaders).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: sent,
    ...(method === "GET" ? {} : { body }),
  });
  const content = Buffer.from(await response.arrayBuffer());
  const head = [
    `HTTP/1.1 ${response.status} ${response.statusText}`,
    `content-type: ${response.headers.get("content-type")}`,
    `content-length: ${content.length}`,
    "connection: keep-alive",
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), content]);
}
