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

/** Whether the package that nobody here wrote accepts it. */
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
