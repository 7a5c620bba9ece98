import { Connection } from "./connection.ts";

export interface Saturation {
  readonly answers: number;
  readonly seconds: number;
}

export interface Target {
  readonly port: number;
  /** One request per connection. */
  readonly requests: readonly Buffer[];
  /** The length of the body of every response. */
  readonly bytes: number;
}

/**
 * Sends the next request on every connection as soon as the previous one is answered, at least one. Rejects if a
 * response is not the page.
 */
export async function saturate({ port, requests, bytes }: Target, seconds: number): Promise<Saturation> {
  const connections = await Promise.all(requests.map(() => Connection.open(port)));
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  let answers = 0;
  const sendRepeatedly = async (connection: Connection, request: Buffer) => {
    do {
      const answer = await connection.request(request);
      if (answer.status !== 200 || answer.bytes !== bytes) {
        throw new Error(`Under load: status ${answer.status}, ${answer.bytes} bytes instead of ${bytes}`);
      }
      answers += 1;
    } while (performance.now() < until);
  };
  try {
    await Promise.all(
      connections.map((connection, index) => sendRepeatedly(connection, requests[index] ?? Buffer.alloc(0))),
    );
    return { answers, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    for (const connection of connections) connection.close();
  }
}
