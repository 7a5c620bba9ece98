/**
 * Providers of passkeys by the AAGUID of their authenticators. From
 * https://github.com/passkeydeveloper/passkey-authenticator-aaguids, which the providers maintain.
 */
const PROVIDERS: Readonly<Record<string, string>> = {
  "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
  "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain (Managed)",
  "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
  "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
  "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
  "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
  "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
  "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
  "53414d53-554e-4700-0000-000000000000": "Samsung Pass",
  "50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
  "fdb141b2-5d84-443e-8a35-4698c205a502": "KeePassXC",
  "b84e4048-15dc-4dd0-8640-f4f60813c8af": "NordPass",
  "f3809540-7f14-49c1-a8b3-8f813b225541": "Enpass",
  "0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6": "Keeper",
  "b78a0a55-6ef8-d246-a042-ba0f6d55050c": "LastPass",
  "d3452668-01fd-4c12-926c-83a4204853aa": "Microsoft Password Manager",
  "ee882879-721c-4913-9775-3dfcce97072a": "YubiKey 5",
  "2fc0579f-8113-47ea-b116-bb5a8db9202a": "YubiKey 5",
  "19083c3d-8383-4b18-bc03-8f1c9ab2fd1b": "YubiKey 5",
  "a25342c0-3cdc-4414-8e46-f4807fca511c": "YubiKey 5",
};

/** As stored. A longer name is refused. */
export const PASSKEY_NAME_MAX_CHARACTERS = 64;

/** The name that a new passkey gets: that of its provider, or `device`, such as "Firefox on Windows". */
export function defaultPasskeyName(aaguid: string, device: string): string {
  return (PROVIDERS[aaguid] ?? device).slice(0, PASSKEY_NAME_MAX_CHARACTERS);
}

/** Parses a typed name: without white space around it and without control characters. Null if it is empty or too long. */
export function readPasskeyName(typed: string): string | null {
  if (typed.length > PASSKEY_NAME_MAX_CHARACTERS * 2) return null;
  const name = typed.trim();
  const isValid = name !== "" && name.length <= PASSKEY_NAME_MAX_CHARACTERS && name.isWellFormed();
  return isValid && !/[\p{Cc}\p{Cf}]/u.test(name) ? name : null;
}
