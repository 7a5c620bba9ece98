import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAnswerer } from "./respond.ts";
import type { Service } from "./service.ts";
import type { Traffic } from "./traffic.ts";

export interface Serving {
  readonly port: number;
  /** Breaks whatever is still open. The services are left to their owner. */
  close(): Promise<void>;
}

// Longer than a client keeps an idle connection, so that the client is the one who hangs up. Otherwise a request sent
// while the server closes is lost, and a test fails now and then.
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/** Serves on the loopback interface. `port` 0: a free one. Rejects when the port is taken. */
export function serve(services: readonly Service[], traffic: Traffic, port = 0): Promise<Serving> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, createAnswerer(services, traffic));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      traffic.restore();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve({ port: (server.address() as AddressInfo).port, close });
    });
  });
}
