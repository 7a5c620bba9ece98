import { generateLuciaPasswordHash } from "lucia/utils";
import { expect, test } from "vitest";
import { isOutdatedHash, passwordHash } from "../../src/auth/credentials/password/hash.ts";

test("a new hash is Argon2id with OWASP's factors, and not outdated", async () => {
  const hash = await passwordHash.generate("correct horse");
  expect(hash.startsWith("$argon2id$v=19$m=19456,t=2,p=1$")).toBe(true);
  expect(isOutdatedHash(hash)).toBe(false);
  expect(await passwordHash.validate("correct horse", hash)).toBe(true);
  expect(await passwordHash.validate("correct horsf", hash)).toBe(false);
});

test("hashes of Lucia are accepted, and outdated", async () => {
  const hash = await generateLuciaPasswordHash("correct horse ẞ");
  expect(hash.startsWith("s2:")).toBe(true);
  expect(isOutdatedHash(hash)).toBe(true);
  expect(await passwordHash.validate("correct horse ẞ", hash)).toBe(true);
  expect(await passwordHash.validate("correct horse ß", hash)).toBe(false);
});

test("hashes of Lucia are verified one at a time in the queue, like all others", async () => {
  const hash = await generateLuciaPasswordHash("correct horse");
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  await Promise.all([
    ...Array.from({ length: 6 }, () => passwordHash.generate("correct horse").then(note("before"))),
    passwordHash.validate("correct horse", hash).then(note("Lucia's")),
    passwordHash.generate("correct horse").then(note("after")),
  ]);
  expect(order).toEqual([...Array<string>(6).fill("before"), "Lucia's", "after"]);
});

test("passwords that are equal after NFKC are equal", async () => {
  const hash = await passwordHash.generate("Ångström ﬁve");
  expect(await passwordHash.validate("A\u030angstro\u0308m five", hash)).toBe(true);
});

test("a hash of an unknown format matches no password", async () => {
  for (const hash of ["", "plain", "s2:salt", "s2:salt:00", `s3:salt:${"0".repeat(128)}`, "$2a$10$abc"]) {
    expect(await passwordHash.validate("plain", hash)).toBe(false);
    expect(isOutdatedHash(hash)).toBe(true);
  }
});
