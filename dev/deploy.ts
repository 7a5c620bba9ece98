import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";

const { values } = parseArgs({ options: { migrate: { type: "boolean", default: false } } });

const { vars } = readConfig({ config: "wrangler.toml" });
const publicOrigin = String(vars["PUBLIC_ORIGIN"]);
if (!publicOrigin.startsWith("https://")) {
  console.error(`PUBLIC_ORIGIN in wrangler.toml is ${publicOrigin}. Set it to the https:// address of this service.`);
  process.exit(1);
}

run("npm", "run", "check");
if (values.migrate) run("npm", "run", "db:migrate");
run("npx", "wrangler", "deploy");

function run(command: string, ...args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
