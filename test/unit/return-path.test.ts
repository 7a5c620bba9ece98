import fc from "fast-check";
import { expect, test } from "vitest";
import { safeReturnPath, withReturnPath } from "../../src/http/return-path.ts";

test.each([
  ["/app", "/app"],
  ["/app/account?tab=2#top", "/app/account?tab=2#top"],
  ["/a b/é", "/a%20b/%C3%A9"],
  ["/app/../app", "/app"],
  ["/?next=https://evil.example", "/?next=https://evil.example"],
])("the return path %j stays on this origin", (value, expected) => {
  expect(safeReturnPath([value])).toBe(expected);
});

test.each([
  "",
  "app",
  "https://evil.example/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/x/..//evil.example",
  "javascript:alert(1)",
  " //evil.example",
  "http:/app",
  `/${"a".repeat(2048)}`,
  `/?${"&".repeat(1500)}`,
])("the return path %j is rejected", (value) => {
  expect(safeReturnPath([value])).toBeNull();
});

test("a return path has at most 2048 characters", () => {
  const longest = `/${"a".repeat(2047)}`;
  expect(safeReturnPath([longest])).toBe(longest);
});

test("a return path that occurs twice is rejected", () => {
  expect(safeReturnPath(["/app", "/app"])).toBeNull();
  expect(safeReturnPath([])).toBeNull();
});

test("an accepted return path is ASCII, and a browser resolves it to its own origin", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "evil.example",
    "@",
    ":",
    "\t",
    "\n",
    "\r",
    "\0",
    "%2f",
    "é",
    "?",
    "#",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const accepted = safeReturnPath([`/${pieces.join("")}`]);
      if (accepted === null) return;
      expect(accepted).toMatch(/^\/[\x21-\x7e]*$/);
      expect(new URL(accepted, "https://gatehouse.test/auth/signin").origin).toBe("https://gatehouse.test");
    }),
    { numRuns: 5_000, seed: 1 },
  );
});

test("a return path is encoded as one query value", () => {
  expect(withReturnPath("/auth/signin", null)).toBe("/auth/signin");
  expect(withReturnPath("/auth/signin", "/app?a=1&b=2")).toBe("/auth/signin?redirectTo=%2Fapp%3Fa%3D1%26b%3D2");
});
