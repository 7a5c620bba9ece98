import { connect, createServer } from "node:net";
import { Mistake } from "./command.ts";

/** The time limit for a connection. A server on this machine accepts it immediately. */
const CONNECT_MILLISECONDS = 1_000;

/**
 * Throws a Mistake unless a server can listen on `port` of all hosts. The message suggests `command` with another port.
 */
export async function requireFreePort(port: number, hosts: readonly string[], command: string): Promise<void> {
  const takenMessage = `Port ${port} is taken by another program. End that, or choose another port, such as: ${command} ${suggest(port)}`;
  for (const host of hosts) {
    // On some systems, a server can listen on one interface although another server listens on all interfaces. A
    // connection finds the other server.
    if (await acceptsConnections(host, port)) throw new Mistake(takenMessage);
    const refusal = await tryToListen(host, port);
    if (refusal === "EADDRINUSE") throw new Mistake(takenMessage);
    if (refusal === "EACCES") {
      throw new Mistake(
        `Port ${port} is for programs with special rights. Choose one above 1023, such as: ${command} ${suggest(8_786)}`,
      );
    }
  }
}

function suggest(port: number): number {
  return port < 65_535 ? port + 1 : port - 1;
}

function acceptsConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MILLISECONDS });
    const finish = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
  });
}

/** Tries to listen on a port. Resolves with the error code of the operating system, or with null on success. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
