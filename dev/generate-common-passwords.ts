import { writeFileSync } from "node:fs";
import { dictionary } from "@zxcvbn-ts/language-common";

/** OWASP ASVS 5.0.0, 6.2.4: at least the 3000 most common passwords that meet the length rule. */
const COUNT = 3000;
const PASSWORD_MIN_CODE_POINTS = 8;

const passwords = dictionary["passwords-common"] ?? [];
const common = passwords.filter((password) => [...String(password)].length >= PASSWORD_MIN_CODE_POINTS).slice(0, COUNT);
writeFileSync(new URL("../src/auth/common-passwords.txt", import.meta.url), `${common.sort().join("\n")}\n`);
