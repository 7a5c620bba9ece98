import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { applyMigrations } from "./migrate.ts";
import { type StandIns, startStandIns } from "./stand-ins/server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Out of git's sight, beside wrangler's own state. */
const STATE_DIRECTORY = `${ROOT}.wrangler/gatehouse`;
const DEFAULT_PORT = "8787";

const { values } = parseArgs({ options: { port: { type: "string" } } });
const port = values.port ?? process.env["PORT"] ?? DEFAULT_PORT;
if (!/^\d{1,5}$/.test(port)) {
  console.error("Usage: npm run dev [-- --port N]");
  process.exit(1);
}
const origin = `http://localhost:${port}`;

mkdirSync(STATE_DIRECTORY, { recursive: true });
const standIns = await startStandIns({ dataDirectory: STATE_DIRECTORY });
await applyMigrations(standIns.databaseUrl);
console.log(`
  Gatehouse  ${origin}
  Stores     stand-ins for PlanetScale and Upstash on port ${standIns.port}; data in .wrangler/gatehouse
  Ctrl-C ends it all.
`);

const wrangler = startWrangler(standIns);
wrangler.once("exit", (code) => void standIns.close().then(() => process.exit(code ?? 0)));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(wrangler));

/** The variables go into a file: on the command line every user of this machine could read them. */
function startWrangler({ databaseUrl, redisUrl, redisToken }: StandIns): ChildProcess {
  const variables = `${STATE_DIRECTORY}/variables.env`;
  const lines = [
    `DATABASE_URL="${databaseUrl}"`,
    `UPSTASH_REDIS_REST_URL="${redisUrl}"`,
    `UPSTASH_REDIS_REST_TOKEN="${redisToken}"`,
    `PUBLIC_ORIGIN="${origin}"`,
  ];
  writeFileSync(variables, `${lines.join("\n")}\n`);
  return spawn("npx", ["wrangler", "dev", "--port", port, "--env-file", variables], {
    cwd: ROOT,
    stdio: "inherit",
    // A group of its own: ending only npx would leave workerd behind.
    detached: true,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
  });
}

function stop({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGTERM");
}
