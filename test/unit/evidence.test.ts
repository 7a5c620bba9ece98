import { describe, expect, test } from "vitest";
import {
  amr,
  authenticatedAt,
  type Evidence,
  isConfirmed,
  level,
  passwordGivenAt,
  withProof,
} from "../../src/auth/sessions/evidence.ts";
import { PASSWORD_FRESH_MILLISECONDS } from "../../src/auth/sessions/lifetimes.ts";

const NOW = 1_700_000_000_000;
const PASSWORD: Evidence = [{ method: "password", at: NOW }];
const EMAIL: Evidence = [{ method: "email", at: NOW }];
const BOTH: Evidence = [
  { method: "password", at: NOW },
  { method: "email", at: NOW - 5 },
];

describe("the evidence of a session", () => {
  test("contains each value of RFC 8176 at most once", () => {
    expect(amr(PASSWORD)).toEqual(["pwd"]);
    expect(amr(EMAIL)).toEqual(["otp"]);
    expect(amr(BOTH)).toEqual(["pwd", "otp"]);
  });

  test("is of level 1 with a password, a mailed code or both, which together are one factor", () => {
    expect([PASSWORD, EMAIL, BOTH].map(level)).toEqual([1, 1, 1]);
  });

  test("shows the time of the latest authentication, in any order", () => {
    expect(authenticatedAt(BOTH)).toBe(NOW);
    expect(authenticatedAt([...BOTH].toReversed() as unknown as Evidence)).toBe(NOW);
    expect(authenticatedAt([{ method: "email", at: 5 }])).toBe(5);
  });

  test("confirms the account's owner for exactly ten minutes after the password", () => {
    expect(PASSWORD_FRESH_MILLISECONDS).toBe(10 * 60_000);
    expect(isConfirmed(PASSWORD, NOW)).toBe(true);
    expect(isConfirmed(PASSWORD, NOW + 10 * 60_000 - 1)).toBe(true);
    expect(isConfirmed(PASSWORD, NOW + 10 * 60_000)).toBe(false);
    expect(isConfirmed(BOTH, NOW + 10 * 60_000)).toBe(false);
  });

  test("does not confirm the account's owner by a mailed code", () => {
    expect(isConfirmed(EMAIL, NOW)).toBe(false);
    expect(passwordGivenAt(EMAIL)).toBeNull();
  });

  test("contains the latest proof of each method: a new password replaces the previous one only", () => {
    const later = { method: "password", at: NOW + 7 } as const;
    expect(withProof(PASSWORD, later)).toEqual([later]);
    expect(withProof(EMAIL, later)).toEqual([later, ...EMAIL]);
    expect(withProof(BOTH, later)).toEqual([later, { method: "email", at: NOW - 5 }]);
    expect(passwordGivenAt(withProof(BOTH, later))).toBe(NOW + 7);
    expect(BOTH).toHaveLength(2);
    expect(passwordGivenAt(BOTH)).toBe(NOW);
  });
});
