/** Lucia's `providerId` of passkeys. */
const PASSKEY_PROVIDER = "passkey";

/** The id of Lucia's key of a passkey, and of its row: `passkey:<SHA-256 of the credential id in hexadecimal>`. */
export async function passkeyKeyId(credentialId: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", credentialId);
  return passkeyKeyIdOf(Buffer.from(digest).toString("hex"));
}

/** The same from the hash. */
export function passkeyKeyIdOf(hash: string): string {
  return `${PASSKEY_PROVIDER}:${hash}`;
}
