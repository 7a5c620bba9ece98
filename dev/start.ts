import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { applyMigrations } from "./migrate.ts";
import { type StandIns, startStandIns } from "./stand-ins/server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Out of git's sight, beside wrangler's own state. */
const STATE_DIRECTORY = `${ROOT}.wrangler/gatehouse`;
const LOCK_FILE = `${STATE_DIRECTORY}/pid`;
const DEFAULT_PORT = "8787";

const { values } = parseArgs({ options: { port: { type: "string" } } });
const port = values.port ?? process.env["PORT"] ?? DEFAULT_PORT;
if (!/^\d{1,5}$/.test(port)) fail("Usage: npm run dev [-- --port N]");
const origin = `http://localhost:${port}`;
const mailViewer = `${origin}/cdn-cgi/local/explorer/email/sending?worker=gatehouse`;

mkdirSync(STATE_DIRECTORY, { recursive: true, mode: 0o700 });
takeLock();
const standIns = await startStandIns({ dataDirectory: STATE_DIRECTORY });
await applyMigrations(standIns.databaseUrl);

const wrangler = startWrangler(standIns);
wrangler.once("exit", async (code) => {
  await standIns.close();
  rmSync(LOCK_FILE, { force: true });
  process.exit(code ?? 0);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(wrangler));

if (await answers()) {
  console.log(`
  Gatehouse  ${origin}
  Mail       ${mailViewer} (nothing leaves this machine)
  Stores     stand-ins for PlanetScale, Upstash and Pwned Passwords on port ${standIns.port}; data in .wrangler/gatehouse
  Ctrl-C ends it all.
`);
}

/** Two at once would overwrite each other's data. */
function takeLock(): void {
  try {
    writeFileSync(LOCK_FILE, `${process.pid}`, { flag: "wx" });
  } catch {
    const pid = Number(readFileSync(LOCK_FILE, "utf8"));
    if (isRunning(pid)) fail(`npm run dev runs here already, as process ${pid}. End it first.`);
    writeFileSync(LOCK_FILE, `${process.pid}`);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The variables go into a file: wrangler reads it instead of the developer's own .dev.vars. */
function startWrangler({ databaseUrl, redisUrl, redisToken, breachedPasswordsUrl }: StandIns): ChildProcess {
  const variables = `${STATE_DIRECTORY}/variables.env`;
  const lines = [
    `DATABASE_URL="${databaseUrl}"`,
    `UPSTASH_REDIS_REST_URL="${redisUrl}"`,
    `UPSTASH_REDIS_REST_TOKEN="${redisToken}"`,
    `BREACHED_PASSWORDS="${breachedPasswordsUrl}"`,
    `PUBLIC_ORIGIN="${origin}"`,
    `MAIL_VIEWER_URL="${mailViewer}"`,
    ...(process.env["EMAIL_VERIFICATION"] ? [`EMAIL_VERIFICATION="${process.env["EMAIL_VERIFICATION"]}"`] : []),
  ];
  writeFileSync(variables, `${lines.join("\n")}\n`, { mode: 0o600 });
  return spawn("npx", ["wrangler", "dev", "--port", port, "--env-file", variables], {
    cwd: ROOT,
    stdio: "inherit",
    // A group of its own: ending only npx would leave workerd behind.
    detached: true,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
  });
}

async function answers(): Promise<boolean> {
  while (wrangler.exitCode === null) {
    try {
      await fetch(origin);
      return wrangler.exitCode === null;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  return false;
}

function stop({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGTERM");
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
