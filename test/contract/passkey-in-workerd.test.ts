import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALGORITHMS } from "../../src/auth/credentials/passkey/signature.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";
import { createAuthenticator, ORIGIN } from "../unit/passkey/authenticator.ts";
import { CHALLENGE, storedPasskey } from "../unit/passkey/verdicts.ts";

/** A Worker with our modules and nothing else. Its answer to a ceremony is the verdict, or the error that was thrown. */
const WORKER = `
import { checkChallenge, issueChallenge } from "./challenge.ts";
import { readAssertion, readRegistration } from "./read-credential.ts";
import { checkAssertion, verifyAssertion } from "./verify-assertion.ts";
import { verifyRegistration } from "./verify-registration.ts";

async function judge({ origin, challenge, assertion, registration, passkey }) {
  const checkChallenge = async (text) => (text === challenge ? { nonce: "", expiresAt: 0 } : null);
  const expectation = { origins: [origin], rpId: "example.org", checkChallenge };
  if (registration) return verifyRegistration(readRegistration(registration), expectation);
  const checked = await checkAssertion(readAssertion(assertion), expectation);
  const publicKey = new Uint8Array(Buffer.from(passkey.publicKey, "base64url"));
  return checked.outcome === "refused" ? checked : verifyAssertion(checked, { ...passkey, publicKey }, null);
}

async function judgeChallenge() {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new Uint8Array(32), hmac, false, ["sign"]);
  const text = await issueChallenge(key, "signin", "", 2_000);
  const check = (purpose, now) => checkChallenge(key, text, purpose, "", now);
  return [text.length, await check("signin", 1_999), await check("signin", 2_000), await check("second", 1_999)];
}

export default {
  async fetch(request) {
    try {
      return Response.json(request.method === "GET" ? await judgeChallenge() : await judge(await request.json()));
    } catch (error) {
      return Response.json({ outcome: "thrown", reason: String(error) });
    }
  },
};
`;

let directory: string;
let worker: RunningWorker;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gatehouse-passkey-"));
  const resolveDir = fileURLToPath(new URL("../../src/auth/credentials/passkey", import.meta.url));
  const outfile = join(directory, "index.js");
  await build({ stdin: { contents: WORKER, resolveDir, loader: "ts" }, bundle: true, format: "esm", outfile });
  worker = await startWorker(directory, {});
});

afterAll(async () => {
  await worker?.close();
  rmSync(directory, { recursive: true });
});

const GET = { type: "webauthn.get", challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };

async function judge(ceremony: object): Promise<{ readonly outcome: string; readonly reason?: string }> {
  const body = JSON.stringify({ origin: ORIGIN, challenge: CHALLENGE, ...ceremony });
  return (await worker.fetch("http://localhost/", { method: "POST", body })).json();
}

describe("in workerd", () => {
  test.each(ALGORITHMS.map((algorithm) => [algorithm] as const))(
    "a passkey of algorithm %i is registered and signs in, and a signature that is changed or of another length is refused",
    async (algorithm) => {
      const authenticator = createAuthenticator(algorithm);
      const registration = JSON.stringify(authenticator.create({ ...GET, type: "webauthn.create" }));
      expect(await judge({ registration })).toMatchObject({ outcome: "verified", algorithm });

      const publicKey = Buffer.from(authenticator.spki).toString("base64url");
      const passkey = { ...storedPasskey(authenticator, algorithm), publicKey };
      const credential = authenticator.get(GET);
      expect(await judge({ assertion: JSON.stringify(credential), passkey })).toMatchObject({ outcome: "verified" });

      const signature = Buffer.from(String(credential.response["signature"]), "base64url");
      const changed = Buffer.from(signature);
      changed[20] = (changed[20] ?? 0) ^ 1;
      const wrong = [
        changed,
        signature.subarray(1),
        signature.subarray(0, -1),
        Buffer.concat([signature, Buffer.of(0)]),
        Buffer.alloc(1),
        Buffer.alloc(63),
        Buffer.alloc(64),
        Buffer.alloc(65),
        Buffer.alloc(1_000),
      ];
      for (const other of wrong) {
        const response = { ...credential.response, signature: other.toString("base64url") };
        const assertion = JSON.stringify({ ...credential, response });
        expect(await judge({ assertion, passkey }), `${other.length}`).toEqual({
          outcome: "refused",
          reason: "signature",
        });
      }
    },
  );

  test("a key that is malformed or of another algorithm is refused", async () => {
    const credential = createAuthenticator(-7).create({ ...GET, type: "webauthn.create" });
    const keys = [createAuthenticator(-8).spki, createAuthenticator(-257).spki, new Uint8Array(91), new Uint8Array(1)];
    for (const key of keys) {
      const response = { ...credential.response, publicKey: Buffer.from(key).toString("base64url") };
      const registration = JSON.stringify({ ...credential, response });
      expect(await judge({ registration })).toEqual({ outcome: "refused", reason: "public-key" });
    }
  });

  test("a challenge is valid for its purpose until it expires", async () => {
    const answer = await worker.fetch("http://localhost/");
    const nonce = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(await answer.json()).toEqual([48, { nonce, expiresAt: 2_000 }, null, null]);
  });
});
