import module from "@phi-ag/argon2/argon2.wasm";

/** RFC 9106's work factors. `memory` is in KiB. */
export interface Argon2idParameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Both from RFC 9106, section 4. */
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** The reference implementation's numbers for Argon2id and for version 1.3. */
const TYPE_ARGON2ID = 2;
const VERSION_13 = 0x13;
const OK = 0;
const VERIFY_MISMATCH = -35;

interface Argon2Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
  argon2_encodedlen(t: number, m: number, p: number, saltBytes: number, tagBytes: number, type: number): number;
  argon2_hash(
    ...args: [
      ...workFactors: [t: number, m: number, p: number],
      ...password: [pointer: number, bytes: number],
      ...salt: [pointer: number, bytes: number],
      ...tag: [pointer: number, bytes: number],
      ...encoded: [pointer: number, bytes: number],
      type: number,
      version: number,
    ]
  ): number;
  argon2_verify(encoded: number, password: number, passwordBytes: number, type: number): number;
}

/**
 * Hashes `password` and returns the PHC string, which carries the parameters and the salt. The package's own JavaScript
 * is not used: it passes the password's length in UTF-16 units where C expects bytes, so only the beginning of a
 * password outside ASCII would count.
 */
export async function hashArgon2id(
  password: Uint8Array,
  { memory, passes, parallelism }: Argon2idParameters,
  salt: Uint8Array = crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
): Promise<string> {
  const wasm = await instance();
  const encodedBytes = wasm.argon2_encodedlen(passes, memory, parallelism, salt.length, TAG_BYTES, TYPE_ARGON2ID);
  return withMemory(wasm, [password, salt, new Uint8Array(TAG_BYTES), new Uint8Array(encodedBytes)], (pointers) => {
    const [passwordAt, saltAt, tagAt, encodedAt] = pointers as [number, number, number, number];
    const status = wasm.argon2_hash(
      passes,
      memory,
      parallelism,
      passwordAt,
      password.length,
      saltAt,
      salt.length,
      tagAt,
      TAG_BYTES,
      encodedAt,
      encodedBytes,
      TYPE_ARGON2ID,
      VERSION_13,
    );
    if (status !== OK) throw new Error(`argon2_hash failed with ${status}`);
    // The last byte is C's terminating zero.
    return new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, encodedAt, encodedBytes - 1));
  });
}

/** Whether `password` gives the PHC string `encoded`; compared in constant time. Throws if `encoded` is not one. */
export async function verifyArgon2id(password: Uint8Array, encoded: string): Promise<boolean> {
  const wasm = await instance();
  return withMemory(wasm, [password, new TextEncoder().encode(`${encoded}\0`)], (pointers) => {
    const [passwordAt, encodedAt] = pointers as [number, number];
    const status = wasm.argon2_verify(encodedAt, passwordAt, password.length, TYPE_ARGON2ID);
    if (status !== OK && status !== VERIFY_MISMATCH) throw new Error(`argon2_verify failed with ${status}`);
    return status === OK;
  });
}

let instantiation: Promise<Argon2Exports> | undefined;

function instance(): Promise<Argon2Exports> {
  instantiation ??= WebAssembly.instantiate(module, {}).then(
    ({ exports }) => {
      const wasm = exports as unknown as Argon2Exports;
      wasm._initialize();
      return wasm;
    },
    (error) => {
      // Otherwise no later hash of this isolate could succeed.
      instantiation = undefined;
      throw error;
    },
  );
  return instantiation;
}

/**
 * Passes copies of `values` in the module's memory to `work`. They hold passwords, so each is wiped and freed in any
 * case, also if a later one could not be allocated. Throws if the memory is full.
 */
function withMemory<T>(wasm: Argon2Exports, values: readonly Uint8Array[], work: (pointers: number[]) => T): T {
  const allocated: { readonly pointer: number; readonly bytes: number }[] = [];
  try {
    for (const value of values) {
      const bytes = Math.max(value.length, 1);
      const pointer = wasm.malloc(bytes);
      // A null pointer. Writing there would overwrite the module's own data.
      if (pointer === 0) throw new Error("Argon2id is out of memory");
      allocated.push({ pointer, bytes });
      // Created for each value, because growing the memory detaches the previous buffer.
      new Uint8Array(wasm.memory.buffer).set(value, pointer);
    }
    return work(allocated.map(({ pointer }) => pointer));
  } finally {
    for (const { pointer, bytes } of allocated) {
      new Uint8Array(wasm.memory.buffer, pointer, bytes).fill(0);
      wasm.free(pointer);
    }
  }
}
