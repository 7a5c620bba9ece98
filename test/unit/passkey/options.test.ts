import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  defaultPasskeyName,
  NAME_MAX_CHARACTERS,
  PASSKEYS_MAX,
  passkeyKeyId,
} from "../../../src/auth/credentials/passkey/names.ts";
import { creationOptions, requestOptions } from "../../../src/auth/credentials/passkey/options.ts";
import { CREDENTIAL_ID_MAX_BYTES } from "../../../src/auth/credentials/passkey/read-credential.ts";
import { toBytes } from "./authenticator.ts";

const PASSKEY = { credentialId: toBytes(Buffer.from([0xfb, 0xff, 0x01])), transports: ["internal", "usb"] as const };

describe("the options", () => {
  test("of a new passkey require a discoverable one and user verification, and no attestation", () => {
    const request = { rpId: "example.org", rpName: "Gatehouse", userId: "k3v9q0x7m2p5d8s", email: "ada@example.org" };
    expect(creationOptions({ ...request, challenge: "c", existing: [PASSKEY] })).toEqual({
      rp: { id: "example.org", name: "Gatehouse" },
      user: {
        id: Buffer.from("k3v9q0x7m2p5d8s").toString("base64url"),
        name: "ada@example.org",
        displayName: "ada@example.org",
      },
      challenge: "c",
      pubKeyCredParams: [
        { type: "public-key", alg: -8 },
        { type: "public-key", alg: -7 },
        { type: "public-key", alg: -257 },
      ],
      timeout: 300_000,
      excludeCredentials: [{ type: "public-key", id: "-_8B", transports: ["internal", "usb"] }],
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    });
  });

  test("of a sign-in name no passkey, and those of a known account name its own", () => {
    const options = { rpId: "example.org", challenge: "c", timeout: 300_000, userVerification: "required" };
    expect(requestOptions("example.org", "c", null)).toStrictEqual(options);
    expect(requestOptions("example.org", "c", [PASSKEY])).toStrictEqual({
      ...options,
      allowCredentials: [{ type: "public-key", id: "-_8B", transports: ["internal", "usb"] }],
    });
  });
});

describe("a new passkey", () => {
  test("is named after its provider, or else after the device", () => {
    const device = "Firefox on Windows";
    expect(defaultPasskeyName("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", device)).toBe("Google Password Manager");
    expect(defaultPasskeyName("9ddd1817-af5a-4672-a2b9-3e3dd95000a9", device)).toBe("Windows Hello");
    expect(defaultPasskeyName("00000000-0000-0000-0000-000000000000", device)).toBe(device);
    for (const unknown of ["", "constructor", "__proto__", "toString"]) {
      expect(defaultPasskeyName(unknown, device)).toBe(device);
    }
    expect(defaultPasskeyName("", "x".repeat(100))).toHaveLength(NAME_MAX_CHARACTERS);
    expect([NAME_MAX_CHARACTERS, PASSKEYS_MAX]).toEqual([64, 20]);
  });

  test("has a key id of fixed length, which differs for ids that a collation treats as equal", async () => {
    const id = toBytes(Buffer.alloc(CREDENTIAL_ID_MAX_BYTES, "a"));
    expect(await passkeyKeyId(id)).toBe(`passkey:${createHash("sha256").update(id).digest("hex")}`);
    expect(await passkeyKeyId(id)).toMatch(/^passkey:[0-9a-f]{64}$/);
    expect(await passkeyKeyId(toBytes(Buffer.alloc(CREDENTIAL_ID_MAX_BYTES, "A")))).not.toBe(await passkeyKeyId(id));
  });
});
