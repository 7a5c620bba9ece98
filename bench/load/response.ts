/** The parts of an HTTP response that the load needs. */
export interface HttpResponse {
  readonly status: number;
  /** The length of the body. */
  readonly bytes: number;
}

const HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";

/**
 * Parses the first response in `buffer` and returns it with its length, or null if it is incomplete. Throws if the
 * response has neither a `Content-Length` nor chunks.
 */
export function parseResponse(buffer: Buffer): { readonly response: HttpResponse; readonly length: number } | null {
  const headEnd = buffer.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = buffer.toString("latin1", 0, headEnd + LINE_END.length);
  const bodyAt = headEnd + HEAD_END.length;
  const status = Number(head.slice(9, 12));
  const declared = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (declared !== undefined) {
    const bytes = Number(declared);
    return buffer.length < bodyAt + bytes ? null : { response: { status, bytes }, length: bodyAt + bytes };
  }
  if (!/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) throw new Error(`An answer without a length:\n${head}`);
  return readChunks(buffer, bodyAt, status);
}

/** Parses a chunked body (RFC 9112, section 7.1) without support for trailers. */
function readChunks(buffer: Buffer, bodyAt: number, status: number): ReturnType<typeof parseResponse> {
  let bytes = 0;
  let at = bodyAt;
  for (;;) {
    const lineEnd = buffer.indexOf(LINE_END, at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(buffer.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error("A chunk without a size");
    at = lineEnd + LINE_END.length + size + LINE_END.length;
    if (at > buffer.length) return null;
    if (size === 0) return { response: { status, bytes }, length: at };
    bytes += size;
  }
}
