import { connect, createServer } from "node:net";
import { Mistake } from "./command.ts";

/** A server on this machine answers immediately. */
const CONNECT_MILLISECONDS = 1_000;

/**
 * Throws a Mistake unless a server can listen on `port` of all hosts. `command` is the command to suggest with another
 * port.
 */
export async function requireFreePort(port: number, hosts: readonly string[], command: string): Promise<void> {
  const taken = `Port ${port} is taken by another program. End that, or choose another port, such as: ${command} ${suggest(port)}`;
  for (const host of hosts) {
    // On some systems, a server on all interfaces does not prevent another one on a single interface, so a connection
    // is tried as well.
    if (await answers(host, port)) throw new Mistake(taken);
    const refusal = await tryToListen(host, port);
    if (refusal === "EADDRINUSE") throw new Mistake(taken);
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

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MILLISECONDS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

/** Returns the error code of the operating system, or null. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
