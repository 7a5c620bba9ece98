import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from "nid-webauthn-emulator";
import { expect, test } from "vitest";
import { createOptions, requestOptions } from "../../src/auth/credentials/passkey/options.ts";
import { readAssertion, readRegistration } from "../../src/auth/credentials/passkey/read-credential.ts";
import { checkAssertion, verifyAssertion, verifyRegistration } from "../../src/auth/credentials/passkey/verify.ts";

const ORIGIN = "https://accounts.example.com";
const RELYING_PARTY = { id: "accounts.example.com", origins: [ORIGIN] };
const USER = { id: "abcdefghij01234", name: "ada@example.com" };
const CHALLENGE = "c".repeat(48);

/** Whether `@simplewebauthn/server` accepts it. */
const accepts = (verdict: Promise<{ verified: boolean }>) =>
  verdict.then(({ verified }) => verified).catch(() => false);

test.each(["ES256", "RS256", "EdDSA"] as const)(
  "ours and @simplewebauthn/server give the same verdict on ceremonies with %s",
  async (algorithm) => {
    const emulator = new WebAuthnEmulator(
      new AuthenticatorEmulator({
        algorithmIdentifiers: [algorithm],
        credentialsRepository: new PasskeysCredentialsMemoryRepository(),
      }),
    );
    const creation = createOptions(RELYING_PARTY.id, "Gatehouse", CHALLENGE, USER, []);
    const registered = emulator.createJSON(ORIGIN, creation as Parameters<typeof emulator.createJSON>[1]);
    const oracle = await verifyRegistrationResponse({
      response: registered as Parameters<typeof verifyRegistrationResponse>[0]["response"],
      expectedChallenge: CHALLENGE,
      expectedOrigin: ORIGIN,
      expectedRPID: RELYING_PARTY.id,
    });
    expect(oracle.verified).toBe(true);
    const response = readRegistration(JSON.stringify(registered));
    const ours = response && (await verifyRegistration(response, RELYING_PARTY, async (text) => text === CHALLENGE));
    if (ours === null || typeof ours === "string") throw new Error(`Refused: ${ours}`);
    const credential = oracle.registrationInfo?.credential;
    if (credential === undefined) throw new Error("The oracle returns no credential");
    expect(Buffer.from(ours.credentialId).toString("base64url")).toBe(credential.id);
    const passkey = { userId: USER.id, publicKey: ours.publicKey, algorithm: ours.algorithm };

    const request = requestOptions(RELYING_PARTY.id, CHALLENGE, []);
    const assertion = emulator.getJSON(ORIGIN, request as Parameters<typeof emulator.getJSON>[1]);
    const verdicts = async (changed: Partial<typeof assertion.response>) => {
      const sent = { ...assertion, response: { ...assertion.response, ...changed } };
      const theirs = await accepts(
        verifyAuthenticationResponse({
          response: sent as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
          expectedChallenge: CHALLENGE,
          expectedOrigin: ORIGIN,
          expectedRPID: RELYING_PARTY.id,
          credential: { ...credential, counter: 0 },
        }),
      );
      const read = readAssertion(JSON.stringify(sent));
      const checked = read && (await checkAssertion(read, RELYING_PARTY, async (text) => text === CHALLENGE));
      const isOurs =
        checked !== null && typeof checked !== "string" && (await verifyAssertion(checked, passkey, false)) === null;
      return { theirs, ours: isOurs };
    };
    expect(await verdicts({})).toEqual({ theirs: true, ours: true });
    for (const name of ["authenticatorData", "clientDataJSON", "signature"] as const) {
      const bytes = Buffer.from(assertion.response[name], "base64url");
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at & 7));
        const { theirs, ours: own } = await verdicts({ [name]: changed.toString("base64url") });
        expect([name, at, own]).toEqual([name, at, false]);
        // The oracle accepts a signature in DER whose length or padding is not exact; ours is stricter.
        if (name !== "signature") expect([name, at, theirs]).toEqual([name, at, false]);
      }
    }
  },
);

test("ours and @simplewebauthn/server refuse a registration that is changed where it counts", async () => {
  const emulator = new WebAuthnEmulator(
    new AuthenticatorEmulator({ credentialsRepository: new PasskeysCredentialsMemoryRepository() }),
  );
  const creation = createOptions(RELYING_PARTY.id, "Gatehouse", CHALLENGE, USER, []);
  const registered = emulator.createJSON(ORIGIN, creation as Parameters<typeof emulator.createJSON>[1]);
  type Sent = Parameters<typeof verifyRegistrationResponse>[0]["response"];
  const verdicts = async (response: typeof registered.response) => {
    const sent = { ...registered, response };
    const expected = { expectedChallenge: CHALLENGE, expectedOrigin: ORIGIN, expectedRPID: RELYING_PARTY.id };
    const theirs = await accepts(verifyRegistrationResponse({ response: sent as Sent, ...expected }));
    const read = readRegistration(JSON.stringify(sent));
    const ours = read && (await verifyRegistration(read, RELYING_PARTY, async (text) => text === CHALLENGE));
    return { theirs, ours };
  };
  const { authenticatorData, attestationObject, clientDataJSON } = registered.response;
  const data = Buffer.from(authenticatorData, "base64url");
  const attestation = Buffer.from(attestationObject, "base64url");
  const start = attestation.indexOf(data);
  expect(start).toBeGreaterThan(0);
  const withData = (change: (bytes: Buffer) => void) => {
    const [changed, changedAttestation] = [Buffer.from(data), Buffer.from(attestation)];
    change(changed);
    changed.copy(changedAttestation, start);
    return {
      ...registered.response,
      authenticatorData: changed.toString("base64url"),
      attestationObject: changedAttestation.toString("base64url"),
    };
  };
  const flip = (at: number, mask: number) =>
    withData((bytes) => {
      bytes[at] = (bytes[at] ?? 0) ^ mask;
    });
  const withClient = (change: object) => {
    const client = { ...JSON.parse(Buffer.from(clientDataJSON, "base64url").toString()), ...change };
    return { ...registered.response, clientDataJSON: Buffer.from(JSON.stringify(client)).toString("base64url") };
  };
  expect(await verdicts(registered.response)).toMatchObject({ theirs: true, ours: { algorithm: expect.any(Number) } });
  for (let at = 0; at < 32; at += 1)
    expect(await verdicts(flip(at, 1))).toEqual({ theirs: false, ours: "relying-party" });
  expect(await verdicts(flip(32, 0x01))).toEqual({ theirs: false, ours: "user-presence" });
  expect(await verdicts(flip(32, 0x04))).toEqual({ theirs: false, ours: "user-verification" });
  expect((await verdicts(flip(32, 0x40))).ours).toBe("malformed");
  expect(await verdicts(withClient({ challenge: "x".repeat(48) }))).toEqual({ theirs: false, ours: "challenge" });
  expect(await verdicts(withClient({ origin: "https://example.com" }))).toEqual({ theirs: false, ours: "origin" });
  expect(await verdicts(withClient({ type: "webauthn.get" }))).toEqual({ theirs: false, ours: "type" });
  // Ours also refuses what the oracle does not look at.
  expect((await verdicts(withClient({ crossOrigin: true }))).ours).toBe("cross-origin");
  expect((await verdicts(flip(55, 1))).ours).toBe("credential-id");
  expect((await verdicts({ ...registered.response, publicKeyAlgorithm: -35 })).ours).toBe("algorithm");
  expect((await verdicts({ ...registered.response, publicKey: "AAAA" })).ours).toBe("public-key");
});
