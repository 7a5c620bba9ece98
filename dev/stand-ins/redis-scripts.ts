import { createHash } from "node:crypto";
import type { Bytes } from "./redis-engine.ts";

/** Upstash's mark of a script's language. Redis before 7 refuses it. The line break stays: errors name lines. */
export function stripShebang(script: Bytes): Bytes {
  return script.replace(/^\s*#!lua[^\n]*/, "");
}

/** The name of a script: its SHA-1, as Redis defines it. */
export function hashScript(script: Bytes): string {
  return createHash("sha1").update(script, "latin1").digest("hex");
}
