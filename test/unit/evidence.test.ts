import { describe, expect, test } from "vitest";
import {
  amr,
  authenticatedAt,
  type Evidence,
  hasSecondStep,
  isConfirmed,
  level,
  type Proof,
  prove,
  proveDevice,
  provedAt,
  withProof,
  withProofs,
} from "../../src/auth/sessions/evidence.ts";
import { CONFIRMATION_MILLISECONDS } from "../../src/auth/sessions/lifetimes.ts";

const NOW = 1_700_000_000_000;
const PASSWORD: Evidence = [prove("password", NOW)];
const EMAIL: Evidence = [prove("email", NOW)];
const PASSKEY: Evidence = [prove("passkey", NOW)];
const BOTH: Evidence = [prove("password", NOW), prove("email", NOW - 5)];
const WITH_CODE: Evidence = [prove("totp", NOW), ...PASSWORD];
const WITH_RECOVERY_CODE: Evidence = [prove("recovery-code", NOW), ...PASSWORD];
const WITH_DEVICE: Evidence = [proveDevice("device", NOW), ...PASSWORD];

describe("the evidence of a session", () => {
  test("contains each value of RFC 8176 at most once", () => {
    expect(amr(PASSWORD)).toEqual(["pwd"]);
    expect(amr(EMAIL)).toEqual(["otp"]);
    expect(amr(BOTH)).toEqual(["pwd", "otp"]);
    expect(amr(PASSKEY)).toEqual(["pop", "mfa"]);
    expect(amr(WITH_CODE)).toEqual(["otp", "pwd", "mfa"]);
    expect(amr([prove("recovery-code", NOW), ...WITH_CODE])).toEqual(["otp", "pwd", "mfa"]);
    expect(amr(WITH_DEVICE)).toEqual(["pwd"]);
  });

  test("is of level 1 with a password, a mailed code or both, which together are one factor", () => {
    expect([PASSWORD, EMAIL, BOTH].map(level)).toEqual([1, 1, 1]);
  });

  test("is of level 2 with a passkey, or with a password and a code, and not with a remembered device", () => {
    expect([PASSKEY, WITH_CODE, WITH_RECOVERY_CODE].map(level)).toEqual([2, 2, 2]);
    const withoutPassword: Evidence = [prove("totp", NOW), ...EMAIL];
    expect([WITH_DEVICE, withoutPassword].map(level)).toEqual([1, 1]);
  });

  test("completes the second step with a second factor or a remembered device", () => {
    expect([PASSKEY, WITH_CODE, WITH_RECOVERY_CODE, WITH_DEVICE].map(hasSecondStep)).toEqual([true, true, true, true]);
    expect([PASSWORD, EMAIL, BOTH].map(hasSecondStep)).toEqual([false, false, false]);
  });

  test("shows the time of the latest authentication, in any order", () => {
    expect(authenticatedAt(BOTH)).toBe(NOW);
    expect(authenticatedAt([...BOTH].toReversed() as unknown as Evidence)).toBe(NOW);
    expect(authenticatedAt([prove("email", 5)])).toBe(5);
  });

  test("confirms the account's owner for exactly ten minutes after the password or a passkey", () => {
    expect(CONFIRMATION_MILLISECONDS).toBe(10 * 60_000);
    for (const evidence of [PASSWORD, PASSKEY]) {
      expect(isConfirmed(evidence, false, NOW)).toBe(true);
      expect(isConfirmed(evidence, false, NOW + 10 * 60_000 - 1)).toBe(true);
      expect(isConfirmed(evidence, false, NOW + 10 * 60_000)).toBe(false);
    }
    expect(isConfirmed(BOTH, false, NOW + 10 * 60_000)).toBe(false);
  });

  test("confirms the owner of an account with the second step only by two factors of the last ten minutes", () => {
    for (const evidence of [PASSKEY, WITH_CODE, WITH_RECOVERY_CODE]) {
      expect(isConfirmed(evidence, true, NOW + 10 * 60_000 - 1)).toBe(true);
      expect(isConfirmed(evidence, true, NOW + 10 * 60_000)).toBe(false);
    }
    for (const evidence of [PASSWORD, EMAIL, BOTH, WITH_DEVICE]) expect(isConfirmed(evidence, true, NOW)).toBe(false);
    const stalePassword: Evidence = [prove("totp", NOW), prove("password", NOW - 10 * 60_000)];
    expect(isConfirmed(stalePassword, true, NOW)).toBe(false);
  });

  test("does not confirm the owner by a mailed code", () => {
    expect(isConfirmed(EMAIL, false, NOW)).toBe(false);
    expect(provedAt(EMAIL, "password")).toBeNull();
  });

  test("holds the latest proof of each method, newest first", () => {
    const later: Proof = prove("password", NOW + 7);
    expect(withProof(PASSWORD, later)).toEqual([later]);
    expect(withProof(EMAIL, later)).toEqual([later, ...EMAIL]);
    expect(withProof(BOTH, later)).toEqual([later, prove("email", NOW - 5)]);
    expect(withProofs(WITH_DEVICE, [prove("totp", NOW + 7), later]).map(({ method }) => method)).toEqual([
      "totp",
      "password",
      "remembered-device",
    ]);
    expect(provedAt(withProof(BOTH, later), "password")).toBe(NOW + 7);
    expect(provedAt(BOTH, "password")).toBe(NOW);
  });
});
