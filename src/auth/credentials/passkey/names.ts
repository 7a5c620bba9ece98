import { type Bytes, sha256 } from "./bytes.ts";

/** The passkeys that an account can have. */
export const PASSKEYS_MAX = 20;

/** The characters of a passkey's name. */
export const NAME_MAX_CHARACTERS = 64;

/**
 * Names of widely used authenticators, by AAGUID. An authenticator chooses its AAGUID itself, so a name only helps
 * people to recognize their passkeys. Most are from https://github.com/passkeydeveloper/passkey-authenticator-aaguids.
 */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "Apple Passwords"],
  ["ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"],
  ["08987058-cadc-4b81-b6e1-30de50dcbe96", "Windows Hello"],
  ["9ddd1817-af5a-4672-a2b9-3e3dd95000a9", "Windows Hello"],
  ["6028b017-b1d4-4c02-b4b3-afcdafc96bb2", "Windows Hello"],
  ["d3452668-01fd-4c12-926c-83a4204853aa", "Microsoft Password Manager"],
  ["adce0002-35bc-c60a-648b-0b25f1f05503", "Chrome on Mac"],
  ["53414d53-554e-4700-0000-000000000000", "Samsung Pass"],
  ["bada5566-a7aa-401f-bd96-45619a55120d", "1Password"],
  ["d548826e-79b4-db40-a3d8-11116f7e8349", "Bitwarden"],
  ["531126d6-e717-415c-9320-3d9aa6981239", "Dashlane"],
  ["f3809540-7f14-49c1-a8b3-8f813b225541", "Enpass"],
  ["fdb141b2-5d84-443e-8a35-4698c205a502", "KeePassXC"],
  ["0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", "Keeper"],
  ["b78a0a55-6ef8-d246-a042-ba0f6d55050c", "LastPass"],
  ["b84e4048-15dc-4dd0-8640-f4f60813c8af", "NordPass"],
  ["50726f74-6f6e-5061-7373-50726f746f6e", "Proton Pass"],
  ["ee882879-721c-4913-9775-3dfcce97072a", "YubiKey 5"],
  ["2fc0579f-8113-47ea-b116-bb5a8db9202a", "YubiKey 5"],
  ["19083c3d-8383-4b18-bc03-8f1c9ab2fd1b", "YubiKey 5"],
  ["a25342c0-3cdc-4414-8e46-f4807fca511c", "YubiKey 5"],
]);

/**
 * The name of a new passkey: its provider, or the device on which it was made, such as "Firefox on Windows". `aaguid`
 * is a UUID in lower case.
 */
export function defaultPasskeyName(aaguid: string, device: string): string {
  return (PROVIDERS.get(aaguid) ?? device).slice(0, NAME_MAX_CHARACTERS);
}

/**
 * The id of a passkey's row and of its key in Lucia. A hash, because credential ids have up to 1,023 bytes, and a
 * collation ignores their case. As a primary key it also keeps two accounts from sharing a passkey.
 */
export async function passkeyKeyId(credentialId: Bytes): Promise<string> {
  return `passkey:${Buffer.from(await sha256(credentialId)).toString("hex")}`;
}
