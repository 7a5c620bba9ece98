import type { SecretKeys } from "../../src/auth/secret-keys.ts";
import { parseSecretKeys } from "../../src/config/config-values.ts";

/** The variable `SECRET_KEYS` of the tests' Workers. Any key, because what it seals stays in a test. */
export const SECRET_KEYS = `k1:${"A".repeat(43)}`;

/** The keys in a value of the variable. */
export function readSecretKeys(text = SECRET_KEYS): SecretKeys {
  const parsed = parseSecretKeys(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.value;
}
