import { brotliCompressSync, constants } from "node:zlib";

/** The number of bytes that a text takes after the strongest Brotli compression. */
export function brotliBytes(text: string): number {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;
}
