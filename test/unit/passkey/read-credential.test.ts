import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBase64url } from "../../../src/auth/credentials/passkey/bytes.ts";
import { readAssertion, readRegistration } from "../../../src/auth/credentials/passkey/read-credential.ts";
import { checkAssertion } from "../../../src/auth/credentials/passkey/verify-assertion.ts";
import { verifyRegistration } from "../../../src/auth/credentials/passkey/verify-registration.ts";
import { type CredentialJson, createAuthenticator, ORIGIN, toBytes } from "./authenticator.ts";
import { CHALLENGE, expectationOf } from "./verdicts.ts";

const AUTHENTICATOR = createAuthenticator(-7);
const CLIENT_DATA = { challenge: CHALLENGE, origin: ORIGIN, crossOrigin: false };
const ASSERTION = AUTHENTICATOR.get({ ...CLIENT_DATA, type: "webauthn.get" });
const REGISTRATION = AUTHENTICATOR.create({ ...CLIENT_DATA, type: "webauthn.create" });
const EXPECTATION = expectationOf({ challenge: CHALLENGE });

const READERS = [
  ["assertion", readAssertion, ASSERTION],
  ["registration", readRegistration, REGISTRATION],
] as const;

/** The members that are read: those of the credential, and those of its response. */
const MEMBERS = {
  assertion: ["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature"],
  registration: [
    "id",
    "rawId",
    "type",
    "response",
    "clientDataJSON",
    "authenticatorData",
    "publicKey",
    "publicKeyAlgorithm",
  ],
};

const RESPONSE_OPTIONS = ["userHandle", "transports"];

type Json = Readonly<Record<string, unknown>>;

function withMember(credential: CredentialJson, name: string, value: unknown): Json {
  const { response } = credential;
  return Object.hasOwn(response, name) || RESPONSE_OPTIONS.includes(name)
    ? { ...credential, response: { ...response, [name]: value } }
    : { ...credential, [name]: value };
}

describe.each(READERS)("the JSON of an %s", (kind, read, sound) => {
  const text = JSON.stringify(sound);

  test("is read, whatever other members it has", () => {
    expect(read(text)).not.toBeNull();
    const more = { ...sound, extra: { deep: [[[1]]] }, response: { ...sound.response, attestationObject: 7, x: null } };
    expect(read(JSON.stringify(more))).toEqual(read(text));
    const { clientExtensionResults: _, authenticatorAttachment: __, ...fewer } = sound;
    expect(read(JSON.stringify(fewer))).toEqual(read(text));
  });

  test.each(MEMBERS[kind])("is refused if %s is missing or of another type", (name) => {
    const wrong = [
      undefined,
      null,
      true,
      false,
      {},
      [],
      [1],
      ["public-key"],
      "",
      " ",
      "=",
      "!",
      "äöü",
      "\0",
      "A",
      -0.5,
    ];
    const isNumber = name === "publicKeyAlgorithm";
    for (const value of wrong.filter((value) => !isNumber || typeof value !== "number")) {
      expect(read(JSON.stringify(withMember(sound, name, value))), JSON.stringify(value)).toBeNull();
    }
  });

  test("is refused if a byte string is not what an encoder of base64url writes", () => {
    const names = MEMBERS[kind].filter((name) => !["type", "response", "publicKeyAlgorithm"].includes(name));
    for (const name of names) {
      const spell = (spelling: (encoded: string) => string) => {
        const member = name === "id" || name === "rawId" ? sound.id : String(sound.response[name]);
        const changed = spelling(member);
        // Both, because they have to be equal.
        return ["id", "rawId"].includes(name)
          ? JSON.stringify({ ...sound, id: changed, rawId: changed })
          : JSON.stringify(withMember(sound, name, changed));
      };
      expect(read(spell((encoded) => encoded))).not.toBeNull();
      const spellings = [
        (encoded: string) => `${encoded}=`,
        (encoded: string) => `${encoded}==`,
        (encoded: string) => `${encoded}\n`,
        (encoded: string) => ` ${encoded}`,
        (encoded: string) => `${encoded.slice(0, 8)} ${encoded.slice(8)}`,
        (encoded: string) => `${encoded.slice(0, 8)}+/${encoded.slice(10)}`,
        (encoded: string) => `${encoded.slice(0, 8)}%2B${encoded.slice(11)}`,
        (encoded: string) => encoded.slice(0, 4 * Math.floor(encoded.length / 4) - 3),
        // "QQ" encodes one byte, and "QR" the same one with an unused bit that is set.
        () => "QR",
      ];
      for (const spelling of spellings) expect(read(spell(spelling)), `${name} ${spelling}`).toBeNull();
    }
  });

  test("is refused if id and rawId differ", () => {
    const other = encodeBase64url(new Uint8Array(32));
    expect(read(JSON.stringify({ ...sound, id: other }))).toBeNull();
    expect(read(JSON.stringify({ ...sound, rawId: other }))).toBeNull();
    expect(read(JSON.stringify({ ...sound, id: other, rawId: other }))).not.toBeNull();
  });

  test("is refused if the id has more than 1,023 bytes", () => {
    const withId = (bytes: number) => {
      const id = encodeBase64url(new Uint8Array(bytes).fill(1));
      return read(JSON.stringify({ ...sound, id, rawId: id }));
    };
    expect(withId(1)).not.toBeNull();
    expect(withId(1_023)).not.toBeNull();
    expect(withId(1_024)).toBeNull();
    expect(withId(0)).toBeNull();
  });

  test("is refused unread if it has more than 16 KiB", () => {
    const padded = (characters: number) => text + " ".repeat(characters - text.length);
    expect(read(padded(16_384))).not.toBeNull();
    expect(read(padded(16_385))).toBeNull();
    expect(read("x".repeat(50_000_000))).toBeNull();
  });

  test("is refused if it is truncated at any character", () => {
    for (let length = 0; length < text.length; length += 1) expect(read(text.slice(0, length))).toBeNull();
  });

  test("is refused if it is nested deeply, and ignores a member that is", () => {
    const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
    expect(read(deep("[", "]", 8_000))).toBeNull();
    expect(read("[".repeat(16_384))).toBeNull();
    expect(read(`${'{"response":'.repeat(1_200)}1${"}".repeat(1_200)}`)).toBeNull();
    expect(read(`{"response":${deep("[", "]", 8_000)}}`)).toBeNull();
    expect(read(text.replace("{", `{"extra":${deep("[", "]", 7_000)},`))).toEqual(read(text));
  });

  test("changes no prototype, and takes no member from one", () => {
    expect(read(`{"__proto__":${text}}`)).toBeNull();
    expect(read(`{"constructor":{"prototype":${text}}}`)).toBeNull();
    const polluting = text.replace("{", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
    expect(read(polluting)).toEqual(read(text));
    expect(({} as Json)["polluted"]).toBeUndefined();
    const response = JSON.stringify(sound.response);
    expect(read(text.replace(response, `{"__proto__":${response}}`))).toBeNull();
  });

  test("is refused for any other text, and never throws", () => {
    const json = fc.json({ maxDepth: 5 });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), json), (other) => {
        expect(read(other)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test("with any value in place of any member is refused or read, and what is read can be verified", async () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.uint8Array({ maxLength: 200 }).map(encodeBase64url),
      fc.base64String(),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...MEMBERS[kind], ...RESPONSE_OPTIONS), anything, async (name, value) => {
        const changed = JSON.stringify(withMember(sound, name, value));
        const assertion = readAssertion(changed);
        if (assertion !== null) expect(await checkAssertion(assertion, EXPECTATION)).toHaveProperty("outcome");
        const registration = readRegistration(changed);
        if (registration !== null)
          expect(await verifyRegistration(registration, EXPECTATION)).toHaveProperty("outcome");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the client data", () => {
  const judge = async (clientData: Uint8Array) => {
    const clientDataJSON = encodeBase64url(clientData);
    const assertion = readAssertion(JSON.stringify(withMember(ASSERTION, "clientDataJSON", clientDataJSON)));
    if (assertion === null) return "unreadable";
    const checked = await checkAssertion(assertion, EXPECTATION);
    return checked.outcome === "refused" ? checked.reason : checked.outcome;
  };
  const sound = JSON.stringify({ ...CLIENT_DATA, type: "webauthn.get" });

  test("is decoded as the specification says: with a byte order mark and unknown members, in any order", async () => {
    expect(await judge(Buffer.from(sound))).toBe("checked");
    expect(await judge(Buffer.from(`\ufeff${sound}`))).toBe("checked");
    expect(await judge(Buffer.from(sound.replace("{", '{"other":[1,{}],')))).toBe("checked");
    expect(
      await judge(
        Buffer.concat([Buffer.from('{"'), Buffer.of(0xff), Buffer.from('":1,'), Buffer.from(sound.slice(1))]),
      ),
    ).toBe("checked");
  });

  test.each([
    "null",
    "1",
    '"webauthn.get"',
    "[]",
    "{}",
    "",
    " ",
    "{",
    "[".repeat(9_000),
    `{"__proto__":${sound}}`,
    `[${sound}]`,
    `${sound}${sound}`,
    `${sound},`,
  ])("is malformed if it is no object with these members: %j", async (text) => {
    expect(await judge(Buffer.from(text))).toBe(text === "" ? "unreadable" : "malformed");
  });

  test("is never verified if it is something else, and never makes a check throw", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ maxLength: 200 }),
        async (clientData, data) => {
          expect(await judge(clientData)).not.toBe("checked");
          const clientDataJson = toBytes(Buffer.from(sound));
          const assertion = {
            credentialId: toBytes(clientData),
            clientDataJson,
            authenticatorData: toBytes(data),
            signature: toBytes(data),
            userHandle: null,
          };
          expect(await checkAssertion(assertion, EXPECTATION)).toHaveProperty("outcome", "refused");
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("the members that may be missing", () => {
  test("are the user handle, of at most 64 bytes, where null and an empty one are none", () => {
    const handleOf = (userHandle: unknown) =>
      readAssertion(JSON.stringify(withMember(ASSERTION, "userHandle", userHandle)));
    for (const none of [undefined, null, ""]) expect(handleOf(none)).toHaveProperty("userHandle", null);
    expect(handleOf(encodeBase64url(new Uint8Array(64)))?.userHandle).toHaveLength(64);
    for (const wrong of [encodeBase64url(new Uint8Array(65)), "QR", 1, {}, [], false])
      expect(handleOf(wrong)).toBeNull();
  });

  test("are the transports, of which the known ones are kept once each", () => {
    const transportsOf = (transports: unknown) =>
      readRegistration(JSON.stringify(withMember(REGISTRATION, "transports", transports)))?.transports;
    expect(transportsOf(["usb", "nfc", "usb", "smart-card", "ble", "internal", "hybrid"])).toEqual([
      "ble",
      "hybrid",
      "internal",
      "nfc",
      "smart-card",
      "usb",
    ]);
    expect(transportsOf(["cable", "USB", "usb ", 1, null, {}, ["usb"], "<script>"])).toEqual([]);
    for (const none of [undefined, null, "usb", {}, 1, { 0: "usb", length: 1 }]) expect(transportsOf(none)).toEqual([]);
    expect(transportsOf(Array(2_000).fill("nfc"))).toEqual(["nfc"]);
  });

  test("of the public key are at most 1,024 bytes", () => {
    const withKey = (bytes: number) =>
      readRegistration(JSON.stringify(withMember(REGISTRATION, "publicKey", encodeBase64url(new Uint8Array(bytes)))));
    expect(withKey(1_024)).not.toBeNull();
    expect(withKey(1_025)).toBeNull();
  });
});
