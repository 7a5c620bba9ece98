import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { encodeBase64url } from "../../../src/auth/credentials/passkey/bytes.ts";
import { readAssertion, readRegistration } from "../../../src/auth/credentials/passkey/read-credential.ts";
import { ALGORITHMS } from "../../../src/auth/credentials/passkey/signature.ts";
import { checkAssertion, verifyAssertion } from "../../../src/auth/credentials/passkey/verify-assertion.ts";
import { verifyRegistration } from "../../../src/auth/credentials/passkey/verify-registration.ts";
import {
  AT,
  type Authenticator,
  BE,
  BS,
  type CredentialJson,
  createAuthenticator,
  ORIGIN,
  UP,
  USER_ID,
  UV,
} from "./authenticator.ts";
import { CHALLENGE, expectationOf, judgeAssertion, judgeRegistration, storedPasskey } from "./verdicts.ts";

const EXPECTED = { challenge: CHALLENGE };
const GET = { type: "webauthn.get", challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };
const CREATE = { ...GET, type: "webauthn.create" };
const ES256 = createAuthenticator(-7);
const PASSKEY = storedPasskey(ES256, -7);

const withResponse = (credential: CredentialJson, response: object) =>
  JSON.stringify({ ...credential, response: { ...credential.response, ...response } });
const assertionOf = (credential: CredentialJson) => {
  const assertion = readAssertion(JSON.stringify(credential));
  if (assertion === null) throw new Error("unreadable");
  return assertion;
};

describe("an assertion", () => {
  test.each(ALGORITHMS.map((algorithm) => [algorithm] as const))("of algorithm %i is verified", async (algorithm) => {
    const authenticator = createAuthenticator(algorithm);
    const text = JSON.stringify(authenticator.get(GET));
    expect(await judgeAssertion(text, EXPECTED, storedPasskey(authenticator, algorithm))).toBe("verified");
    // The signature of another passkey with the same algorithm.
    expect(await judgeAssertion(text, EXPECTED, storedPasskey(createAuthenticator(algorithm), algorithm))).toBe(
      "signature",
    );
  });

  test("is checked in a fixed order: of several faults, the first is the reason", async () => {
    // Each step mends one fault of a credential that has all of them.
    const stranger = createAuthenticator(-7, ES256.credentialId, "another-account");
    const bad = { ...GET, type: "webauthn.create", origin: "https://evil.example", crossOrigin: true, challenge: "x" };
    const wrong = { rpId: "evil.example", flags: BS };
    const steps: (readonly [reason: string, text: string])[] = [
      ["unreadable", "{}"],
      ["malformed", withResponse(stranger.get({ ...bad, type: 1 }, wrong), {})],
      ["type", JSON.stringify(stranger.get(bad, wrong))],
      ["origin", JSON.stringify(stranger.get({ ...bad, type: GET.type }, wrong))],
      ["cross-origin", JSON.stringify(stranger.get({ ...bad, type: GET.type, origin: ORIGIN }, wrong))],
      ["challenge", JSON.stringify(stranger.get({ ...GET, challenge: "x" }, wrong))],
      ["rp-id", JSON.stringify(stranger.get(GET, wrong))],
      ["user-presence", JSON.stringify(stranger.get(GET, { flags: BS }))],
      ["user-verification", JSON.stringify(stranger.get(GET, { flags: BS | UP }))],
      ["backup-state", JSON.stringify(stranger.get(GET, { flags: BS | UP | UV }))],
    ];
    for (const [reason, text] of steps) expect(await judgeAssertion(text, EXPECTED, null)).toBe(reason);

    const sound = JSON.stringify(stranger.get(GET));
    expect(await judgeAssertion(sound, EXPECTED, null, "another-account")).toBe("unknown-credential");
    expect(await judgeAssertion(sound, EXPECTED, PASSKEY, "another-account")).toBe("wrong-user");
    expect(await judgeAssertion(sound, EXPECTED, PASSKEY)).toBe("user-handle");
    const sameUser = createAuthenticator(-7, ES256.credentialId);
    expect(await judgeAssertion(JSON.stringify(sameUser.get(GET)), EXPECTED, PASSKEY)).toBe("signature");
    expect(await judgeAssertion(JSON.stringify(ES256.get(GET)), EXPECTED, PASSKEY)).toBe("verified");
  });

  test("needs no store for the first half, and asks whether the challenge is valid only after type and origin", async () => {
    const asked: string[] = [];
    const expectation = {
      ...expectationOf(EXPECTED),
      checkChallenge: async (text: string) => {
        asked.push(text);
        return { nonce: "n", expiresAt: 5 };
      },
    };
    for (const clientData of [CREATE, { ...GET, origin: "https://evil.example" }, { ...GET, crossOrigin: true }]) {
      expect((await checkAssertion(assertionOf(ES256.get(clientData)), expectation)).outcome).toBe("refused");
    }
    expect(asked).toEqual([]);
    const checked = await checkAssertion(assertionOf(ES256.get(GET)), expectation);
    expect(checked).toMatchObject({ outcome: "checked", challenge: { nonce: "n", expiresAt: 5 } });
    expect(asked).toEqual([CHALLENGE]);
  });

  test.each([
    ["a subdomain", "https://evil.accounts.example.org"],
    ["the parent domain", "https://example.org"],
    ["http", "http://accounts.example.org"],
    ["a port", "https://accounts.example.org:8443"],
    ["a slash at the end", "https://accounts.example.org/"],
    ["capitals", "https://ACCOUNTS.example.org"],
    ["a longer host", "https://accounts.example.org.evil.example"],
    ["an app", "android:apk-key-hash:AAAA"],
    ["null", "null"],
    ["nothing", ""],
  ])("of another origin is refused: %s", async (_, origin) => {
    const text = JSON.stringify(ES256.get({ ...GET, origin }));
    expect(await judgeAssertion(text, EXPECTED, PASSKEY)).toBe("origin");
    expect(await judgeAssertion(text, { ...EXPECTED, origins: [] }, PASSKEY)).toBe("origin");
  });

  test("of each origin in the list is verified", async () => {
    const origins = [ORIGIN, "https://other.example"];
    for (const origin of origins) {
      const text = JSON.stringify(ES256.get({ ...GET, origin }));
      expect(await judgeAssertion(text, { ...EXPECTED, origins }, PASSKEY)).toBe("verified");
    }
  });

  test("from a frame of another site is refused, whichever member says so", async () => {
    for (const members of [
      { crossOrigin: true },
      { crossOrigin: true, topOrigin: ORIGIN },
      { topOrigin: ORIGIN },
      { topOrigin: null },
    ]) {
      expect(await judgeAssertion(JSON.stringify(ES256.get({ ...GET, ...members })), EXPECTED, PASSKEY)).toBe(
        "cross-origin",
      );
    }
    const { crossOrigin: _, ...without } = GET;
    expect(await judgeAssertion(JSON.stringify(ES256.get(without)), EXPECTED, PASSKEY)).toBe("verified");
    for (const crossOrigin of ["true", "false", 1, 0, null, []]) {
      expect(await judgeAssertion(JSON.stringify(ES256.get({ ...GET, crossOrigin })), EXPECTED, PASSKEY)).toBe(
        "malformed",
      );
    }
  });

  test("has to name its account while nobody is known, and may not name another one at any time", async () => {
    const silent = createAuthenticator(-7, undefined, null);
    const passkey = storedPasskey(silent, -7);
    const text = JSON.stringify(silent.get(GET));
    expect(await judgeAssertion(text, EXPECTED, passkey)).toBe("user-handle");
    expect(await judgeAssertion(text, EXPECTED, passkey, USER_ID)).toBe("verified");
    expect(await judgeAssertion(text, EXPECTED, passkey, "k3v9q0x7m2p5d8t")).toBe("wrong-user");
    for (const empty of [null, ""]) {
      const without = withResponse(silent.get(GET), { userHandle: empty });
      expect(await judgeAssertion(without, EXPECTED, passkey)).toBe("user-handle");
      expect(await judgeAssertion(without, EXPECTED, passkey, USER_ID)).toBe("verified");
    }
    // The handle is not signed, so each part of it is compared.
    for (const handle of ["k3v9q0x7m2p5d8t", USER_ID.slice(1), `${USER_ID}x`, `${USER_ID}\0`, USER_ID.toUpperCase()]) {
      const other = withResponse(silent.get(GET), { userHandle: encodeBase64url(Buffer.from(handle)) });
      expect(await judgeAssertion(other, EXPECTED, passkey)).toBe("user-handle");
      expect(await judgeAssertion(other, EXPECTED, passkey, USER_ID)).toBe("user-handle");
    }
  });

  test.each([
    ["never counts", 0, 0, false],
    ["counts on", 5, 6, false],
    ["counts from zero", 0, 1, false],
    ["counts by more than one", 5, 4_294_967_295, false],
    ["stands still", 5, 5, true],
    ["goes back", 5, 4, true],
    ["goes back to zero", 5, 0, true],
  ])(
    "is verified whatever its counter does, and says whether it is stale: %s",
    async (_, stored, signCount, isStale) => {
      const checked = await checkAssertion(assertionOf(ES256.get(GET, { signCount })), expectationOf(EXPECTED));
      if (checked.outcome === "refused") throw new Error(checked.reason);
      const verified = await verifyAssertion(checked, { ...PASSKEY, signCount: stored }, null);
      expect(verified).toMatchObject({ outcome: "verified", userId: USER_ID, signCount, isCounterStale: isStale });
    },
  );

  test.each([
    [UP | UV, false, false],
    [UP | UV | BE, true, false],
    [UP | UV | BE | BS, true, true],
  ])(
    "with the flags %i says whether the passkey can be and is backed up",
    async (flags, isBackupEligible, isBackedUp) => {
      const checked = await checkAssertion(assertionOf(ES256.get(GET, { flags })), expectationOf(EXPECTED));
      if (checked.outcome === "refused") throw new Error(checked.reason);
      expect(await verifyAssertion(checked, PASSKEY, null)).toMatchObject({ isBackupEligible, isBackedUp });
    },
  );

  test("with a stored algorithm that is not requested, or a stored key that cannot be imported, is refused", async () => {
    const text = JSON.stringify(ES256.get(GET));
    for (const algorithm of [-8, -257, -35, 0]) {
      expect(await judgeAssertion(text, EXPECTED, { ...PASSKEY, algorithm })).toBe("signature");
    }
    expect(await judgeAssertion(text, EXPECTED, { ...PASSKEY, publicKey: new Uint8Array(91) })).toBe("signature");
  });

  test("that is a registration is refused, and the other way round", async () => {
    expect(await judgeAssertion(JSON.stringify(ES256.create(CREATE)), EXPECTED, PASSKEY)).toBe("unreadable");
    expect(await judgeAssertion(JSON.stringify(ES256.get(CREATE)), EXPECTED, PASSKEY)).toBe("type");
    expect(await judgeRegistration(JSON.stringify(ES256.get(GET)), EXPECTED)).toBe("unreadable");
    expect(await judgeRegistration(JSON.stringify(ES256.create(GET)), EXPECTED)).toBe("type");
  });
});

describe("the authenticator data", () => {
  const judge = (data: Uint8Array) =>
    judgeRegistration(withResponse(ES256.create(CREATE), { authenticatorData: encodeBase64url(data) }), EXPECTED);
  const sound = Buffer.from(String(ES256.create(CREATE).response["authenticatorData"]), "base64url");

  test("is malformed at every length at which a part is missing", async () => {
    expect(await judge(sound)).toBe("verified");
    // 37 bytes, 16 of the AAGUID, 2 of the length and 32 of the id; then at least a byte of the key.
    for (let length = 1; length < 88; length += 1)
      expect(await judge(sound.subarray(0, length)), `${length}`).toBe("malformed");
  });

  test("of an assertion ends after the counter, unless it has extensions", async () => {
    const judgeGet = (flags: number, rest: Uint8Array) =>
      judgeAssertion(JSON.stringify(ES256.get(GET, { flags, rest })), EXPECTED, PASSKEY);
    expect(await judgeGet(UP | UV, Buffer.of(0xa0))).toBe("malformed");
    expect(await judgeGet(UP | UV | 0x80, Buffer.of())).toBe("malformed");
    expect(await judgeGet(UP | UV | 0x80, Buffer.of(0xa0))).toBe("verified");
  });
});

describe("a registration", () => {
  test.each(ALGORITHMS.map((algorithm) => [algorithm] as const))("of algorithm %i is verified", async (algorithm) => {
    const authenticator: Authenticator = createAuthenticator(algorithm, randomBytes(algorithm === -8 ? 1_023 : 16));
    const text = JSON.stringify(authenticator.create(CREATE, { flags: UP | UV | AT | BE | BS, signCount: 7 }));
    const registration = readRegistration(text);
    if (registration === null) throw new Error("unreadable");
    expect(await verifyRegistration(registration, expectationOf(EXPECTED))).toEqual({
      outcome: "verified",
      challenge: { nonce: "00".repeat(16), expiresAt: 0 },
      credentialId: authenticator.credentialId,
      publicKey: authenticator.spki,
      algorithm,
      signCount: 7,
      transports: ["hybrid", "internal"],
      aaguid: "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
      isBackupEligible: true,
      isBackedUp: true,
    });
    // The new passkey signs in.
    const stored = { userId: USER_ID, publicKey: registration.publicKey, algorithm, signCount: 7 };
    expect(await judgeAssertion(JSON.stringify(authenticator.get(GET)), EXPECTED, stored)).toBe("verified");
  });

  test("is checked in a fixed order: of several faults, the first is the reason", async () => {
    const bad = { ...CREATE, type: "webauthn.get", origin: "https://evil.example", crossOrigin: true, challenge: "x" };
    const wrong = { rpId: "evil.example", flags: BS };
    const broken = { publicKey: encodeBase64url(new Uint8Array(91)), publicKeyAlgorithm: -35 };
    const create = (clientData: typeof CREATE, data: object, response: object = broken) =>
      withResponse(ES256.create(clientData, data), response);
    const otherId = createAuthenticator(-7).create(CREATE).response;
    const steps: (readonly [reason: string, text: string])[] = [
      ["unreadable", "[]"],
      ["malformed", create({ ...bad, origin: null as unknown as string }, wrong)],
      ["type", create(bad, wrong)],
      ["origin", create({ ...bad, type: CREATE.type }, wrong)],
      ["cross-origin", create({ ...bad, type: CREATE.type, origin: ORIGIN }, wrong)],
      ["challenge", create({ ...CREATE, challenge: "x" }, wrong)],
      ["rp-id", create(CREATE, wrong)],
      ["user-presence", create(CREATE, { flags: BS })],
      ["user-verification", create(CREATE, { flags: BS | UP })],
      ["backup-state", create(CREATE, { flags: BS | UP | UV })],
      ["no-credential", create(CREATE, { flags: UP | UV })],
      ["credential-id", create(CREATE, {}, { ...broken, authenticatorData: otherId["authenticatorData"] })],
      ["algorithm", create(CREATE, {})],
      ["public-key", create(CREATE, {}, { publicKey: broken.publicKey })],
      ["verified", create(CREATE, {}, {})],
    ];
    for (const [reason, text] of steps) expect(await judgeRegistration(text, EXPECTED)).toBe(reason);
  });

  test("with a key of another algorithm than it says is refused", async () => {
    for (const publicKeyAlgorithm of ALGORITHMS) {
      const text = withResponse(ES256.create(CREATE), { publicKeyAlgorithm });
      expect(await judgeRegistration(text, EXPECTED)).toBe(publicKeyAlgorithm === -7 ? "verified" : "public-key");
    }
  });
});
