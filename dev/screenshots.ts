import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Takes screenshots of every page in every state and of every email message, into test/browser/screenshots, and those
 * of the README, into docs/images.
 */
const FILES = [
  "test/browser/pages",
  "test/browser/account-pages",
  "test/browser/factor-pages",
  "test/browser/reach",
  "test/browser/mails",
];

const { status } = spawnSync("npx", ["vitest", "run", "--project", "browser", ...FILES], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, GATEHOUSE_PICTURES: "1" },
  stdio: "inherit",
});
process.exit(status ?? 1);
