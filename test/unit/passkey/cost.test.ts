import { describe, expect, test } from "vitest";
import { encodeBase64url } from "../../../src/auth/credentials/passkey/bytes.ts";
import { checkChallenge, issueChallenge } from "../../../src/auth/credentials/passkey/challenge.ts";
import { readAssertion, readRegistration } from "../../../src/auth/credentials/passkey/read-credential.ts";
import { ALGORITHMS } from "../../../src/auth/credentials/passkey/signature.ts";
import { checkAssertion, verifyAssertion } from "../../../src/auth/credentials/passkey/verify-assertion.ts";
import { verifyRegistration } from "../../../src/auth/credentials/passkey/verify-registration.ts";
import { median } from "../../support/statistics.ts";
import { createAuthenticator, ORIGIN, RP_ID } from "./authenticator.ts";
import { CHALLENGE, judgeAssertion, storedPasskey } from "./verdicts.ts";

/** The limit of a verification, and of reading what is none. */
const CPU_MAX_MILLISECONDS = 1;

const ROUNDS = 15;
const TIMES_A_ROUND = 40;

/** The CPU time of all threads of this process, in milliseconds a run: the median of rounds, the first ones left out. */
async function cpuMilliseconds(run: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let time = 0; time < TIMES_A_ROUND; time += 1) await run();
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / 1_000 / TIMES_A_ROUND);
  }
  return median(rounds.slice(3));
}

describe("at most 1 ms of CPU time", () => {
  test.each(ALGORITHMS.map((algorithm) => [algorithm] as const))(
    "is what ceremonies with algorithm %i take",
    async (algorithm) => {
      const key = await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, [
        "sign",
      ]);
      const challenge = await issueChallenge(key, "signin", "", 2_000);
      const authenticator = createAuthenticator(algorithm);
      const text = JSON.stringify(authenticator.get({ type: "webauthn.get", challenge, origin: ORIGIN }));
      const created = JSON.stringify(authenticator.create({ type: "webauthn.create", challenge, origin: ORIGIN }));
      const passkey = storedPasskey(authenticator, algorithm);
      const expectation = {
        origins: [ORIGIN],
        rpId: RP_ID,
        checkChallenge: (given: string) => checkChallenge(key, given, "signin", "", 1_000),
      };

      const signIn = async () => {
        const assertion = readAssertion(text);
        const checked = assertion && (await checkAssertion(assertion, expectation));
        if (checked?.outcome !== "checked") throw new Error("not checked");
        return (await verifyAssertion(checked, passkey, null)).outcome;
      };
      const register = async () => {
        const registration = readRegistration(created);
        return registration && (await verifyRegistration(registration, expectation)).outcome;
      };

      expect(await signIn()).toBe("verified");
      expect(await register()).toBe("verified");
      const times = { signIn: await cpuMilliseconds(signIn), register: await cpuMilliseconds(register) };
      expect(times.signIn).toBeLessThan(CPU_MAX_MILLISECONDS);
      expect(times.register).toBeLessThan(CPU_MAX_MILLISECONDS);
    },
  );

  test("is what hostile credentials of 16 KiB take", async () => {
    const clientDataOf = (text: string) => {
      const credential = createAuthenticator(-7).get({ type: "", challenge: "", origin: "" });
      const response = { ...credential.response, clientDataJSON: encodeBase64url(Buffer.from(text)) };
      return JSON.stringify({ ...credential, response });
    };
    const hostile = [
      "[".repeat(16_384),
      '{"a":'.repeat(3_000),
      `{${Array.from({ length: 1_300 }, (_, index) => `"a${index}":1`).join(",")}}`,
      `"${"\\u0041".repeat(2_700)}"`,
      clientDataOf("[".repeat(11_000)),
      clientDataOf(`{${Array.from({ length: 900 }, (_, index) => `"b${index}":1`).join(",")}}`),
      clientDataOf(JSON.stringify({ type: "webauthn.get", challenge: "x".repeat(5_000), origin: ORIGIN.repeat(150) })),
      "x".repeat(16_384),
    ];
    for (const text of hostile) {
      expect(text.length).toBeLessThan(16_385);
      expect(await judgeAssertion(text, { challenge: CHALLENGE }, null)).not.toBe("verified");
      const time = await cpuMilliseconds(() => judgeAssertion(text, { challenge: CHALLENGE }, null));
      expect(time, text.slice(0, 50)).toBeLessThan(CPU_MAX_MILLISECONDS);
    }
  });
});
