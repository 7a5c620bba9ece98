import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { describe, expect, test } from "vitest";
import { readAuthenticatorData } from "../../../src/auth/credentials/passkey/authenticator-data.ts";
import { areEqual, type Bytes } from "../../../src/auth/credentials/passkey/bytes.ts";
import { readClientData } from "../../../src/auth/credentials/passkey/client-data.ts";
import { importPublicKey, isAlgorithm, verifySignature } from "../../../src/auth/credentials/passkey/signature.ts";
import { toBytes } from "./authenticator.ts";

/** Byte strings in hexadecimal. */
interface Vector {
  readonly title: string;
  readonly registration: Readonly<
    Record<"challenge" | "clientDataJSON" | "attestationObject" | "credential_id", string>
  >;
  readonly authentication: Readonly<Record<"challenge" | "clientDataJSON" | "authenticatorData" | "signature", string>>;
}

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../vectors/webauthn-l3.json", import.meta.url), "utf8"),
);

const RP_ID_HASH = toBytes(createHash("sha256").update("example.org").digest());
const fromHex = (text: string): Bytes => toBytes(Buffer.from(text, "hex"));

/** The authenticator data of an attestation object: the byte string after the text "authData". */
function dataOfAttestation(attestationObject: Bytes): Bytes {
  const name = Buffer.from("hauthData");
  const at = Buffer.from(attestationObject).indexOf(name) + name.length;
  const [head, ...length] = attestationObject.subarray(at, at + 3);
  const [start, size] = head === 0x58 ? [at + 2, length[0] ?? 0] : [at + 3, ((length[0] ?? 0) << 8) | (length[1] ?? 0)];
  return attestationObject.slice(start, start + size);
}

const KTY = ["", "OKP", "EC", "RSA"];
const CURVES = ["", "P-256", "P-384", "P-521", "", "", "Ed25519", "Ed448"];

/** The algorithm and the SubjectPublicKeyInfo of a COSE key, by way of a JSON Web Key. */
function readCose(cose: Bytes): { readonly algorithm: number; readonly spki: Bytes } {
  const key = decodeCredentialPublicKey(cose) as Map<number, number | Uint8Array>;
  const text = (label: number) => Buffer.from(key.get(label) as Uint8Array).toString("base64url");
  const kty = KTY[Number(key.get(1))] ?? "";
  const members =
    kty === "RSA"
      ? { n: text(-1), e: text(-2) }
      : { crv: CURVES[Number(key.get(-1))] ?? "", x: text(-2), ...(kty === "EC" && { y: text(-3) }) };
  const spki = createPublicKey({ key: { kty, ...members }, format: "jwk" }).export({ format: "der", type: "spki" });
  return { algorithm: Number(key.get(3)), spki: toBytes(spki) };
}

function readVector({ registration, authentication }: Vector) {
  const created = dataOfAttestation(fromHex(registration.attestationObject));
  const id = fromHex(registration.credential_id);
  return {
    ...readCose(created.slice(37 + 18 + id.length)),
    id,
    created,
    creation: fromHex(registration.clientDataJSON),
    data: fromHex(authentication.authenticatorData),
    clientData: fromHex(authentication.clientDataJSON),
    signature: fromHex(authentication.signature),
  };
}

type Ceremony = ReturnType<typeof readVector>;

/** The checks of our modules with the fixed challenge of a vector. Many vectors do not verify the user, as ours must. */
async function judge(ceremony: Ceremony, { registration, authentication }: Vector): Promise<string> {
  const { algorithm, spki, id, created, creation, data, clientData, signature } = ceremony;
  const both = [
    ["webauthn.create", registration.challenge, readClientData(creation), readAuthenticatorData(created)],
    ["webauthn.get", authentication.challenge, readClientData(clientData), readAuthenticatorData(data)],
  ] as const;
  for (const [type, challenge, read, authenticator] of both) {
    if (read === null || authenticator === null) return "malformed";
    if (read.type !== type) return "type";
    if (read.origin !== "https://example.org") return "origin";
    if (read.isCrossOrigin) return "cross-origin";
    if (read.challenge !== Buffer.from(challenge, "hex").toString("base64url")) return "challenge";
    if (!areEqual(authenticator.rpIdHash, RP_ID_HASH)) return "rp-id";
    if (!authenticator.isUserPresent) return "user-presence";
    if (authenticator.isBackedUp && !authenticator.isBackupEligible) return "backup-state";
  }
  const attested = both[0][3]?.attested;
  if (!attested || !areEqual(attested.credentialId, id)) return "credential-id";
  if (!isAlgorithm(algorithm)) return `algorithm ${algorithm}`;
  if ((await importPublicKey(algorithm, spki)) === null) return "public-key";
  const signed = toBytes(Buffer.concat([data, createHash("sha256").update(clientData).digest()]));
  return (await verifySignature(algorithm, spki, signature, signed)) ? "verified" : "signature";
}

describe("the test vectors of WebAuthn Level 3", () => {
  test("verify, unless they come from a frame of another site or have an algorithm that is not requested", async () => {
    const verdicts = await Promise.all(
      VECTORS.map(async (vector) => [vector.title, await judge(readVector(vector), vector)] as const),
    );
    expect(verdicts.filter(([, verdict]) => verdict === "verified")).toHaveLength(10);
    expect(verdicts.filter(([, verdict]) => verdict !== "verified")).toEqual([
      ['ES256 Credential with "crossOrigin": true in clientDataJSON', "cross-origin"],
      ['ES256 Credential with "topOrigin" in clientDataJSON', "cross-origin"],
      ["Packed Attestation with ES384 Credential", "algorithm -35"],
      ["Packed Attestation with ES512 Credential", "algorithm -36"],
      ["Packed Attestation with Ed448 Credential", "algorithm -53"],
    ]);
  });

  test("cover all three algorithms, and the longest id", () => {
    const ceremonies = VECTORS.map(readVector);
    for (const algorithm of [-7, -8, -257]) expect(ceremonies.map((read) => read.algorithm)).toContain(algorithm);
    expect(Math.max(...ceremonies.map(({ id }) => id.length))).toBe(1_023);
  });

  test("never verify with one changed byte of what is signed, or of the signature", async () => {
    let count = 0;
    for (const vector of VECTORS) {
      const ceremony = readVector(vector);
      if ((await judge(ceremony, vector)) !== "verified") continue;
      for (const name of ["data", "clientData", "signature"] as const) {
        for (let at = 0; at < ceremony[name].length; at += 1) {
          const changed = toBytes(ceremony[name]);
          changed[at] = (changed[at] ?? 0) ^ (1 + ((at * 37) % 255));
          expect(await judge({ ...ceremony, [name]: changed }, vector), `${vector.title} ${name} ${at}`).not.toBe(
            "verified",
          );
          count += 1;
        }
      }
    }
    expect(count).toBeGreaterThan(2_500);
  });
});
