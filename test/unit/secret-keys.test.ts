import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  challengeKey,
  challengeKeys,
  open,
  openField,
  type SecretKeys,
  seal,
  sealField,
} from "../../src/auth/secret-keys.ts";
import { parseSecretKeys } from "../../src/config/config-values.ts";

const NOW = Date.UTC(2026, 10, 27);
const HOUR = 3_600_000;
const key = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
const read = (text: string): SecretKeys => {
  const parsed = parseSecretKeys(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.value;
};
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : new TextDecoder().decode(bytes));

let keys: SecretKeys;
beforeEach(() => {
  keys = read(`k1:${key(1)}`);
});

/** Every text that differs from `text` in one bit of one character, if it still is a character of sealed text. */
const oneBitChanges = (text: string) =>
  Array.from(text).flatMap((character, at) =>
    [1, 2, 4, 8, 16, 32, 64].map(
      (bit) => text.slice(0, at) + String.fromCharCode(character.charCodeAt(0) ^ bit) + text.slice(at + 1),
    ),
  );

describe("sealed bytes", () => {
  test("are opened with the key, purpose and binding that they were sealed with", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("totp" as const, "seal" as const),
        async (bytes, binding, purpose) => {
          const sealed = await seal(keys, purpose, binding, new Uint8Array(bytes));
          expect(sealed).toMatch(/^k1\.[\w-]+$/);
          const opened = await open(keys, purpose, binding, sealed);
          expect([opened?.bytes, opened?.isOutdated]).toEqual([new Uint8Array(bytes), false]);
        },
      ),
    );
  });

  test("look different each time, and contain nothing of the bytes", async () => {
    const sealed = await Promise.all(Array.from({ length: 200 }, () => seal(keys, "totp", "", bytesOf("hush hush"))));
    expect(new Set(sealed.map((text) => text.slice(0, 19))).size).toBe(200);
    for (const text of sealed) expect(Buffer.from(text.slice(3), "base64url").toString()).not.toContain("hush");
  });

  test("are opened for no other purpose and no other binding", async () => {
    const sealed = await seal(keys, "totp", "totp|ada", bytesOf("secret"));
    expect(textOf((await open(keys, "totp", "totp|ada", sealed))?.bytes)).toBe("secret");
    expect(await open(keys, "seal", "totp|ada", sealed)).toBe(null);
    for (const binding of ["totp|bob", "totp|ad", "totp|ada ", "Totp|ada", ""]) {
      expect([binding, await open(keys, "totp", binding, sealed)]).toEqual([binding, null]);
    }
  });

  test("are opened by none of the texts that differ in one bit of a byte or of a character", async () => {
    const sealed = await seal(keys, "totp", "totp|ada", bytesOf("a secret of 20 bytes"));
    const data = Buffer.from(sealed.slice(3), "base64url");
    const changedBytes = Array.from(data).flatMap((byte, at) =>
      [1, 2, 4, 8, 16, 32, 64, 128].map((bit) => {
        const changed = Buffer.from(data);
        changed[at] = byte ^ bit;
        return `k1.${changed.toString("base64url")}`;
      }),
    );
    expect(changedBytes).toHaveLength(8 * (12 + 20 + 16));
    for (const changed of [...changedBytes, ...oneBitChanges(sealed)]) {
      expect([changed, await open(keys, "totp", "totp|ada", changed)]).toEqual([changed, null]);
    }
  });

  test("are opened in one spelling only: bits that base64url leaves unused are zero", async () => {
    const odd = await seal(keys, "totp", "", bytesOf("a"));
    const last = odd.at(-1) ?? "";
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const sibling = odd.slice(0, -1) + alphabet[alphabet.indexOf(last) ^ 1];
    expect(Buffer.from(sibling.slice(3), "base64url")).toEqual(Buffer.from(odd.slice(3), "base64url"));
    expect(await open(keys, "totp", "", odd)).not.toBe(null);
    for (const spelled of [sibling, `${odd}=`, `${odd}A`, odd.replace(".", ".\n"), `${odd}\n`, ` ${odd}`]) {
      expect([spelled, await open(keys, "totp", "", spelled)]).toEqual([spelled, null]);
    }
  });

  test("are null for noise, which is not decoded where it is long", async () => {
    const decode = vi.spyOn(Buffer, "from");
    for (const length of [4_097, 1_000_000])
      expect(await open(keys, "totp", "", `k1.${"A".repeat(length)}`)).toBe(null);
    expect(decode).not.toHaveBeenCalled();
    decode.mockRestore();
    const noise = [
      "",
      ".",
      "k1",
      "k1.",
      "k1..",
      "k1.AAAA",
      ".AAAA",
      "K1.AAAA",
      "k1.é",
      "k1.\0",
      "__proto__.AAAA",
      "k1:AAAA",
    ];
    for (const text of noise) expect([text, await open(keys, "totp", "", text)]).toEqual([text, null]);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.base64String().map((text) => `k1.${text}`),
        ),
        async (text) => {
          expect(await open(keys, "totp", "", text)).toBe(null);
        },
      ),
    );
  });
});

describe("keys", () => {
  test("are replaced: the first seals, older ones still open and say so, removed ones do not", async () => {
    const sealed = await seal(keys, "totp", "totp|ada", bytesOf("secret"));
    const rotated = read(`k2:${key(2)},k1:${key(1)}`);
    expect(await open(rotated, "totp", "totp|ada", sealed)).toEqual({ bytes: bytesOf("secret"), isOutdated: true });
    const renewed = await seal(rotated, "totp", "totp|ada", bytesOf("secret"));
    expect(renewed).toMatch(/^k2\./);
    expect(await open(rotated, "totp", "totp|ada", renewed)).toEqual({ bytes: bytesOf("secret"), isOutdated: false });
    const removed = read(`k2:${key(2)}`);
    expect(await open(removed, "totp", "totp|ada", sealed)).toBe(null);
    expect(await open(removed, "totp", "totp|ada", renewed)).not.toBe(null);
  });

  test("do not open what another key with the same id has sealed, nor what is labelled with another id", async () => {
    const sealed = await seal(keys, "totp", "", bytesOf("secret"));
    expect(await open(read(`k1:${key(9)}`), "totp", "", sealed)).toBe(null);
    expect(await open(read(`k2:${key(2)},k1:${key(1)}`), "totp", "", sealed.replace("k1", "k2"))).toBe(null);
  });

  test("are derived once for each purpose, cannot be exported, and only sign or encrypt", async () => {
    const derive = vi.spyOn(crypto.subtle, "deriveKey");
    for (let round = 0; round < 3; round += 1) {
      await seal(keys, "totp", "", bytesOf(""));
      await sealField(keys, { purpose: "x", subject: "", expiresAt: NOW }, 1);
      await challengeKey(keys);
    }
    expect(derive).toHaveBeenCalledTimes(3);
    const derived = (await Promise.all(derive.mock.results.map(({ value }) => value))) as CryptoKey[];
    expect(derived.map(({ extractable, algorithm, usages }) => [extractable, algorithm.name, usages])).toEqual([
      [false, "AES-GCM", ["encrypt", "decrypt"]],
      [false, "AES-GCM", ["encrypt", "decrypt"]],
      [false, "HMAC", ["sign"]],
    ]);
  });

  test("are those of HKDF with SHA-256 in node:crypto, so that a change of the derivation is noticed", async () => {
    const { createHmac, hkdfSync } = await import("node:crypto");
    const expected = createHmac(
      "sha256",
      Buffer.from(hkdfSync("sha256", Buffer.alloc(32, 1), "", "gatehouse challenge", 32)),
    )
      .update("message")
      .digest("hex");
    const mac = await crypto.subtle.sign("HMAC", await challengeKey(keys), bytesOf("message"));
    expect(Buffer.from(mac).toString("hex")).toBe(expected);
  });

  test("for challenges are those of all secret keys, the present one first", async () => {
    const rotated = read(`k2:${key(2)},k1:${key(1)}`);
    const found = await challengeKeys(rotated);
    const macs = await Promise.all(found.map((each) => crypto.subtle.sign("HMAC", each, bytesOf("message"))));
    const old = await crypto.subtle.sign("HMAC", await challengeKey(keys), bytesOf("message"));
    expect(macs.map((mac) => Buffer.from(mac).equals(Buffer.from(old)))).toEqual([false, true]);
  });
});

describe("a sealed field", () => {
  const BINDING = { purpose: "recovery-codes", subject: "ada" };
  const expiresAt = NOW + HOUR;

  test("gives back its value, whatever JSON it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string(), fc.string(), async (value, purpose, subject) => {
        const sealed = await sealField(keys, { purpose, subject, expiresAt }, value);
        expect(await openField(keys, { purpose, subject }, sealed, NOW)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("has at most 512 characters with ten recovery codes", async () => {
    const codes = Array.from({ length: 10 }, () => "000000-000000-000000-000000");
    const sealed = await sealField(keys, { ...BINDING, expiresAt }, codes);
    expect(sealed.length).toBeLessThanOrEqual(512);
    expect(await openField(keys, BINDING, sealed, NOW)).toEqual(codes);
  });

  test("is null from its expiry on, which cannot be moved", async () => {
    const sealed = await sealField(keys, { ...BINDING, expiresAt }, "value");
    const at = (now: number) => openField(keys, BINDING, sealed, now);
    expect([await at(NOW), await at(expiresAt - 1), await at(expiresAt), await at(expiresAt + 1)]).toEqual([
      "value",
      "value",
      null,
      null,
    ]);
    expect(sealed).not.toContain(`${expiresAt}`);
  });

  test("is null for another purpose or another person, also where both together spell the same", async () => {
    const sealed = await sealField(keys, { purpose: "a", subject: "bc", expiresAt }, "value");
    expect(await openField(keys, { purpose: "a", subject: "bc" }, sealed, NOW)).toBe("value");
    const others = [
      { purpose: "ab", subject: "c" },
      { purpose: "abc", subject: "" },
      { purpose: "bc", subject: "a" },
      { purpose: "a", subject: "bd" },
      { purpose: 'a","bc', subject: "" },
      { purpose: "", subject: "" },
    ];
    for (const other of others) expect([other, await openField(keys, other, sealed, NOW)]).toEqual([other, null]);
  });

  test("is null where it was changed, is noise, or is a stored secret", async () => {
    const sealed = await sealField(keys, { ...BINDING, expiresAt }, ["value"]);
    const stored = await seal(
      keys,
      "totp",
      JSON.stringify(["recovery-codes", "ada"]),
      bytesOf(`[${expiresAt},"value"]`),
    );
    for (const text of [
      ...oneBitChanges(sealed),
      stored,
      "",
      "k1.",
      "x".repeat(5_000),
      JSON.stringify([expiresAt, "value"]),
    ]) {
      expect([text, await openField(keys, BINDING, text, NOW)]).toEqual([text, null]);
    }
  });

  test("is opened by an older key and not by a removed one", async () => {
    const sealed = await sealField(keys, { ...BINDING, expiresAt }, "value");
    expect(await openField(read(`k2:${key(2)},k1:${key(1)}`), BINDING, sealed, NOW)).toBe("value");
    expect(await openField(read(`k2:${key(2)}`), BINDING, sealed, NOW)).toBe(null);
  });
});
