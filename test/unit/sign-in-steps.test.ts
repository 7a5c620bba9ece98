import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/auth/sessions/evidence.ts";
import { nextStep } from "../../src/request/sign-in-steps.ts";

const PASSWORD: Evidence = [{ method: "password", at: 1 }];
const EMAIL: Evidence = [{ method: "email", at: 1 }];

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
        expect(nextStep({ emailVerified }, evidence, { emailVerification })).toBe(step);
      }
    },
  );
});
