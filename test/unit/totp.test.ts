import fc from "fast-check";
import { Secret, TOTP, URI } from "otpauth";
import { describe, expect, test, vi } from "vitest";
import {
  encodeTotpSecret,
  generateTotpSecret,
  matchingStep,
  otpauthUri,
  readTotpCode,
} from "../../src/auth/credentials/totp.ts";

const STEP = 30_000;
/** The secret of both RFCs. */
const RFC_SECRET = new TextEncoder().encode("12345678901234567890");

const secrets = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => new Uint8Array(bytes));
/** Until the year 2286, when seconds get an eleventh digit, and beyond. */
const times = fc.integer({ min: STEP, max: 2 ** 45 });
const oracle = (secret: Uint8Array<ArrayBuffer>) => new TOTP({ secret: new Secret({ buffer: secret.buffer }) });

describe("a code of an authenticator app", () => {
  test.each([
    [0, "755224"],
    [1, "287082"],
    [2, "359152"],
    [3, "969429"],
    [4, "338314"],
    [5, "254676"],
    [6, "287922"],
    [7, "162583"],
    [8, "399871"],
    [9, "520489"],
  ])("of counter %i in RFC 4226, appendix D, is %s", async (counter, code) => {
    expect(await matchingStep(RFC_SECRET, code, counter * STEP)).toBe(counter);
  });

  // Its codes have eight digits. Six are the last of these, because both are remainders.
  test.each([
    [59, 0x1, "94287082"],
    [1_111_111_109, 0x23523ec, "07081804"],
    [1_111_111_111, 0x23523ed, "14050471"],
    [1_234_567_890, 0x273ef07, "89005924"],
    [2_000_000_000, 0x3f940aa, "69279037"],
    [20_000_000_000, 0x27bc86aa, "65353130"],
  ])("at second %i in RFC 6238, appendix B, is of step %i", async (seconds, step, code) => {
    expect(await matchingStep(RFC_SECRET, code.slice(2), seconds * 1_000)).toBe(step);
  });

  test("is accepted at every moment as an independent implementation generates it", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, times, async (secret, timestamp) => {
        const step = Math.floor(timestamp / STEP);
        expect(await matchingStep(secret, oracle(secret).generate({ timestamp }), timestamp)).toBe(step);
      }),
    );
  });

  test("gets the verdict of that implementation, right or wrong, near or far", async () => {
    const verdicts = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(secrets, times, fc.integer({ min: -4, max: 4 }), async (secret, now, distance) => {
        const timestamp = Math.max(0, now + distance * STEP);
        const token = oracle(secret).generate({ timestamp });
        const delta = oracle(secret).validate({ token, timestamp: now, window: 1 });
        const expected = delta === null ? null : Math.floor(now / STEP) + delta;
        verdicts[expected === null ? "refused" : "accepted"] += 1;
        expect(await matchingStep(secret, token, now)).toBe(expected);
      }),
      { numRuns: 300 },
    );
    expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(30);
  });

  test("of the step before and after is accepted to the millisecond, and of the next ones is not", async () => {
    const code = oracle(RFC_SECRET).generate({ timestamp: 1_000 * STEP });
    const at = (milliseconds: number) => matchingStep(RFC_SECRET, code, 1_000 * STEP + milliseconds);
    expect(await Promise.all([-STEP - 1, -STEP, 0, STEP, 2 * STEP - 1, 2 * STEP].map(at))).toEqual([
      null,
      1_000,
      1_000,
      1_000,
      1_000,
      null,
    ]);
  });

  test("costs three computations, whichever step it is of", async () => {
    const sign = vi.spyOn(crypto.subtle, "sign");
    const now = 1_000 * STEP;
    for (const steps of [-1, 0, 1, 5]) {
      sign.mockClear();
      await matchingStep(RFC_SECRET, oracle(RFC_SECRET).generate({ timestamp: now + steps * STEP }), now);
      expect([steps, sign.mock.calls.length]).toEqual([steps, 3]);
    }
  });

  test("belongs to the later step where two steps have the same code, so that it is used up for both", async () => {
    const mac = new Uint8Array(20).buffer;
    vi.spyOn(crypto.subtle, "sign").mockResolvedValue(mac);
    expect(await matchingStep(RFC_SECRET, "000000", 1_000 * STEP)).toBe(1_001);
  });

  test.each(["", "0", "55224", "7552240", " 755224", "755224 ", "７５５２２４", "755224\0", "0".repeat(100_000)])(
    "is none of %j",
    async (text) => {
      expect(await matchingStep(RFC_SECRET, text, 0)).toBe(null);
    },
  );
});

describe("a typed code", () => {
  test.each([
    ["123456", "123456"],
    ["000000", "000000"],
    ["123 456", "123456"],
    [" 12 34 56 ", "123456"],
    ["123\u00a0456", "123456"],
    ["123-456", "123456"],
    ["\u200b123456\u2060", "123456"],
    [`${" ".repeat(58)}123456`, "123456"],
  ])("%j is read as %s", (typed, code) => {
    expect(readTotpCode(typed)).toEqual({ ok: true, code });
  });

  test.each(["", " ", "\t\u200b-"])("%j is missing", (typed) => {
    expect(readTotpCode(typed)).toEqual({ ok: false, problem: "code-missing" });
  });

  test.each([
    "12345",
    "1234567",
    "12345a",
    "١٢٣٤٥٦",
    "１２３４５６",
    "+12345",
    "1e5000",
    "0x1234",
    "123.456",
    `${" ".repeat(59)}123456`,
    "1".repeat(1_000_000),
  ])("%j is malformed", (typed) => {
    expect(readTotpCode(typed)).toEqual({ ok: false, problem: "code-malformed" });
  });
});

describe("a secret", () => {
  test("has 160 random bits", () => {
    const source = vi.spyOn(crypto, "getRandomValues");
    const made = Array.from({ length: 100 }, () => generateTotpSecret());
    expect(source).toHaveBeenCalledTimes(100);
    expect(new Set(made.map((secret) => Buffer.from(secret).toString("hex"))).size).toBe(100);
    expect(new Set(made.map(({ length }) => length))).toEqual(new Set([20]));
  });

  // RFC 4648, 10, without the padding.
  test.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("%j is %s in base32", (text, encoded) => {
    expect(encodeTotpSecret(new TextEncoder().encode(text))).toBe(encoded);
  });

  test("is read from base32 by an independent implementation", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        expect(new Uint8Array(Secret.fromBase32(encodeTotpSecret(bytes)).buffer)).toEqual(new Uint8Array(bytes));
      }),
    );
  });
});

describe("the link for an app", () => {
  test("has the form of Google's description", () => {
    const secret = new TextEncoder().encode("Hello!\u00de\u00ad").slice(0, 6);
    expect(otpauthUri("Big Corp", "ada+x@example.com", secret)).toBe(
      "otpauth://totp/Big%20Corp:ada%2Bx%40example.com?secret=JBSWY3DPEE&issuer=Big%20Corp",
    );
  });

  test.each([
    ["Gatehouse", "ada@example.com"],
    ["Müller & Söhne?", "o'hara#1@xn--mller-kva.example"],
    ["100 % / +1", "a&secret=B@example.com"],
    ["門番", "用户@例え.jp"],
  ])("of %s and %s gives an independent implementation the same issuer, name and codes", (issuer, email) => {
    const secret = generateTotpSecret();
    const uri = otpauthUri(issuer, email, secret);
    const read = URI.parse(uri);
    if (!(read instanceof TOTP)) throw new Error("not for time steps");
    expect([read.issuer, read.label, read.algorithm, read.digits, read.period]).toEqual([issuer, email, "SHA1", 6, 30]);
    expect(read.generate({ timestamp: 7 * STEP })).toBe(oracle(secret).generate({ timestamp: 7 * STEP }));
    expect([...new URL(uri).searchParams.keys()]).toEqual(["secret", "issuer"]);
  });

  test("has one colon only, because apps split the label there", () => {
    const uri = otpauthUri("Acme: Accounts", "ada@example.com", new Uint8Array(20));
    expect(uri).toContain("otpauth://totp/Acme%20%20Accounts:ada%40example.com?");
    expect(decodeURIComponent(uri).match(/:/g)).toHaveLength(2);
  });
});
