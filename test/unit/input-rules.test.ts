import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, test } from "vitest";
import { parseEmailAddress } from "../../src/auth/email-address.ts";
import { findPasswordProblem } from "../../src/auth/password-rules.ts";
import { brand } from "../../src/brand.ts";

const readEmail = (text: string) => {
  const reading = parseEmailAddress(text);
  return reading.ok ? reading.email : reading.problem;
};

describe("an e-mail address", () => {
  test.each([
    ["ada@example.com", "ada@example.com"],
    ["  Ada.Lovelace+x@Example.COM\n", "ada.lovelace+x@example.com"],
    ["a@b.co", "a@b.co"],
    ["o'neil@xn--bcher-kva.example", "o'neil@xn--bcher-kva.example"],
  ])("%j is accepted as %j", (text, stored) => {
    expect(readEmail(text)).toBe(stored);
  });

  test("254 characters are accepted, 255 are not", () => {
    const address = (length: number) => `${"a".repeat(64)}@${`${"b".repeat(61)}.`.repeat(3)}`.padEnd(length, "c");
    expect(readEmail(address(254))).toBe(address(254));
    expect(readEmail(address(255))).toBe("email-invalid");
  });

  test.each(["", "   "])("%j is missing", (text) => {
    expect(readEmail(text)).toBe("email-missing");
  });

  test.each([
    "ada",
    "ada@",
    "@example.com",
    "ada@localhost",
    "a@x.example,b@y.example",
    "ada@example.com\r\nBcc: b@y.example",
    "ada@exa mple.com",
    "ada@example..com",
    "ada@-example.com",
    "ada\0@example.com",
    "ädа@example.com",
    "\u212aate@example.com",
    "ada@exämple.com",
    "ada@[127.0.0.1]",
    '"ada"@example.com',
    "<ada@example.com>",
  ])("%j is refused", (text) => {
    expect(readEmail(text)).toBe("email-invalid");
  });
});

describe("a new password", () => {
  const problem = (password: string) => findPasswordProblem(password, "lovelace@example.com");

  test.each([
    "correct horse battery",
    "пароль мой",
    "  spaced out  ",
    `${"🦊".repeat(7)}🐺`,
    "a\0b\nc\td\u202ee",
    `${"x".repeat(255)}y`,
  ])("%j is accepted", (password) => {
    expect(problem(password)).toBeNull();
  });

  test.each([
    ["", "password-missing"],
    ["seven77", "password-too-short"],
    ["🦊".repeat(7), "password-too-short"],
    // Eight signs as sent, four as compared.
    ["e\u0301a\u0301i\u0301o\u0301", "password-too-short"],
    ["x".repeat(257), "password-too-long"],
    ["lone \ud800 surrogate", "password-malformed"],
    ["password", "password-common"],
    ["PassWord", "password-common"],
    ["ｐａｓｓｗｏｒｄ", "password-common"],
    ["qwertyuiop", "password-common"],
    ["aaaaaaaa", "password-common"],
    ["AaAaAaAaAa", "password-common"],
    ["        ", "password-common"],
    ["my-LoveLace-1", "password-contains-address"],
    [`open ${brand.name} now`, "password-contains-service"],
  ])("%j is refused: %s", (password, expected) => {
    expect(problem(password)).toBe(expected);
  });

  test("the 3000 most common ones that are long enough are refused, in whatever case", () => {
    const common = dictionary["passwords-common"].map(String).filter((password) => [...password].length >= 8);
    const first = common.slice(0, 3_000);
    expect(first).toHaveLength(3_000);
    for (const password of first) {
      expect([password, problem(password)]).toEqual([password, "password-common"]);
      expect([password, problem(password.toUpperCase())]).toEqual([password, "password-common"]);
    }
  });

  test("a local part of three letters may occur in it", () => {
    expect(findPasswordProblem("a day in paradise", "day@example.com")).toBeNull();
  });
});
