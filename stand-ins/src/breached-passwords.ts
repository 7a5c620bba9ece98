import { createHash } from "node:crypto";
import type { Service } from "./service.ts";

const PATH = /^\/range\/([0-9A-F]{5})$/;

/** The only passwords that the stand-in knows as breached. */
const BREACHED = ["correct horse battery staple", "trustno1 trustno1"];

/** Not breached, and named by the padding all the same. */
const NAMED_BY_PADDING = ["loom of flowers and leaves"];

/** The service answers a padded request with 800 to 1000 lines. */
const LINES = 800;

/**
 * The range look-up of Pwned Passwords, https://haveibeenpwned.com/API/v3#PwnedPasswords, with padding, which it
 * requires: without it, the length of an answer tells the prefix.
 */
export function createBreachedPasswords(): Service {
  const padding = Array.from({ length: LINES }, (_, index) => `${hash(`${index}`).slice(5)}:0`);
  /** The answer for most prefixes. */
  const nothingKnown = padding.toSorted().join("\r\n");
  return {
    name: "breached-passwords",
    owns: (path) => PATH.test(path),
    operation: () => "RANGE",
    answer: async ({ method, path, headers }) => {
      if (method !== "GET") return { status: 405, text: "" };
      if (headers["add-padding"] !== "true") return { status: 400, text: "Ask for padding" };
      const [, prefix = ""] = PATH.exec(path) ?? [];
      const among = (passwords: readonly string[]) => passwords.map(hash).filter((digest) => digest.startsWith(prefix));
      const [found, named] = [among(BREACHED), among(NAMED_BY_PADDING)];
      if (found.length + named.length === 0) return { status: 200, text: nothingKnown };
      const lines = [
        ...found.map((digest) => `${digest.slice(5)}:42`),
        ...named.map((digest) => `${digest.slice(5)}:0`),
        ...padding.slice(found.length),
      ];
      return { status: 200, text: lines.toSorted().join("\r\n") };
    },
    reset: async () => {},
    close: async () => {},
  };
}

function hash(text: string): string {
  return createHash("sha1").update(text).digest("hex").toUpperCase();
}
