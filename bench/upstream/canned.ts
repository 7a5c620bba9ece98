import { createServer, type Socket } from "node:net";
import { atTheEnd } from "../ending.ts";
import { Delay } from "./delay.ts";
import { readRequest, type UpstreamRequest } from "./request.ts";

/**
 * Stands before the stand-ins and gives their own answers to reads again from memory, so that answering costs next to
 * nothing and the Worker is what is measured.
 */
export interface CannedUpstream {
  readonly port: number;
  /** Requests that have come so far. */
  calls: number;
  /** How long every answer is held back. */
  delayMilliseconds: number;
  /** Whether reads are answered from memory. Otherwise everything is passed on. */
  remembers: boolean;
}

/** What asks only, alone or as a pipeline of one; a script says so in its first line. Everything else is always passed on. */
const IS_READ = /^(?:\[\[?"m?get"[^\]]*\]\]?$|\["eval","#!lua flags=[a-z-]+\\n-- read |\{"query":"select )/i;

/** In front of the stand-ins on `standInsPort`. Ends with the run. */
export async function startCannedUpstream(standInsPort: number): Promise<CannedUpstream> {
  const sockets = new Set<Socket>();
  const delay = new Delay();
  const remembered = new Map<string, Buffer>();
  const upstream = { port: 0, calls: 0, delayMilliseconds: 0, remembers: false };

  const answer = async (socket: Socket, request: UpstreamRequest): Promise<void> => {
    upstream.calls += 1;
    const key = `${request.path}\n${request.body}`;
    const reuse = upstream.remembers && IS_READ.test(request.body);
    const bytes = (reuse ? remembered.get(key) : undefined) ?? (await passOn(standInsPort, request));
    if (reuse) remembered.set(key, bytes);
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
  atTheEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  upstream.port = typeof address === "object" && address !== null ? address.port : 0;
  return upstream;
}

/** The stand-in's answer as bytes that can be sent again. */
async function passOn(port: number, { method, path, headers, body }: UpstreamRequest): Promise<Buffer> {
  const { authorization, "content-type": type, "upstash-encoding": encoding, "add-padding": padding } = headers;
  const kept = { authorization, "content-type": type, "upstash-encoding": encoding, "add-padding": padding };
  const sent = Object.entries(kept).filter((entry): entry is [string, string] => entry[1] !== undefined);
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
