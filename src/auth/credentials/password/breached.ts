import { callUpstream, StoreUnavailable } from "../../../store/upstream.ts";

/** After this time the password is accepted without the check. */
const DEADLINE_MILLISECONDS = 1_000;

/** The part of the hash that is sent. Some thousand passwords share it. */
const PREFIX_CHARACTERS = 5;

/**
 * Whether a password is in a known breach. Sends five characters of its SHA-1. The padded answer is searched here, so
 * its length reveals nothing: https://haveibeenpwned.com/API/v3#PwnedPasswords. Throws StoreUnavailable if there is no
 * answer within a second.
 */
export async function isBreachedPassword(endpoint: string, password: string): Promise<boolean> {
  // Passwords are compared after NFKC.
  const hash = await sha1(password.normalize("NFKC"));
  const [prefix, suffix] = [hash.slice(0, PREFIX_CHARACTERS), hash.slice(PREFIX_CHARACTERS)];
  const ask = async (signal: AbortSignal): Promise<boolean> => {
    const startedAt = Date.now();
    const response = await fetch(`${endpoint}/range/${prefix}`, {
      headers: { "Add-Padding": "true" },
      redirect: "manual",
      signal,
    });
    const text = await response.text();
    if (response.ok) return isListed(suffix, text);
    throw new StoreUnavailable("breached-passwords", "range", `status ${response.status}`, Date.now() - startedAt);
  };
  return callUpstream("breached-passwords", "range", ask, DEADLINE_MILLISECONDS);
}

/**
 * Searches lines of `<35 hexadecimal digits>:<times seen>`. Padding has zero times. Throws if the text has another
 * form.
 */
function isListed(suffix: string, range: string): boolean {
  if (!/^[0-9A-F]{35}:\d+(?:\r\n|$)/.test(range)) throw new TypeError("Not a range of hashes");
  const line = range.indexOf(`${suffix}:`);
  return line >= 0 && Number.parseInt(range.slice(line + suffix.length + 1), 10) > 0;
}

/** In the form of the service: hexadecimal in capitals. SHA-1 protects nothing here. */
async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex").toUpperCase();
}
