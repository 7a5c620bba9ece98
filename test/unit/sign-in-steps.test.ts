import { describe, expect, test } from "vitest";
import { type Evidence, prove, proveDevice } from "../../src/auth/sessions/evidence.ts";
import { nextStep } from "../../src/request/sign-in-steps.ts";

const PASSWORD: Evidence = [prove("password", 1)];
const EMAIL: Evidence = [prove("email", 1)];
const SECOND_STEPS: readonly Evidence[] = [
  [prove("passkey", 1)],
  [prove("totp", 1), ...PASSWORD],
  [prove("recovery-code", 1), ...PASSWORD],
  [proveDevice("device", 1), ...PASSWORD],
];

describe("the next step of a sign-in", () => {
  test.each([
    ["required", false, "verify-email"],
    ["required", true, "done"],
    ["optional", false, "done"],
    ["optional", true, "done"],
  ] as const)(
    "if verification is %s and the email is verified: %s, is %s",
    (emailVerification, emailVerified, step) => {
      for (const evidence of [PASSWORD, EMAIL]) {
        expect(nextStep({ emailVerified, twoStepAt: null }, evidence, { emailVerification })).toBe(step);
      }
    },
  );

  test("asks an account with the second step for it, after its email is verified", () => {
    const account = { emailVerified: true, twoStepAt: 1 };
    for (const emailVerification of ["required", "optional"] as const) {
      for (const evidence of [PASSWORD, EMAIL]) {
        expect(nextStep(account, evidence, { emailVerification })).toBe("second-step");
      }
      for (const evidence of SECOND_STEPS) expect(nextStep(account, evidence, { emailVerification })).toBe("done");
    }
    const unverified = { ...account, emailVerified: false };
    for (const evidence of [PASSWORD, ...SECOND_STEPS]) {
      expect(nextStep(unverified, evidence, { emailVerification: "required" })).toBe("verify-email");
    }
  });
});
