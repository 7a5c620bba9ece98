import { connect, type Socket } from "node:net";
import { type HttpResponse, parseResponse } from "./response.ts";

interface PendingRequest {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A keep-alive connection that carries one request at a time. A full HTTP client would use more CPU time of the load's
 * core than the Worker needs for some of the measured requests.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #pending: PendingRequest | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("The Worker hung up")));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends the bytes of a complete request. Rejects if the connection closes before the response is complete. */
  request(bytes: Buffer): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#pending = null;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      const read = parseResponse(this.#received);
      if (read === null) return;
      this.#received = this.#received.subarray(read.length);
      const pending = this.#pending;
      this.#pending = null;
      pending?.resolve(read.response);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#pending?.reject(error);
    this.#pending = null;
  }
}

/** Builds the bytes of a GET request to `port` of this machine, with the headers of a browser and this cookie. */
export function getRequest(port: number, path: string, cookie = ""): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Accept: text/html,application/xhtml+xml",
    "Accept-Language: en",
    "Sec-Fetch-Site: same-origin",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ...(cookie === "" ? [] : [`Cookie: ${cookie}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}
