import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type ChallengePurpose,
  checkChallenge,
  issueChallenge,
} from "../../../src/auth/credentials/passkey/challenge.ts";

const NOW = 1_700_000_000_000;
const END = NOW + 600_000;
const PURPOSES: readonly ChallengePurpose[] = ["signin", "second", "register", "confirm"];

const importKey = (bytes: Uint8Array<ArrayBuffer>) =>
  crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

let key: CryptoKey;
beforeAll(async () => {
  key = await importKey(new Uint8Array(32).fill(7));
});

describe("a challenge", () => {
  test("has 36 bytes, which begin with 16 random ones and the second in which it expires", async () => {
    const text = await issueChallenge(key, "signin", "", END);
    expect(text).toMatch(/^[\w-]{48}$/);
    const bytes = Buffer.from(text, "base64url");
    expect(bytes).toHaveLength(36);
    expect(bytes.readUInt32BE(16)).toBe(END / 1_000);
    const valid = await checkChallenge(key, text, "signin", "", NOW);
    expect(valid).toEqual({ nonce: bytes.subarray(0, 16).toString("hex"), expiresAt: END });
  });

  test("never repeats, not even for the same purpose, subject and second", async () => {
    const texts = await Promise.all(Array.from({ length: 500 }, () => issueChallenge(key, "signin", "", END)));
    expect(new Set(texts.map((text) => text.slice(0, 21))).size).toBe(500);
  });

  test("is valid until the end of the second in which it expires", async () => {
    const text = await issueChallenge(key, "signin", "", END - 1);
    expect((await checkChallenge(key, text, "signin", "", END - 1))?.expiresAt).toBe(END);
    expect(await checkChallenge(key, text, "signin", "", END)).toBeNull();
    expect(await checkChallenge(key, text, "signin", "", END + 1_000_000)).toBeNull();
  });

  test("is valid for its purpose, subject and key only", async () => {
    const other = await importKey(new Uint8Array(32).fill(8));
    for (const purpose of PURPOSES) {
      for (const subject of ["", "a", "hash of a session"]) {
        const text = await issueChallenge(key, purpose, subject, END);
        for (const asked of PURPOSES) {
          for (const of of ["", "a", "hash of a session"]) {
            const valid = await checkChallenge(key, text, asked, of, NOW);
            expect(valid !== null, `${purpose} ${subject} as ${asked} ${of}`).toBe(asked === purpose && of === subject);
          }
        }
        expect(await checkChallenge(other, text, purpose, subject, NOW)).toBeNull();
      }
    }
  });

  test("does not confuse a purpose with the start of a subject, whatever the subject contains", async () => {
    const text = await issueChallenge(key, "second", "\0register\0x", END);
    for (const purpose of PURPOSES) {
      for (const subject of ["", "x", "register\0x", "second\0\0register\0x"]) {
        expect(await checkChallenge(key, text, purpose, subject, NOW)).toBeNull();
      }
    }
    expect(await checkChallenge(key, text, "second", "\0register\0x", NOW)).not.toBeNull();
  });

  test("is invalid after any one-bit change", async () => {
    const text = await issueChallenge(key, "confirm", "subject", END);
    const bytes = Buffer.from(text, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await checkChallenge(key, changed.toString("base64url"), "confirm", "subject", NOW), `${bit}`).toBeNull();
    }
    expect(await checkChallenge(key, text, "confirm", "subject", NOW)).not.toBeNull();
  });

  test("has one spelling: padding, white space, other alphabets and other lengths are invalid", async () => {
    // 0xff at the start, so that the text differs between the two alphabets.
    let text = "";
    while (!/[-_]/.test(text)) text = await issueChallenge(key, "signin", "", END);
    const others = [
      "",
      `${text}=`,
      `${text} `,
      ` ${text}`,
      `${text}\n`,
      `${text}A`,
      `${text}AAAA`,
      text.slice(0, -1),
      text.slice(4),
      text.replaceAll("-", "+").replaceAll("_", "/"),
    ];
    for (const other of others) expect(await checkChallenge(key, other, "signin", "", NOW), other).toBeNull();
  });

  test("is null for any other text, and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.base64String()), async (text) => {
        expect(await checkChallenge(key, text, "signin", "", NOW)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});
