import { Connection } from "./connection.ts";

/** The number of responses and the time that they took. */
export interface Saturation {
  readonly responses: number;
  readonly seconds: number;
}

export interface Target {
  readonly port: number;
  /** The request of each connection. */
  readonly requests: readonly Buffer[];
  /** The length of the body of every response. */
  readonly bytes: number;
}

/**
 * Keeps one request open on every connection for this number of seconds. Sends at least one request on each, even for 0
 * seconds. Rejects if a response has a status other than 200 or a body of another length.
 */
export async function saturate({ port, requests, bytes }: Target, seconds: number): Promise<Saturation> {
  const connections = await Promise.all(requests.map(() => Connection.open(port)));
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  let responses = 0;
  const sendRepeatedly = async (connection: Connection, request: Buffer) => {
    do {
      const response = await connection.request(request);
      if (response.status !== 200 || response.bytes !== bytes) {
        throw new Error(`Under load: status ${response.status}, ${response.bytes} bytes instead of ${bytes}`);
      }
      responses += 1;
    } while (performance.now() < until);
  };
  try {
    await Promise.all(
      connections.map((connection, index) => sendRepeatedly(connection, requests[index] ?? Buffer.alloc(0))),
    );
    return { responses, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    for (const connection of connections) connection.close();
  }
}
