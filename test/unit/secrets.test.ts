import { describe, expect, test, vi } from "vitest";
import { hashArgon2id } from "../../src/auth/credentials/password/argon2id.ts";
import { generateSessionId } from "../../src/auth/sessions/session-id.ts";
import { generateTokenSecrets } from "../../src/auth/tokens/one-time-tokens.ts";
import { generateSecret, isSecret } from "../../src/auth/tokens/secrets.ts";

const SESSION_SECRET = /^[a-z0-9]{15}\.([a-z0-9]{40})$/;
const BITS_MIN = 128;

describe("what nobody may guess", () => {
  test("comes from the cryptographic source alone", async () => {
    vi.spyOn(Math, "random").mockImplementation(() => {
      throw new Error("Math.random is no source of secrets");
    });
    const source = vi.spyOn(crypto, "getRandomValues");
    const makers = [
      generateSecret,
      () => generateSessionId("u".repeat(15)),
      generateTokenSecrets,
      () => hashArgon2id(new Uint8Array(8), { memory: 8, passes: 1, parallelism: 1 }),
    ];
    for (const make of makers) {
      source.mockClear();
      await make();
      expect(source).toHaveBeenCalled();
    }
  });

  test("has 128 bits at least, every sign of its alphabet equally often, and never comes twice", () => {
    const sessions = Array.from(
      { length: 2_000 },
      () => SESSION_SECRET.exec(generateSessionId("u".repeat(15)))?.[1] ?? "",
    );
    const tokens = Array.from({ length: 2_000 }, generateTokenSecrets);
    const secrets = [
      ...sessions,
      ...tokens.map(({ token }) => token),
      ...tokens.map(({ browserSecret }) => browserSecret),
    ];
    expect(secrets.filter((secret) => !isSecret(secret))).toEqual([]);
    expect(new Set(secrets).size).toBe(secrets.length);
    expect(40 * Math.log2(expectEvenly(secrets.join(""), 36))).toBeGreaterThan(BITS_MIN);
  });

  test("and can be typed has eight digits, the first of them zero as often as any", () => {
    const codes = Array.from({ length: 5_000 }, () => generateTokenSecrets().code);
    expect(codes.filter((code) => !/^\d{8}$/.test(code))).toEqual([]);
    expectEvenly(codes.join(""), 10);
    expectEvenly(codes.map(([first]) => first).join(""), 10);
  });
});

/** Fails where a sign is rarer or more frequent than six standard deviations allow; returns how many signs there are. */
function expectEvenly(text: string, signs: number): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  expect(counts.size).toBe(signs);
  const mean = text.length / signs;
  for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
  return counts.size;
}
