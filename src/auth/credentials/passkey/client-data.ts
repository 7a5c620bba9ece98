import type { Bytes } from "./bytes.ts";
import { parseJsonObject } from "./json-object.ts";

/** The members of CollectedClientData that are checked: WebAuthn Level 3, section 5.8.1. */
export interface ClientData {
  readonly type: string;
  /** base64url of the challenge. */
  readonly challenge: string;
  readonly origin: string;
  /** Whether the page was in a frame of another origin. */
  readonly isCrossOrigin: boolean;
}

/**
 * Reads `clientDataJSON`; null if it is malformed. It is decoded as the specification decodes it (section 7.2),
 * so a byte order mark is skipped and bytes that are not UTF-8 are replaced. Unknown members are ignored.
 */
export function readClientData(bytes: Bytes): ClientData | null {
  const value = parseJsonObject(new TextDecoder().decode(bytes));
  if (value === null) return null;
  const { type, challenge, origin, crossOrigin = false, topOrigin } = value;
  if (typeof type !== "string" || typeof challenge !== "string" || typeof origin !== "string") return null;
  if (typeof crossOrigin !== "boolean") return null;
  return { type, challenge, origin, isCrossOrigin: crossOrigin || topOrigin !== undefined };
}
