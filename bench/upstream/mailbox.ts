import { createServer } from "node:http";
import { onFinish } from "../ending.ts";

/** Starts a server that accepts messages like Resend's API and drops them. Resolves with its URL. Ends with the run. */
export async function startMailbox(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"id":"a-mail-nobody-reads"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onFinish(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
