import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkChallenge, issueChallenge } from "../../src/auth/credentials/passkey/challenge.ts";
import { readAssertion, readRegistration } from "../../src/auth/credentials/passkey/read-credential.ts";
import { isPublicKey, verifySignature } from "../../src/auth/credentials/passkey/signature.ts";
import {
  checkAssertion,
  readAuthenticatorData,
  readClientData,
  verifyAssertion,
} from "../../src/auth/credentials/passkey/verify.ts";

interface Vector {
  readonly title: string;
  readonly registration: { readonly attestationObject: string; readonly clientDataJSON: string };
  readonly authentication: {
    readonly authenticatorData: string;
    readonly clientDataJSON: string;
    readonly signature: string;
  };
}

/** Test vectors of WebAuthn Level 3 (https://www.w3.org/TR/webauthn-3/#sctn-test-vectors). NOTICE.md has their license. */
const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../vectors/webauthn-l3.json", import.meta.url), "utf8"),
);

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

const RELYING_PARTY = { id: "example.org", origins: ["https://example.org"] };

/** The public key of a registration, which the vectors have as COSE, as SubjectPublicKeyInfo. */
function publicKeyOf({ registration }: Vector): { algorithm: number; publicKey: Uint8Array<ArrayBuffer> } {
  const cose = readCose(Buffer.from(registration.attestationObject, "hex"));
  const text = (value: unknown) => Buffer.from(value as Uint8Array).toString("base64url");
  const algorithm = cose.get(3) as number;
  const curves: Record<number, string> = { 1: "P-256", 2: "P-384", 3: "P-521", 6: "Ed25519", 7: "Ed448" };
  const crv = curves[cose.get(-1) as number] ?? "";
  const jwk =
    cose.get(1) === 3
      ? { kty: "RSA", n: text(cose.get(-1)), e: text(cose.get(-2)) }
      : cose.get(1) === 1
        ? { kty: "OKP", crv, x: text(cose.get(-2)) }
        : { kty: "EC", crv, x: text(cose.get(-2)), y: text(cose.get(-3)) };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return { algorithm, publicKey: new Uint8Array(key.export({ type: "spki", format: "der" })) };
}

/** Reads the key behind the credential id in the authenticator data of an attestation. */
function readCose(attestation: Buffer): Map<number, unknown> {
  const start = attestation.indexOf("authData") + "authData".length;
  const dataStart = start + (attestation[start] === 0x58 ? 2 : 3);
  const data = attestation.subarray(dataStart);
  const idLength = data.readUInt16BE(53);
  let at = 55 + idLength;
  const readValue = (): unknown => {
    const head = data[at] ?? 0;
    at += 1;
    let value = head & 0x1f;
    if (value === 24) {
      value = data[at] ?? 0;
      at += 1;
    } else if (value === 25) {
      value = data.readUInt16BE(at);
      at += 2;
    }
    switch (head >> 5) {
      case 0:
        return value;
      case 1:
        return -1 - value;
      case 2:
        at += value;
        return data.subarray(at - value, at);
      default:
        return new Map(Array.from({ length: value }, () => [readValue(), readValue()]));
    }
  };
  return readValue() as Map<number, unknown>;
}

async function verify(
  vector: Vector,
  changed: Partial<Vector["authentication"]> = {},
  { algorithm, publicKey } = publicKeyOf(vector),
): Promise<boolean> {
  const { authenticatorData, clientDataJSON, signature } = { ...vector.authentication, ...changed };
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(clientDataJSON)));
  const signed = new Uint8Array(Buffer.concat([bytesOf(authenticatorData), hash]));
  return verifySignature(algorithm, publicKey, bytesOf(signature), signed);
}

const isVerified = async (vector: Vector) => {
  const { authenticatorData, clientDataJSON } = vector.authentication;
  const client = readClientData(bytesOf(clientDataJSON));
  if (client === null || client.isCrossOrigin || readAuthenticatorData(bytesOf(authenticatorData)) === null)
    return false;
  return verify(vector);
};

describe("W3C's test vectors", () => {
  test("verify, except those of frames and of algorithms that we do not ask for", async () => {
    const verdicts = await Promise.all(
      VECTORS.map(async (vector) => [vector.title, await isVerified(vector)] as const),
    );
    const refused = verdicts.filter(([, verdict]) => !verdict).map(([title]) => title);
    expect(refused).toEqual([
      'ES256 Credential with "crossOrigin": true in clientDataJSON',
      'ES256 Credential with "topOrigin" in clientDataJSON',
      "Packed Attestation with ES384 Credential",
      "Packed Attestation with ES512 Credential",
      "Packed Attestation with Ed448 Credential",
    ]);
    expect(verdicts).toHaveLength(15);
  });

  test("never verify with one bit changed in the authenticator data, the client data or the signature", async () => {
    let changes = 0;
    for (const vector of [VECTORS[0], VECTORS.find(({ title }) => title.includes("Ed25519"))]) {
      if (vector === undefined) throw new Error("No vector");
      const key = publicKeyOf(vector);
      for (const name of ["authenticatorData", "clientDataJSON", "signature"] as const) {
        const bytes = bytesOf(vector.authentication[name]);
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const changed = Buffer.from(bytes);
          changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          changes += 1;
          expect([name, bit, await verify(vector, { [name]: changed.toString("hex") }, key)]).toEqual([
            name,
            bit,
            false,
          ]);
        }
      }
    }
    expect(changes).toBe(3_792);
  });
});

describe("a signature", () => {
  test("of a wrong length or form is refused and never throws", async () => {
    for (const vector of VECTORS) {
      const signature = Buffer.from(vector.authentication.signature, "hex");
      const wrong = [
        Buffer.alloc(0),
        signature.subarray(1),
        signature.subarray(0, -1),
        Buffer.concat([signature, Buffer.from([0])]),
        Buffer.from("3006020101020101", "hex"),
        Buffer.from("300702020001020101", "hex"),
        Buffer.from("3008020100020101", "hex"),
      ];
      for (const one of wrong) expect(await verify(vector, { signature: one.toString("hex") })).toBe(false);
    }
  });
});

test("an RSA key has 2,048 to 4,096 bits and the usual exponent", async () => {
  const verdictOf = async (modulusLength: number, publicExponent: number) => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength, publicExponent });
    const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    const signature = new Uint8Array(sign("sha256", bytesOf("00"), privateKey));
    return [await isPublicKey(-257, spki), await verifySignature(-257, spki, signature, bytesOf("00"))];
  };
  expect(await verdictOf(2_048, 65_537)).toEqual([true, true]);
  for (const [bits, exponent] of [
    [1_024, 65_537],
    [2_040, 65_537],
    [4_104, 65_537],
    [2_048, 3],
  ] as const) {
    expect([bits, exponent, ...(await verdictOf(bits, exponent))]).toEqual([bits, exponent, false, false]);
  }
});

describe("a challenge", () => {
  const NOW = 1_700_000_000_000;
  const importKey = (byte: number) =>
    crypto.subtle.importKey("raw", new Uint8Array(32).fill(byte), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

  test("is accepted until it expires, for its purpose and subject, and with its key", async () => {
    const [key, other] = [await importKey(1), await importKey(2)];
    const challenge = await issueChallenge(key, "register", "session", NOW + 60_000);
    expect(challenge).toMatch(/^[\w-]{48}$/);
    expect(await checkChallenge([key], challenge, "register", "session", NOW)).toMatchObject({
      expiresAt: NOW + 60_000,
    });
    expect(await checkChallenge([other, key], challenge, "register", "session", NOW)).not.toBeNull();
    const refused = [
      checkChallenge([other], challenge, "register", "session", NOW),
      checkChallenge([key], challenge, "confirm", "session", NOW),
      checkChallenge([key], challenge, "register", "other", NOW),
      checkChallenge([key], challenge, "register", "session", NOW + 60_000),
      checkChallenge([key], "", "register", "session", NOW),
      checkChallenge([key], `${challenge}A`, "register", "session", NOW),
    ];
    expect(await Promise.all(refused)).toEqual(refused.map(() => null));
    expect(await issueChallenge(key, "register", "session", NOW + 60_000)).not.toBe(challenge);
  });

  test("is refused with any one bit changed", async () => {
    const key = await importKey(1);
    const bytes = Buffer.from(await issueChallenge(key, "signin", "", NOW + 60_000), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await checkChallenge([key], changed.toString("base64url"), "signin", "", NOW)).toBeNull();
    }
  });
});

describe("the JSON of a credential", () => {
  const base64url = (text: string) => Buffer.from(text).toString("base64url");
  const assertion = {
    id: "AAAA",
    rawId: "AAAA",
    type: "public-key",
    response: { clientDataJSON: "AAAA", authenticatorData: "AAAA", signature: "AAAA", userHandle: "AAAA" },
  };

  test("is read with a user handle, without one, and with further members", () => {
    expect(readAssertion(JSON.stringify(assertion))).not.toBeNull();
    const { userHandle: _, ...response } = assertion.response;
    expect(
      readAssertion(JSON.stringify({ ...assertion, response, authenticatorAttachment: "x" }))?.userHandle,
    ).toBeNull();
    const empty = { ...assertion, response: { ...assertion.response, userHandle: "" } };
    expect(readAssertion(JSON.stringify(empty))?.userHandle).toBeNull();
  });

  test("is read with the longest id and the longest key", () => {
    const text = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64url");
    const data = text(37 + 18 + 1_023 + 530);
    const response = {
      clientDataJSON: text(300),
      authenticatorData: data,
      attestationObject: text(37 + 18 + 1_023 + 560),
      publicKey: text(550),
      publicKeyAlgorithm: -257,
      transports: ["usb"],
    };
    const longest = { id: text(1_023), rawId: text(1_023), type: "public-key", response };
    expect(JSON.stringify(longest).length).toBeGreaterThan(8_192);
    expect(readRegistration(JSON.stringify(longest))).not.toBeNull();
  });

  test("is refused in any other form, and never throws", () => {
    const { response } = assertion;
    const values: unknown[] = [
      null,
      1,
      [],
      {},
      "x",
      { ...assertion, type: "password" },
      { ...assertion, id: "BBBB" },
      { ...assertion, rawId: 1, id: 1 },
      { ...assertion, response: [] },
      { ...assertion, response: { ...response, signature: "" } },
      { ...assertion, response: { ...response, signature: "A" } },
      { ...assertion, response: { ...response, signature: "AA==" } },
      { ...assertion, response: { ...response, signature: "AB" } },
      { ...assertion, response: { ...response, userHandle: base64url("x".repeat(65)) } },
      { ...assertion, id: base64url("x".repeat(1_024)), rawId: base64url("x".repeat(1_024)) },
    ];
    for (const value of values) {
      expect([value, readAssertion(JSON.stringify(value)), readRegistration(JSON.stringify(value))]).toEqual([
        value,
        null,
        null,
      ]);
    }
    const inherited = `{"__proto__":${JSON.stringify(assertion)}}`;
    for (const text of ["", "{", inherited, "[".repeat(8_000), `"${"x".repeat(100_000)}"`]) {
      expect([readAssertion(text), readRegistration(text)]).toEqual([null, null]);
    }
  });
});

describe("an assertion", () => {
  test("is checked in the order of the specification, before the passkey is read", async () => {
    const [vector] = VECTORS;
    if (vector === undefined) throw new Error("No vector");
    const { authenticatorData, clientDataJSON, signature } = vector.authentication;
    const response = {
      credentialId: bytesOf("00"),
      clientData: bytesOf(clientDataJSON),
      authenticatorData: bytesOf(authenticatorData),
      signature: bytesOf(signature),
      userHandle: null,
    };
    const check = (changed: Partial<typeof response>, relyingParty = RELYING_PARTY, isOurs = true) =>
      checkAssertion({ ...response, ...changed }, relyingParty, async () => isOurs);
    const client = JSON.parse(Buffer.from(clientDataJSON, "hex").toString());
    const withClient = (changed: object) => ({
      clientData: new Uint8Array(Buffer.from(JSON.stringify({ ...client, ...changed }))),
    });
    const withFlags = (flags: number) => {
      const data = bytesOf(authenticatorData);
      data[32] = flags;
      return { authenticatorData: data };
    };
    expect(await check({ clientData: bytesOf("ff") })).toBe("malformed");
    expect(await check({ authenticatorData: bytesOf("00".repeat(36)) })).toBe("malformed");
    expect(await check({ authenticatorData: bytesOf(`${authenticatorData}00`) })).toBe("malformed");
    expect(await check(withClient({ type: "webauthn.create" }))).toBe("type");
    expect(await check({}, { ...RELYING_PARTY, origins: ["https://example.com"] })).toBe("origin");
    expect(await check(withClient({ crossOrigin: true }))).toBe("cross-origin");
    expect(await check(withClient({ topOrigin: "https://example.org" }))).toBe("cross-origin");
    expect(await check({}, RELYING_PARTY, false)).toBe("challenge");
    expect(await check({}, { ...RELYING_PARTY, id: "example.com" })).toBe("relying-party");
    expect(await check(withFlags(0x04))).toBe("user-presence");
    expect(await check(withFlags(0x01))).toBe("user-verification");
    expect(await check(withFlags(0x15))).toBe("backup-state");
    const checked = await check(withFlags(0x05));
    if (typeof checked === "string") throw new Error(checked);
    const passkey = { userId: "x".repeat(15), ...publicKeyOf(vector) };
    expect(await verifyAssertion(checked, null, true)).toBe("unknown");
    expect(await verifyAssertion(checked, passkey, false)).toBe("user-handle");
    expect(await verifyAssertion(checked, passkey, true)).toBe("signature");
    const original = { response, data: checked.data };
    expect(await verifyAssertion(original, passkey, true)).toBeNull();
  });
});
