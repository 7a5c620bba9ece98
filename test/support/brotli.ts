import { brotliCompressSync, constants } from "node:zlib";

/** What a text weighs on its way, compressed as well as it can be. */
export function brotliBytes(text: string): number {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;
}
