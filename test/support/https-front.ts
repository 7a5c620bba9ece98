import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeCertificate } from "./certificate.ts";
import type { Gatehouse } from "./gatehouse.ts";

export interface HttpsFront {
  /** Arguments for Chromium that resolve all hosts of `domain` to this server. */
  readonly chromiumArguments: readonly string[];
  /** The `Cookie` headers of the requests to `domain` itself, with one character for each byte. */
  readonly cookies: string[];
  close(): Promise<void>;
}

/**
 * Serves `domain` over https from a Worker, and its subdomains from `sibling`, which stands for another operator.
 * Headers are forwarded byte for byte.
 */
export async function startHttpsFront(
  domain: string,
  gatehouse: Gatehouse,
  sibling: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<HttpsFront> {
  const cookies: string[] = [];
  const server = createServer(makeCertificate(domain), (request, response) => {
    if (request.headers.host !== domain) return sibling(request, response);
    cookies.push(request.headers.cookie ?? "");
    forward(gatehouse, request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    chromiumArguments: [
      `--host-resolver-rules=MAP ${domain}:443 127.0.0.1:${port}, MAP *.${domain}:443 127.0.0.1:${port}`,
    ],
    cookies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(gatehouse: Gatehouse, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const headers = new Headers();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = request.rawHeaders.slice(index, index + 2);
    if (!/^(?:connection|content-length|host|transfer-encoding)$/i.test(name)) headers.append(name, value);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = await gatehouse.fetch(`https://${request.headers.host}${url}`, {
    method,
    headers,
    body: method === "GET" || method === "HEAD" ? null : Buffer.concat(chunks),
    redirect: "manual",
  });
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    if (!/^(?:content-encoding|content-length|set-cookie|transfer-encoding)$/i.test(name)) {
      response.setHeader(name, value);
    }
  }
  response.setHeader("Set-Cookie", answer.headers.getSetCookie());
  response.end(Buffer.from(await answer.arrayBuffer()));
}
