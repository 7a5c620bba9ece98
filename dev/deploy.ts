import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ConfigProblem, parseConfig } from "../src/config/config.ts";
import { isLoopbackHttp } from "../src/http/origin.ts";
import { Mistake, readArguments, runCommand } from "./command.ts";
import { readDatabaseUrl } from "./migrate.ts";
import { keepSecretKeys } from "./secret-keys.ts";
import { readWorkerSettings, type WorkerSettings } from "./worker-variables.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WRANGLER = `${ROOT}node_modules/wrangler/bin/wrangler.js`;
/** Cloudflare does not give a secret back, and a new key is set together with the ones before it. Git ignores this file. */
const SECRET_KEYS_FILE = ".secret-keys";
const USAGE = "Usage: npm run deploy [-- --migrate]\n\n--migrate  applies what DATABASE_URL lacks of drizzle/ first";

/** The values of secrets cannot be read back from Cloudflare, so the validation uses a valid example of each. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: "mysql://user:password@host.invalid/database",
  UPSTASH_REDIS_REST_URL: "https://host.invalid",
  UPSTASH_REDIS_REST_TOKEN: "token",
  RESEND_API_KEY: "key",
  SECRET_KEYS: `k1:${"A".repeat(43)}`,
};

await runCommand(async () => {
  const { migrate } = readArguments(USAGE, { migrate: { type: "boolean", default: false } });
  if (migrate) rejectLocalDatabase();
  const settings = await readWorkerSettings(`${ROOT}wrangler.toml`);
  const secrets = findSecrets(settings);
  requireValidVariables(settings, secrets);
  const lacksSecretKeys = !secrets.includes("SECRET_KEYS");
  if (lacksSecretKeys) requireLastingKeys();
  run("npm", "run", "check");
  if (migrate) run("npm", "run", "db:migrate");
  if (lacksSecretKeys) storeSecretKeys();
  run(process.execPath, WRANGLER, "deploy");
});

/** Validates the variables with the Worker's own code and reports all problems at once. */
function requireValidVariables({ vars, mailBindings }: WorkerSettings, secrets: readonly string[]): void {
  const exposed = Object.keys(SECRETS).filter((name) => vars[name] !== undefined);
  const bindings = Object.fromEntries(mailBindings.map((name) => [name, { send: () => Promise.resolve() }]));
  const secretValues = Object.fromEntries(secrets.flatMap((name) => (SECRETS[name] ? [[name, SECRETS[name]]] : [])));
  const parsed = parseConfig({ ...vars, ...bindings, ...secretValues }, false);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...exposed.map(describeExposed)];
  if (problems.length === 0) return;
  const lines = problems.map(({ variable, problem, remedy }) => `  ${variable} ${problem}. ${remedy}`);
  throw new Mistake(`Not deployed: the Worker would refuse what it is given.\n\n${lines.join("\n")}`);
}

function describeExposed(variable: string): ConfigProblem {
  const remedy = `Take it out and renew it, then: npx wrangler secret put ${variable}`;
  return { variable, problem: "is a secret, but wrangler.toml makes it public", remedy };
}

/** Lists the deployed secrets. If that fails, problems of the variables are reported before the failure. */
function findSecrets(settings: WorkerSettings): string[] {
  try {
    return listSecrets(settings);
  } catch (error) {
    requireValidVariables(settings, Object.keys(SECRETS));
    throw error;
  }
}

/** The names of the secrets that Cloudflare stores for the Worker. A Worker that was never deployed has none. */
function listSecrets({ name }: WorkerSettings): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [WRANGLER, "secret", "list", "--format", "json"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["inherit", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_HIDE_BANNER: "true" },
  });
  if (status === 0) return readNames(stdout);
  const output = `${stdout}${stderr}`;
  if (/\b10007\b|not found/i.test(output)) return [];
  if (/log ?in|authenticat|CLOUDFLARE_API_TOKEN/i.test(output)) {
    throw new Mistake(
      "wrangler is not signed in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.",
    );
  }
  if (/fetch failed/.test(output)) throw new Mistake("Cloudflare cannot be reached. Is this machine online?");
  throw new Mistake(`Cloudflare does not say which secrets ${name} has:\n${output.trim()}`);
}

function readNames(json: string): string[] {
  const start = json.indexOf("[");
  try {
    const secrets: unknown = JSON.parse(json.slice(start));
    if (Array.isArray(secrets)) return secrets.map((secret: { name: string }) => secret.name);
  } catch {
    // Reported below.
  }
  throw new Mistake(`wrangler's list of secrets cannot be read:\n${json.trim()}`);
}

/** Throws a Mistake where the file with the new keys would be lost at the end of the run. */
function requireLastingKeys(): void {
  if (!process.env["CI"] || existsSync(`${ROOT}${SECRET_KEYS_FILE}`)) return;
  throw new Mistake(
    "The Worker has no SECRET_KEYS, and CI would lose the copy that you need later. Run `npm run deploy` once on your own machine.",
  );
}

/** Sets SECRET_KEYS of the Worker to the keys of the file, which is created if there is none. They are not printed. */
function storeSecretKeys(): void {
  const { status } = spawnSync(process.execPath, [WRANGLER, "secret", "put", "SECRET_KEYS"], {
    cwd: ROOT,
    input: keepSecretKeys(`${ROOT}${SECRET_KEYS_FILE}`),
    stdio: ["pipe", "inherit", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
  console.log(
    `SECRET_KEYS was missing and is set. Keep ${SECRET_KEYS_FILE} in a safe place: Cloudflare never shows it again.`,
  );
}

/** Throws a Mistake if DATABASE_URL is on this machine, because .dev.vars often names a local stand-in. */
function rejectLocalDatabase(): void {
  const url = readDatabaseUrl();
  if (!URL.canParse(url) || !isLoopbackHttp(new URL(url))) return;
  throw new Mistake("--migrate: DATABASE_URL names this machine. Set it to the database of the deployed Worker.");
}

function run(command: string, ...args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (error !== undefined) throw new Mistake(`${command} cannot be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
