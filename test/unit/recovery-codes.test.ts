import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  generateRecoveryCodes,
  hashRecoveryCode,
  parseRecoveryCode,
} from "../../src/auth/credentials/recovery-codes.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE = "0123456789ABCDEFGHJKMNPQ";

describe("recovery codes", () => {
  test("are ten, of 24 characters in four groups, from the cryptographic source, and never the same", () => {
    vi.spyOn(Math, "random").mockImplementation(() => {
      throw new Error("Math.random is no source of secrets");
    });
    const made = Array.from({ length: 200 }, generateRecoveryCodes);
    expect(new Set(made.map(({ length }) => length))).toEqual(new Set([10]));
    const codes = made.flat();
    expect(codes.filter((code) => !/^(?:[0-9A-HJKMNP-TV-Z]{6}-){3}[0-9A-HJKMNP-TV-Z]{6}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(2_000);
  });

  test("have every character equally often, in every position", () => {
    const codes = Array.from({ length: 600 }, generateRecoveryCodes)
      .flat()
      .map((code) => code.replaceAll("-", ""));
    const mean = codes.length / ALPHABET.length;
    for (let position = 0; position < 24; position += 1) {
      const counts = new Map(Array.from(ALPHABET, (character) => [character, 0]));
      for (const code of codes) counts.set(code[position] ?? "", (counts.get(code[position] ?? "") ?? 0) + 1);
      expect(counts.size).toBe(32);
      // Chi-squared with 31 degrees of freedom: beyond 100 once in a hundred million times.
      const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      expect(chiSquared).toBeLessThan(100);
    }
  });

  test("are read in any case, with or without dashes and spaces", () => {
    const cases = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 });
    const fillers = fc.array(fc.constantFrom("", "", "", "-", " ", "–", "\u200b"), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(fc.nat(9), cases, fillers, (index, isLower, filler) => {
        const code = generateRecoveryCodes()[index]?.replaceAll("-", "") ?? "";
        const typed = Array.from(
          code,
          (character, at) => (isLower[at] ? character.toLowerCase() : character) + (filler[at] ?? ""),
        );
        expect(parseRecoveryCode(typed.join(""))).toBe(code);
      }),
    );
  });

  test.each([
    [CODE, CODE],
    ["012345-6789AB-CDEFGH-JKMNPQ", CODE],
    ["o12345 6789ab cdefgh jkmnpq", CODE],
    ["Oi2345-6789AB-CDEFGH-JKMNPQ", CODE],
    ["0I2345-6789AB-CDEFGH-JKMNPQ", CODE],
    ["0L2345-6789AB-CDEFGH-JKMNPQ", CODE],
    ["0l2345-6789AB-CDEFGH-JKMNPQ", CODE],
    [`${CODE}${" ".repeat(40)}`, CODE],
  ])("%j is read as %s", (typed, code) => {
    expect(parseRecoveryCode(typed)).toBe(code);
  });

  test.each([
    "",
    "------------------------",
    CODE.slice(1),
    `${CODE}0`,
    CODE.replace("0", "U"),
    CODE.replace("0", "u"),
    CODE.replace("0", "_"),
    CODE.replace("0", "é"),
    CODE.replace("0", "ı"),
    CODE.replace("0", "０"),
    CODE.replace("0", "\0"),
    `${CODE}${" ".repeat(41)}`,
    "0".repeat(1_000_000),
  ])("%j is none", (typed) => {
    expect(parseRecoveryCode(typed)).toBe(null);
  });

  test("are null or a code for any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary", maxLength: 80 }), fc.base64String({ maxLength: 40 })),
        (typed) => {
          expect(parseRecoveryCode(typed) ?? CODE).toMatch(/^[0-9A-HJKMNP-TV-Z]{24}$/);
        },
      ),
    );
  });

  test("are hashed with SHA-256 for one account", async () => {
    const expected = createHash("sha256").update(`recovery:ada:${CODE}`).digest("hex");
    expect(await hashRecoveryCode("ada", CODE)).toBe(expected);
    expect(await hashRecoveryCode("bob", CODE)).not.toBe(expected);
  });
});
