import { argon2Sync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashArgon2id, verifyArgon2id } from "../../src/auth/argon2id.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const tagOf = (phc: string) => Buffer.from(phc.split("$").at(-1) ?? "", "base64");

/** OpenSSL's Argon2id, which shares no code with ours. */
function opensslTag(
  password: Uint8Array,
  salt: Uint8Array,
  parameters: { memory: number; passes: number; parallelism: number },
): Buffer {
  return argon2Sync("argon2id", { message: password, nonce: salt, tagLength: 32, ...parameters });
}

describe("Argon2id", () => {
  test("the yardstick, OpenSSL, gives the tag of RFC 9106, section 5.3", () => {
    const tag = argon2Sync("argon2id", {
      message: Buffer.alloc(32, 1),
      nonce: Buffer.alloc(16, 2),
      secret: Buffer.alloc(8, 3),
      associatedData: Buffer.alloc(12, 4),
      memory: 32,
      passes: 3,
      parallelism: 4,
      tagLength: 32,
    });
    expect(tag.toString("hex")).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
  });

  test("ours gives the tags of OpenSSL for any password, salt and work factors", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.uint8Array({ minLength: 8, maxLength: 64 }),
        fc.record({
          memory: fc.integer({ min: 32, max: 1024 }),
          passes: fc.integer({ min: 1, max: 4 }),
          parallelism: fc.integer({ min: 1, max: 4 }),
        }),
        async (password, salt, parameters) => {
          const phc = await hashArgon2id(bytes(password), parameters, salt);
          expect(tagOf(phc).equals(opensslTag(bytes(password), salt, parameters))).toBe(true);
          expect(await verifyArgon2id(bytes(password), phc)).toBe(true);
        },
      ),
      { numRuns: 60, seed: 9106 },
    );
  });

  test("it writes PHC strings that carry version, work factors and salt", async () => {
    const salt = bytes("sixteen bytes ok");
    const phc = await hashArgon2id(bytes("pass"), { memory: 64, passes: 2, parallelism: 1 }, salt);
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(Buffer.from(phc.split("$")[4] ?? "", "base64")).toEqual(Buffer.from(salt));
  });

  test("every byte of a password outside ASCII counts", async () => {
    const phc = await hashArgon2id(bytes("пароль-раз"), { memory: 64, passes: 1, parallelism: 1 });
    expect(await verifyArgon2id(bytes("пароль-два"), phc)).toBe(false);
    expect(await verifyArgon2id(bytes("пароль-раз\0"), phc)).toBe(false);
    expect(await verifyArgon2id(bytes("пароль-раз"), phc)).toBe(true);
  });

  test("two hashes of one password differ", async () => {
    const parameters = { memory: 64, passes: 1, parallelism: 1 };
    expect(await hashArgon2id(bytes("same"), parameters)).not.toBe(await hashArgon2id(bytes("same"), parameters));
  });

  test("what is not a PHC string of Argon2id is refused", async () => {
    for (const encoded of ["", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA", "s2:salt:key"]) {
      await expect(verifyArgon2id(bytes("x"), encoded)).rejects.toThrow();
    }
  });
});
