import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { findStrayCharacters, parseSecretKeys } from "../src/config/config-values.ts";
import { Mistake } from "./command.ts";

const KEY_BYTES = 32;

/**
 * Returns the value of SECRET_KEYS that is kept in the file `path`, and creates the file with a new key if it is missing.
 * Only its owner may read it. Throws a Mistake if the Worker would refuse what it contains.
 */
export function keepSecretKeys(path: string): string {
  if (!existsSync(path)) {
    writeFileSync(path, `k1:${randomBytes(KEY_BYTES).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  }
  const text = readFileSync(path, "utf8").trimEnd();
  const parsed = findStrayCharacters("SECRET_KEYS", text) ?? parseSecretKeys(text);
  if ("value" in parsed) return text;
  throw new Mistake(
    `${path} ${parsed.problem}. Correct it. Without it, what its keys have sealed cannot be opened, and a new file is made.`,
  );
}
