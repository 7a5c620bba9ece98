import { callUpstream, StoreUnavailable } from "../../../store/upstream.ts";

/** The look-up is a courtesy: it may not cost a person more than this. */
const DEADLINE_MILLISECONDS = 1_000;

/** So much of the hash is told; some thousand passwords share it. */
const PREFIX_CHARACTERS = 5;

/**
 * Whether a password is among those of known breaches. Five characters of its SHA-1 leave this service, and the answer,
 * padded so that its length tells nothing, is searched here: https://haveibeenpwned.com/API/v3#PwnedPasswords. Throws
 * StoreUnavailable if there is no answer within a second.
 */
export async function isBreachedPassword(endpoint: string, password: string): Promise<boolean> {
  // What opens the account is compared after NFKC, too.
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

/** In lines of `<35 hexadecimal digits>:<times seen>`. Those that are padding were never seen. Throws if it is anything else. */
function isListed(suffix: string, range: string): boolean {
  if (!/^[0-9A-F]{35}:\d+(?:\r\n|$)/.test(range)) throw new TypeError("Not a range of hashes");
  const line = range.indexOf(`${suffix}:`);
  return line >= 0 && Number.parseInt(range.slice(line + suffix.length + 1), 10) > 0;
}

/** As the service indexes them: hexadecimal, in capitals. It secures nothing here. */
async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex").toUpperCase();
}
