import { createPublicKey } from "node:crypto";
import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from "nid-webauthn-emulator";
import { describe, expect, test } from "vitest";
import { type Bytes, encodeBase64url } from "../../../src/auth/credentials/passkey/bytes.ts";
import { creationOptions, requestOptions } from "../../../src/auth/credentials/passkey/options.ts";
import { readRegistration } from "../../../src/auth/credentials/passkey/read-credential.ts";
import { ALGORITHMS } from "../../../src/auth/credentials/passkey/signature.ts";
import type { StoredPasskey } from "../../../src/auth/credentials/passkey/verify-assertion.ts";
import {
  AT,
  attestationObjectWith,
  BE,
  BS,
  type CredentialJson,
  createAuthenticator,
  ED,
  ORIGIN,
  RP_ID,
  toBytes,
  UP,
  USER_ID,
  UV,
} from "./authenticator.ts";
import {
  CHALLENGE,
  type Expected,
  judgeAssertion,
  judgeRegistration,
  oracleAcceptsAssertion,
  oracleAcceptsRegistration,
  storedPasskey,
} from "./verdicts.ts";

const NAMES = { [-8]: "EdDSA", [-7]: "ES256", [-257]: "RS256" } as const;
const OTHER_CHALLENGE = "b3RoZXIh".repeat(6);
const EXPECTED: Expected = { challenge: CHALLENGE };

/** What the service may expect of a ceremony for `EXPECTED`: the same, and each part of it changed. */
const EXPECTATIONS: readonly Expected[] = [
  EXPECTED,
  { ...EXPECTED, origins: ["https://other.example", ORIGIN] },
  { ...EXPECTED, challenge: OTHER_CHALLENGE },
  { ...EXPECTED, origins: [`${ORIGIN}:8443`] },
  { ...EXPECTED, origins: ["https://example.org"] },
  { ...EXPECTED, rpId: "accounts.example.org" },
  { ...EXPECTED, rpId: "other.example" },
];
const ACCEPTED = 2;

const registrationOptions = creationOptions({
  rpId: RP_ID,
  rpName: "Gatehouse",
  userId: USER_ID,
  email: "ada@example.org",
  challenge: CHALLENGE,
  existing: [],
});

function emulatorOf(algorithm: (typeof ALGORITHMS)[number], isUserVerified: boolean, signCounterIncrement: number) {
  const act = () => ({ options: { uv: isUserVerified, up: true } });
  return new WebAuthnEmulator(
    new AuthenticatorEmulator({
      algorithmIdentifiers: [NAMES[algorithm]],
      signCounterIncrement,
      userMakeCredentialInteraction: act,
      userGetAssertionInteraction: act,
      credentialsRepository: new PasskeysCredentialsMemoryRepository(),
    }),
  );
}

/** The COSE key of a registration of the emulator, which has an id of 16 or 32 bytes and no extensions. */
function coseOf(credential: {
  readonly rawId: string;
  readonly response: { readonly authenticatorData: string };
}): Bytes {
  const idLength = Buffer.from(credential.rawId, "base64url").length;
  return toBytes(Buffer.from(credential.response.authenticatorData, "base64url").subarray(37 + 18 + idLength));
}

describe("our verdict is that of @simplewebauthn/server", () => {
  const kinds = ALGORITHMS.flatMap((algorithm) =>
    [true, false].flatMap((isUserVerified) => [0, 1].map((step) => [algorithm, isUserVerified, step] as const)),
  );

  test.each(kinds)(
    "on ceremonies of the emulator with algorithm %i, user verification %s and counter step %i",
    async (algorithm, isUserVerified, step) => {
      const emulator = emulatorOf(algorithm, isUserVerified, step);
      const created = emulator.createJSON(ORIGIN, registrationOptions as never);
      const text = JSON.stringify(created);
      let accepted = 0;
      for (const expected of EXPECTATIONS) {
        const isOurs = (await judgeRegistration(text, expected)) === "verified";
        expect(isOurs, JSON.stringify(expected)).toBe(await oracleAcceptsRegistration(text, expected));
        accepted += Number(isOurs);
      }
      expect(accepted).toBe(isUserVerified ? ACCEPTED : 0);

      const registration = readRegistration(text);
      if (registration === null) throw new Error("unreadable");
      const passkey: StoredPasskey = { userId: USER_ID, publicKey: registration.publicKey, algorithm, signCount: 0 };
      const allowed = [{ credentialId: registration.credentialId, transports: registration.transports }];
      for (const list of [null, allowed]) {
        const assertion = emulator.getJSON(ORIGIN, requestOptions(RP_ID, CHALLENGE, list) as never);
        const assertionText = JSON.stringify(assertion);
        accepted = 0;
        for (const expected of EXPECTATIONS) {
          const isOurs = (await judgeAssertion(assertionText, expected, passkey, list && USER_ID)) === "verified";
          const isOracle = await oracleAcceptsAssertion(assertionText, expected, coseOf(created as never));
          expect(isOurs, JSON.stringify(expected)).toBe(isOracle);
          accepted += Number(isOurs);
        }
        expect(accepted).toBe(isUserVerified ? ACCEPTED : 0);
      }
    },
  );

  test("on every combination of flags, and with a key of another passkey", async () => {
    const clientData = { type: "webauthn.get", challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };
    const [one, other] = [createAuthenticator(-7), createAuthenticator(-7)];
    let accepted = 0;
    for (let flags = 0; flags < 256; flags += 1) {
      const rest = flags & ED ? Buffer.of(0xa0) : Buffer.of();
      // No assertion has AT.
      if ((flags & AT) === 0) {
        const text = JSON.stringify(one.get(clientData, { flags, rest }));
        for (const { spki, cose } of [one, other]) {
          const isOurs = (await judgeAssertion(text, EXPECTED, storedPasskey({ spki }, -7))) === "verified";
          expect(isOurs, `${flags}`).toBe(await oracleAcceptsAssertion(text, EXPECTED, cose));
          accepted += Number(isOurs);
        }
      }
      if ((flags & ED) === 0) {
        const text = JSON.stringify(one.create({ ...clientData, type: "webauthn.create" }, { flags }));
        const isOurs = (await judgeRegistration(text, EXPECTED)) === "verified";
        expect(isOurs, `${flags}`).toBe(await oracleAcceptsRegistration(text, EXPECTED));
        accepted += Number(isOurs);
      }
    }
    // Of UP, UV, BE and BS, 3 of 16; the reserved bits 1 and 5 are free: 12. With ED or without it for assertions.
    expect(accepted).toBe(3 * 4 * 2 + 3 * 4);
  });
});

interface Change {
  readonly field: string;
  readonly bit: number;
  readonly text: string;
}

const flip = (bytes: Uint8Array, bit: number): Bytes => {
  const changed = toBytes(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
};

function* oneBitChanges(credential: CredentialJson, fields: readonly string[]): Generator<Change> {
  for (const field of fields) {
    const bytes = Buffer.from(String(credential.response[field]), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = flip(bytes, bit);
      const response = { ...credential.response, [field]: encodeBase64url(changed) };
      // The oracle reads the same bytes from the attestation object.
      const attestation = field === "authenticatorData" && {
        attestationObject: encodeBase64url(attestationObjectWith(changed)),
      };
      yield { field, bit, text: JSON.stringify({ ...credential, response: { ...response, ...attestation } }) };
    }
  }
}

const SIGNED = ["authenticatorData", "clientDataJSON", "signature"];

describe("no one-bit change", () => {
  test.each(ALGORITHMS.map((algorithm) => [algorithm] as const))(
    "of an assertion of algorithm %i verifies",
    async (algorithm) => {
      const authenticator = createAuthenticator(algorithm);
      const clientData = { type: "webauthn.get", challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };
      const assertion = authenticator.get(clientData, { flags: UP | UV | BE | BS, signCount: 9 });
      const passkey = storedPasskey(authenticator, algorithm);
      expect(await judgeAssertion(JSON.stringify(assertion), EXPECTED, passkey)).toBe("verified");
      let count = 0;
      for (const { field, bit, text } of oneBitChanges(assertion, SIGNED)) {
        expect(await judgeAssertion(text, EXPECTED, passkey), `${field} ${bit}`).not.toBe("verified");
        count += 1;
      }
      expect(count).toBeGreaterThan(1_900);
    },
  );

  test("of an assertion verifies that the oracle refuses, which accepts some whose signature is not DER", async () => {
    const authenticator = createAuthenticator(-7);
    const clientData = { type: "webauthn.get", challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };
    const passkey = storedPasskey(authenticator, -7);
    const assertion = authenticator.get(clientData);
    for (const { field, bit, text } of oneBitChanges(assertion, SIGNED)) {
      expect(await judgeAssertion(text, EXPECTED, passkey)).not.toBe("verified");
      const isOracle = await oracleAcceptsAssertion(text, EXPECTED, authenticator.cose);
      if (isOracle) expect(field, `${bit}`).toBe("signature");
    }
  });

  test("of challenge, origin, rpIdHash, UP, UV or AT of a registration verifies; of the others, those that the oracle accepts", async () => {
    const authenticator = createAuthenticator(-7);
    const clientData = { type: "webauthn.create", challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };
    const registration = authenticator.create(clientData, { flags: UP | UV | AT | BE, signCount: 9 });
    expect(await judgeRegistration(JSON.stringify(registration), EXPECTED)).toBe("verified");
    expect(await oracleAcceptsRegistration(JSON.stringify(registration), EXPECTED)).toBe(true);

    const json = JSON.stringify(clientData);
    const isWithin = (bit: number, text: string) => {
      const start = json.indexOf(text);
      return bit >= start * 8 && bit < (start + text.length) * 8;
    };
    const idStart = 37 + 16;
    const keyStart = idStart + 2 + authenticator.credentialId.length;
    const flagsBit = 32 * 8;
    const isNamed = (field: string, bit: number) =>
      field === "clientDataJSON"
        ? isWithin(bit, CHALLENGE) || isWithin(bit, ORIGIN)
        : bit < flagsBit || [UP, UV, AT].some((flag) => bit === flagsBit + Math.log2(flag));

    let named = 0;
    let accepted = 0;
    for (const { field, bit, text } of oneBitChanges(registration, ["authenticatorData", "clientDataJSON"])) {
      const isOurs = (await judgeRegistration(text, EXPECTED)) === "verified";
      const isOracle = await oracleAcceptsRegistration(text, EXPECTED);
      accepted += Number(isOurs);
      const what = `${field} ${bit}`;
      if (isNamed(field, bit)) {
        expect(isOurs, what).toBe(false);
        named += 1;
      }
      if (field === "authenticatorData" && bit >= keyStart * 8) {
        // Ours reads the key from `publicKey`, not its copy in CBOR, of which the oracle reads the form.
        expect(isOurs, what).toBe(true);
      } else if (field === "authenticatorData" && bit === flagsBit + Math.log2(ED)) {
        // Nor does it look for extensions after that copy.
        expect([isOurs, isOracle], what).toEqual([true, false]);
      } else if (field === "authenticatorData" && bit >= idStart * 8) {
        // Ours refuses an id that is not the one of the credential, which the oracle does not compare.
        expect(isOurs, what).toBe(false);
      } else {
        expect(isOurs, what).toBe(isOracle);
      }
    }
    expect(named).toBe((CHALLENGE.length + ORIGIN.length + 32) * 8 + 3);
    expect(accepted).toBeGreaterThan(200);
  });

  test("of the public key of a registration lets the passkey sign in, unless it is another spelling of the same key", async () => {
    for (const algorithm of ALGORITHMS) {
      const authenticator = createAuthenticator(algorithm);
      const clientData = { challenge: CHALLENGE, origin: ORIGIN };
      const created = authenticator.create({ ...clientData, type: "webauthn.create" });
      const assertion = JSON.stringify(authenticator.get({ ...clientData, type: "webauthn.get" }));
      let spellings = 0;
      for (const { bit, text } of oneBitChanges(created, ["publicKey"])) {
        if ((await judgeRegistration(text, EXPECTED)) !== "verified") continue;
        const spki = flip(authenticator.spki, bit);
        const verdict = await judgeAssertion(assertion, EXPECTED, storedPasskey({ spki }, algorithm));
        const isSameKey = publicKeyOf(spki).equals(publicKeyOf(authenticator.spki));
        expect(verdict, `${algorithm} ${bit}`).toBe(isSameKey ? "verified" : "signature");
        spellings += Number(isSameKey);
      }
      // OpenSSL reads some encodings that are not DER, such as a number of unused bits that is not 0.
      expect(spellings).toBeLessThan(10);
    }
  });
});

function publicKeyOf(spki: Bytes) {
  return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
}
