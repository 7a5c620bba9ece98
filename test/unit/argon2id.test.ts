import { argon2Sync } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { hashArgon2id, verifyArgon2id } from "../../src/auth/credentials/password/argon2id.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const tagOf = (phc: string) => Buffer.from(phc.split("$").at(-1) ?? "", "base64");

/** The Argon2id of OpenSSL, which shares no code with ours. */
function opensslTag(
  password: Uint8Array,
  salt: Uint8Array,
  parameters: { memory: number; passes: number; parallelism: number },
): Buffer {
  return argon2Sync("argon2id", { message: password, nonce: salt, tagLength: 32, ...parameters });
}

describe("Argon2id", () => {
  test("of OpenSSL, the reference here, computes the tag of RFC 9106, section 5.3", () => {
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

  test("of ours computes the tags of OpenSSL for any password, salt and work factors", async () => {
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

  test("writes PHC strings with version, work factors and salt", async () => {
    const salt = bytes("sixteen bytes ok");
    const phc = await hashArgon2id(bytes("pass"), { memory: 64, passes: 2, parallelism: 1 }, salt);
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(Buffer.from(phc.split("$")[4] ?? "", "base64")).toEqual(Buffer.from(salt));
  });

  test("distinguishes every byte of a password outside ASCII", async () => {
    const phc = await hashArgon2id(bytes("пароль-раз"), { memory: 64, passes: 1, parallelism: 1 });
    expect(await verifyArgon2id(bytes("пароль-два"), phc)).toBe(false);
    expect(await verifyArgon2id(bytes("пароль-раз\0"), phc)).toBe(false);
    expect(await verifyArgon2id(bytes("пароль-раз"), phc)).toBe(true);
  });

  test("computes different hashes of one password", async () => {
    const parameters = { memory: 64, passes: 1, parallelism: 1 };
    expect(await hashArgon2id(bytes("same"), parameters)).not.toBe(await hashArgon2id(bytes("same"), parameters));
  });

  test("rejects a text that is not a PHC string of Argon2id", async () => {
    for (const encoded of ["", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAA", "s2:salt:key"]) {
      await expect(verifyArgon2id(bytes("x"), encoded)).rejects.toThrow();
    }
  });
});

const MODULE = fileURLToPath(import.meta.resolve("@phi-ag/argon2/argon2.wasm"));

/** Limits the memory of the module to 64 MiB, where the original allows 2 GiB. */
function limitMemory(module: Buffer): Uint8Array<ArrayBuffer> {
  // The memory section (5), of 7 bytes: one memory, with a minimum (258 pages) and a maximum (32,768).
  const at = module.indexOf(Buffer.from("050701018202808002", "hex"));
  expect(at).toBeGreaterThan(0);
  const limited = new Uint8Array(module);
  limited.set([0x80, 0x88, 0x00], at + 6);
  return limited;
}

describe("the memory of the module", () => {
  interface Exports {
    readonly memory: WebAssembly.Memory;
    malloc(bytes: number): number;
    free(pointer: number): void;
  }

  const PARAMETERS = { memory: 64, passes: 1, parallelism: 1 };
  const PHRASE = "a phrase that must not stay in the memory after the hash ";
  /** Long enough to need more than the small pieces that are left of a full memory. */
  const PASSWORD = bytes(PHRASE.repeat(4));
  let wasm: Exports;
  let fresh: typeof import("../../src/auth/credentials/password/argon2id.ts");

  beforeAll(async () => {
    const limited = await WebAssembly.compile(limitMemory(readFileSync(MODULE)));
    const instance = await WebAssembly.instantiate(limited, {});
    wasm = instance.exports as unknown as Exports;
    vi.resetModules();
    fresh = await import("../../src/auth/credentials/password/argon2id.ts");
    const instantiate = vi.spyOn(WebAssembly, "instantiate").mockImplementation(async () => instance as never);
    await fresh.hashArgon2id(bytes("x"), PARAMETERS);
    expect(instantiate).toHaveBeenCalledOnce();
    instantiate.mockRestore();
  });

  /** Allocates all free memory, in pieces of at least `smallest` bytes. */
  const exhaust = (smallest: number): number[] => {
    const taken: number[] = [];
    for (let size = 64 * 1024 * 1024; size >= smallest; size = size >> 1) {
      for (let pointer = wasm.malloc(size); pointer !== 0; pointer = wasm.malloc(size)) taken.push(pointer);
    }
    return taken;
  };
  /** Looks for a part, because freeing memory overwrites its first bytes. */
  const isLeft = () => Buffer.from(wasm.memory.buffer).includes(PHRASE);

  test("contains no password after a hash, a successful check or a failed check", async () => {
    const phc = await fresh.hashArgon2id(PASSWORD, PARAMETERS);
    expect(isLeft()).toBe(false);
    expect(await fresh.verifyArgon2id(PASSWORD, phc)).toBe(true);
    expect(isLeft()).toBe(false);
    await expect(fresh.verifyArgon2id(PASSWORD, "$argon2id$")).rejects.toThrow("argon2_verify failed");
    expect(isLeft()).toBe(false);
    // Check that `isLeft` would find the password.
    const pointer = wasm.malloc(PASSWORD.length);
    new Uint8Array(wasm.memory.buffer).set(PASSWORD, pointer);
    expect(isLeft()).toBe(true);
    new Uint8Array(wasm.memory.buffer, pointer, PASSWORD.length).fill(0);
    wasm.free(pointer);
  });

  test("if full, makes a hash fail without overwriting anything, keeping the password or leaking memory", async () => {
    const phc = await fresh.hashArgon2id(PASSWORD, PARAMETERS);
    const taken = exhaust(16);
    const before = Buffer.from(wasm.memory.buffer, 0, 1_024).toString("hex");
    for (let round = 0; round < 3; round += 1) {
      await expect(fresh.hashArgon2id(PASSWORD, PARAMETERS)).rejects.toThrow("Argon2id is out of memory");
      await expect(fresh.verifyArgon2id(PASSWORD, phc)).rejects.toThrow("Argon2id is out of memory");
    }
    expect(Buffer.from(wasm.memory.buffer, 0, 1_024).toString("hex")).toBe(before);
    expect(isLeft()).toBe(false);
    for (const pointer of taken) wasm.free(pointer);
    expect(await fresh.verifyArgon2id(PASSWORD, phc)).toBe(true);
  });

  test("if there is room for the password only, has the password wiped and its room freed", async () => {
    const phc = await fresh.hashArgon2id(PASSWORD, PARAMETERS);
    const room = wasm.malloc(PASSWORD.length);
    const taken = exhaust(16);
    wasm.free(room);
    for (let round = 0; round < 3; round += 1) {
      await expect(fresh.hashArgon2id(PASSWORD, PARAMETERS)).rejects.toThrow("Argon2id is out of memory");
      await expect(fresh.verifyArgon2id(PASSWORD, phc)).rejects.toThrow("Argon2id is out of memory");
      expect(isLeft()).toBe(false);
      // The room was allocated, and is free again.
      expect(wasm.malloc(PASSWORD.length)).toBe(room);
      wasm.free(room);
    }
    for (const pointer of taken) wasm.free(pointer);
    expect(await fresh.verifyArgon2id(PASSWORD, phc)).toBe(true);
  });

  test("if too small for the hash itself, makes the hash fail and contains no password", async () => {
    const taken = exhaust(32 * 1024);
    await expect(fresh.hashArgon2id(PASSWORD, PARAMETERS)).rejects.toThrow("argon2_hash failed with -22");
    expect(isLeft()).toBe(false);
    for (const pointer of taken) wasm.free(pointer);
    expect(await fresh.hashArgon2id(PASSWORD, PARAMETERS)).toMatch(/^\$argon2id\$/);
  });

  test("is instantiated again by the next hash after a failure", async () => {
    vi.resetModules();
    const { hashArgon2id: hash } = await import("../../src/auth/credentials/password/argon2id.ts");
    vi.spyOn(WebAssembly, "instantiate").mockRejectedValueOnce(new RangeError("Out of memory"));
    await expect(hash(PASSWORD, PARAMETERS)).rejects.toThrow("Out of memory");
    expect(await hash(PASSWORD, PARAMETERS)).toMatch(/^\$argon2id\$/);
  });
});
