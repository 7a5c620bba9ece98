import { type Bytes, RedisError } from "../redis-engine.ts";
import { parseInteger, SYNTAX_ERROR } from "./arguments.ts";
import { type ExpiryForm, parseExpiry } from "./expiry.ts";

export interface SetOptions {
  readonly only: "absent" | "present" | undefined;
  readonly get: boolean;
  readonly keepTtl: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

const EXPIRY_FORMS: Readonly<Record<string, ExpiryForm>> = {
  EX: { unitMs: 1000, absolute: false },
  PX: { unitMs: 1, absolute: false },
  EXAT: { unitMs: 1000, absolute: true },
  PXAT: { unitMs: 1, absolute: true },
};

/** What follows the value in SET. */
export function parseSetOptions(words: readonly Bytes[], nowMs: number): SetOptions {
  let only: SetOptions["only"];
  let get = false;
  let keepTtl = false;
  let expiry: { readonly form: ExpiryForm; readonly bytes: Bytes } | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]?.toUpperCase() ?? "";
    const form = EXPIRY_FORMS[word];
    const next = words[index + 1];
    if (word === "NX" && only !== "present") only = "absent";
    else if (word === "XX" && only !== "absent") only = "present";
    else if (word === "GET") get = true;
    else if (word === "KEEPTTL" && expiry === undefined) keepTtl = true;
    else if (form !== undefined && next !== undefined && expiry === undefined && !keepTtl) {
      expiry = { form, bytes: next };
      index += 1;
    } else throw new RedisError(SYNTAX_ERROR);
  }
  return { only, get, keepTtl, expiresAt: expiry === undefined ? null : readExpiry(expiry, nowMs) };
}

function readExpiry({ form, bytes }: { form: ExpiryForm; bytes: Bytes }, nowMs: number): number {
  if (parseInteger(bytes) <= 0n) throw new RedisError("ERR invalid expire time in 'set' command");
  return Number(parseExpiry(bytes, form, nowMs, "set"));
}
