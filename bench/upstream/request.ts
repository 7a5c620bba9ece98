/** A complete request to a store. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const HEAD_END = "\r\n\r\n";

/**
 * Parses the first request in `buffer` and returns it with its length, or null if it is incomplete. Throws if the body
 * is chunked.
 */
export function readRequest(buffer: Buffer): { readonly request: UpstreamRequest; readonly length: number } | null {
  const headEnd = buffer.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const [first = "", ...lines] = buffer.toString("latin1", 0, headEnd).split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const bodyAt = headEnd + HEAD_END.length;
  const length = bodyAt + Number(headers["content-length"] ?? 0);
  if (headers["transfer-encoding"] !== undefined) throw new Error("The upstream takes no chunked requests");
  if (buffer.length < length) return null;
  return { request: { method, path, headers, body: buffer.toString("utf8", bodyAt, length) }, length };
}
