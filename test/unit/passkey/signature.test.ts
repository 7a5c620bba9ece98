import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ALGORITHMS,
  importPublicKey,
  isAlgorithm,
  readEcdsaSignature,
  verifySignature,
} from "../../../src/auth/credentials/passkey/signature.ts";
import { createAuthenticator, toBytes } from "./authenticator.ts";

const DATA = toBytes(Buffer.from("signed"));
const fromHex = (text: string) => toBytes(Buffer.from(text.replaceAll(" ", ""), "hex"));
const FULL = "7f".repeat(32);
const HIGH = "ff".repeat(32);

const spkiOf = (keys: ReturnType<typeof generateKeyPairSync>) =>
  toBytes((keys.publicKey as unknown as { export(options: object): Buffer }).export({ format: "der", type: "spki" }));

describe("an ECDSA signature in DER", () => {
  test.each([
    ["two full integers", `30 44 02 20 ${FULL} 02 20 ${FULL}`, FULL + FULL],
    ["padded integers, whose first bit is set", `30 46 02 21 00 ${HIGH} 02 21 00 ${HIGH}`, HIGH + HIGH],
    ["a short r", `30 43 02 1f ${"7f".repeat(31)} 02 20 ${FULL}`, `00${"7f".repeat(31)}${FULL}`],
    ["a short s of one byte", `30 25 02 20 ${FULL} 02 01 05`, `${FULL}${"00".repeat(31)}05`],
    ["a short and padded r", `30 44 02 20 00 ${"ff".repeat(31)} 02 20 ${FULL}`, `00${"ff".repeat(31)}${FULL}`],
    ["zeros", "30 06 02 01 00 02 01 00", "00".repeat(64)],
  ])("is converted to r and s of 32 bytes: %s", (_, der, raw) => {
    expect(Buffer.from(readEcdsaSignature(fromHex(der)) ?? []).toString("hex")).toBe(raw);
  });

  test.each([
    ["nothing", ""],
    ["a sequence without contents", "30 00"],
    ["a sequence without its length", "30"],
    ["another tag than SEQUENCE", `31 44 02 20 ${FULL} 02 20 ${FULL}`],
    ["another tag than INTEGER for r", `30 44 03 20 ${FULL} 02 20 ${FULL}`],
    ["another tag than INTEGER for s", `30 44 02 20 ${FULL} 04 20 ${FULL}`],
    ["a length that is too large", `30 45 02 20 ${FULL} 02 20 ${FULL}`],
    ["a length that is too small", `30 43 02 20 ${FULL} 02 20 ${FULL}`],
    ["a length in the long form", `30 81 44 02 20 ${FULL} 02 20 ${FULL}`],
    ["an indefinite length", `30 80 02 20 ${FULL} 02 20 ${FULL} 00 00`],
    ["a byte after the sequence", `30 44 02 20 ${FULL} 02 20 ${FULL} 00`],
    ["a byte after s inside the sequence", `30 45 02 20 ${FULL} 02 20 ${FULL} 00`],
    ["no s", `30 22 02 20 ${FULL}`],
    ["a third integer", `30 47 02 20 ${FULL} 02 20 ${FULL} 02 01 01`],
    ["an integer without bytes", `30 24 02 00 02 20 ${FULL}`],
    ["a negative r", `30 44 02 20 ${HIGH} 02 20 ${FULL}`],
    ["a negative s", `30 44 02 20 ${FULL} 02 20 ${HIGH}`],
    ["a superfluous zero before r", `30 45 02 21 00 ${FULL} 02 20 ${FULL}`],
    ["a superfluous zero before s", `30 45 02 20 ${FULL} 02 21 00 ${FULL}`],
    ["two zeros before r", `30 46 02 22 00 00 ${HIGH} 02 20 ${FULL}`],
    ["an r of 33 bytes", `30 45 02 21 01 ${FULL} 02 20 ${FULL}`],
    ["an integer that ends after the sequence", `30 44 02 20 ${FULL} 02 21 ${FULL}`],
  ])("is refused with %s", (_, der) => {
    expect(readEcdsaSignature(fromHex(der))).toBeNull();
  });

  test("is read in every form that OpenSSL writes, and verifies", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = toBytes(publicKey.export({ format: "der", type: "spki" }));
    const lengths = new Set<number>();
    // One in 512 has less than 70 bytes, so all of them have more in one run of six million.
    for (let count = 0; count < 8_000; count += 1) {
      const der = toBytes(sign("sha256", DATA, privateKey));
      const isFirstOfLength = !lengths.has(der.length);
      lengths.add(der.length);
      expect(readEcdsaSignature(der)).toHaveLength(64);
      if (isFirstOfLength) expect(await verifySignature(-7, spki, der, DATA)).toBe(true);
    }
    expect(lengths.size).toBeGreaterThan(3);
    expect(Math.min(...lengths)).toBeLessThan(70);
  });
});

describe("a signature", () => {
  const signWith = (algorithm: (typeof ALGORITHMS)[number]) => {
    const clientData = { type: "webauthn.get", challenge: "", origin: "" };
    const authenticator = createAuthenticator(algorithm);
    const { authenticatorData, clientDataJSON, signature } = authenticator.get(clientData).response;
    const bytes = (text: unknown) => toBytes(Buffer.from(String(text), "base64url"));
    return {
      ...authenticator,
      data: bytes(authenticatorData),
      clientData: bytes(clientDataJSON),
      signature: bytes(signature),
    };
  };

  test.each(ALGORITHMS.map((algorithm) => [algorithm] as const))(
    "of %i verifies nothing if it is malformed, of another length, or checked with a key of another kind",
    async (algorithm) => {
      const { spki, data, clientData, signature } = signWith(algorithm);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", clientData));
      const signed = toBytes(Buffer.concat([data, hash]));
      expect(await verifySignature(algorithm, spki, signature, signed)).toBe(true);
      const wrong = [
        new Uint8Array(),
        new Uint8Array(1),
        new Uint8Array(64),
        signature.slice(0, -1),
        signature.slice(1),
        toBytes(Buffer.concat([signature, Buffer.of(0)])),
        new Uint8Array(10_000),
      ];
      for (const other of wrong) expect(await verifySignature(algorithm, spki, other, signed)).toBe(false);
      expect(await verifySignature(algorithm, spki, signature, signed.slice(1))).toBe(false);
      for (const asked of ALGORITHMS) {
        expect(await verifySignature(asked, spki, signature, signed)).toBe(asked === algorithm);
      }
      for (const key of [new Uint8Array(), spki.slice(1), spki.slice(0, -1), new Uint8Array(spki.length)]) {
        expect(await verifySignature(algorithm, key, signature, signed)).toBe(false);
      }
    },
  );

  test("of any bytes with a key of any bytes verifies nothing, and never throws", async () => {
    const bytes = fc.uint8Array({ maxLength: 600 }).map(toBytes);
    const keys = ALGORITHMS.map((algorithm) => createAuthenticator(algorithm).spki);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ALGORITHMS),
        fc.oneof(bytes, fc.constantFrom(...keys)),
        bytes,
        async (algorithm, spki, signature) => {
          expect(await verifySignature(algorithm, spki, signature, DATA)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a public key", () => {
  test("is one of the three algorithms that are requested", () => {
    expect(ALGORITHMS).toEqual([-8, -7, -257]);
    for (const other of [0, 7, 8, 257, -9, -19, -35, -36, -37, -39, -47, -53, -65535, Number.NaN, -7.5]) {
      expect(isAlgorithm(other), `${other}`).toBe(false);
    }
  });

  test("of RSA has 2048 to 4096 bits and the exponent 65537", async () => {
    const rsa = (modulusLength: number, publicExponent = 0x10001) =>
      spkiOf(generateKeyPairSync("rsa", { modulusLength, publicExponent }));
    expect(await importPublicKey(-257, rsa(2048))).not.toBeNull();
    expect(await importPublicKey(-257, rsa(4096))).not.toBeNull();
    expect(await importPublicKey(-257, rsa(1024))).toBeNull();
    expect(await importPublicKey(-257, rsa(4352))).toBeNull();
    expect(await importPublicKey(-257, rsa(2048, 3))).toBeNull();
  });

  test("of another curve or kind is refused", async () => {
    const p384 = spkiOf(generateKeyPairSync("ec", { namedCurve: "P-384" }));
    const ed448 = spkiOf(generateKeyPairSync("ed448"));
    const x25519 = spkiOf(generateKeyPairSync("x25519"));
    for (const algorithm of ALGORITHMS) {
      for (const spki of [p384, ed448, x25519]) expect(await importPublicKey(algorithm, spki)).toBeNull();
    }
  });

  test("that is no point of P-256 is refused", async () => {
    const { spki } = createAuthenticator(-7);
    const changed = toBytes(spki);
    changed[spki.length - 1] = (spki[spki.length - 1] ?? 0) ^ 1;
    expect(await importPublicKey(-7, spki)).not.toBeNull();
    expect(await importPublicKey(-7, changed)).toBeNull();
  });
});
