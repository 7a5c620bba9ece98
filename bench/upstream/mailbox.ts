import { createServer } from "node:http";
import { atTheEnd } from "../ending.ts";

/** Takes mail as Resend's API does and drops it. Returns its address. Ends with the run. */
export async function startMailbox(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"id":"a-mail-nobody-reads"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atTheEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
