import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Writes a picture of every page in every state to test/browser/screenshots, and those of the README to docs/images. */
const FILES = ["test/browser/pages", "test/browser/account-pages", "test/browser/reach"];

const { status } = spawnSync("npx", ["vitest", "run", "--project", "browser", ...FILES], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  env: { ...process.env, GATEHOUSE_PICTURES: "1" },
  stdio: "inherit",
});
process.exit(status ?? 1);
