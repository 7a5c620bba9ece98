import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";

/** The time limit for one response while the Worker starts. */
const DEADLINE_MILLISECONDS = 5_000;

export interface LocalResponse {
  readonly status: number;
  readonly body: string;
}

/**
 * Requests a URL of this machine. Resolves with null if there is no response. Does not verify the certificate, which is
 * self-signed.
 */
export function fetchLocally(url: string): Promise<LocalResponse | null> {
  const options = { timeout: DEADLINE_MILLISECONDS, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const request = (url.startsWith("https:") ? getHttps : getHttp)(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.once("error", () => resolve(null));
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(null));
  });
}
