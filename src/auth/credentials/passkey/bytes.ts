export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Decodes base64url without padding (RFC 4648, section 5). Null if `text` is not what an encoder writes: other
 * characters, padding, or unused bits that are not zero. So two texts never stand for the same bytes.
 */
export function decodeBase64url(text: string): Bytes | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? new Uint8Array(bytes) : null;
}

/** Encodes as base64url without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** Not in constant time. */
export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
