import { connect, createServer } from "node:net";
import { Mistake } from "./command.ts";

/** A server on this machine answers at once. */
const CONNECT_MILLISECONDS = 1_000;

/** Throws a Mistake unless a server may listen on `port` of every host. `command` is what to say with another port. */
export async function requireFreePort(port: number, hosts: readonly string[], command: string): Promise<void> {
  const taken = `Port ${port} is taken by another program. End that, or choose another port, such as: ${command} ${suggest(port)}`;
  for (const host of hosts) {
    // A server on all interfaces does not keep another off one of them everywhere, so connecting is tried as well.
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

/** The system's code for why not, or null. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
