import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { dictionary } from "@zxcvbn-ts/language-common";

/** OWASP ASVS 5.0.0, 6.2.4: at least the 3000 most common passwords that meet the length rule. */
const COUNT = 3000;
const PASSWORD_MIN_CODE_POINTS = 8;

const FILE = new URL("../src/auth/credentials/password/common.br", import.meta.url);

const passwords = dictionary["passwords-common"].map(String);
const common = passwords.filter((password) => [...password].length >= PASSWORD_MIN_CODE_POINTS).slice(0, COUNT);
const list = common.sort().join("\n");

if (process.argv.includes("--check")) {
  if (brotliDecompressSync(readFileSync(FILE)).toString() === list) process.exit(0);
  console.error("The list is out of date: node dev/generate-common-passwords.ts");
  process.exit(1);
}
writeFileSync(FILE, brotliCompressSync(list));
