import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { databaseUrlFor, type StandIns, startStandIns } from "@gatehouse/stand-ins";
import { parseEmailVerification } from "../src/config/config-values.ts";
import { isLoopbackHttp } from "../src/http/origin.ts";
import { describeReason, Mistake, readArguments, readPort, runCommand } from "./command.ts";
import { fetchLocally } from "./fetch-locally.ts";
import { lockDirectory } from "./lock.ts";
import { MIGRATIONS } from "./migrate.ts";
import { choosePlace, type Place, servesTls } from "./origin.ts";
import { requireFreePort } from "./port.ts";
import { printNewMails } from "./print-mails.ts";
import { startQuietly } from "./quiet-process.ts";
import { keepSecretKeys } from "./secret-keys.ts";
import { describeMissingTexts } from "./translations.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The directory of the local data, beside wrangler's own state. Git ignores both. */
const STATE_DIRECTORY = `${ROOT}.wrangler/gatehouse`;
const WRANGLER = `${ROOT}node_modules/wrangler/bin/wrangler.js`;
const END_WITH_PARENT = `${ROOT}dev/end-with-parent.cjs`;
const USAGE = `Usage: npm run dev [-- [--port N] [--origin URL]]

--port    where to listen on this machine: 8787 unless this or PORT says otherwise
--origin  where browsers reach it if not at http://localhost:<port>: a tunnel to that port, such as
          https://name.example, or this machine on its network, such as https://192.168.1.5:8787`;

await runCommand(async () => {
  const { port, origin } = readArguments(USAGE, { port: { type: "string" }, origin: { type: "string" } });
  const portText = port ?? (process.env["PORT"] || undefined);
  const place = choosePlace(portText === undefined ? null : readPort(portText), origin ?? null);
  const verification = readVerification();
  const release = lockDirectory(STATE_DIRECTORY);
  const hosts = place.ip === null ? ["127.0.0.1", "::1"] : ["127.0.0.1", place.ip];
  await requireFreePort(place.port, hosts, "npm run dev -- --port");

  const standIns = await startStores();
  const { child: wrangler, endBuffering } = startWrangler(place, writeVariables(standIns, place, verification));
  const ended = new Promise<number>((resolve) => wrangler.once("exit", (code) => resolve(code ?? 0)));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(wrangler));
  const ready = await isReady(wrangler, place, standIns);
  endBuffering(ready);
  if (ready) {
    console.log(describe(place, standIns, await describeMissingTexts(ROOT)));
    void printNewMails(place.localOrigin, ended);
  }
  const code = await ended;
  await standIns.close();
  release();
  process.exit(code);
});

function readVerification(): string | undefined {
  const chosen = process.env["EMAIL_VERIFICATION"] || undefined;
  const parsed = chosen === undefined ? null : parseEmailVerification(chosen);
  if (parsed !== null && "problem" in parsed) throw new Mistake(`EMAIL_VERIFICATION ${parsed.problem}.`);
  return chosen;
}

/** The stand-ins have the tables of the newest migration, so nothing needs to be applied. */
async function startStores(): Promise<StandIns> {
  return startStandIns({ dataDirectory: STATE_DIRECTORY, schema: MIGRATIONS }).catch((error) => {
    const reason = describeReason(error);
    throw new Mistake(`The stand-ins do not start: ${reason}. To start over, remove ${STATE_DIRECTORY}`);
  });
}

/** Writes a file of variables, which wrangler reads instead of the developer's own .dev.vars, and returns its path. */
function writeVariables(standIns: StandIns, place: Place, verification: string | undefined): string {
  const path = `${STATE_DIRECTORY}/variables.env`;
  const lines = [
    `DATABASE_URL="${databaseUrlFor(standIns, "readwriter")}"`,
    `UPSTASH_REDIS_REST_URL="${standIns.redisUrl}"`,
    `UPSTASH_REDIS_REST_TOKEN="${standIns.redisToken}"`,
    `BREACHED_PASSWORDS="${standIns.breachedPasswordsUrl}"`,
    // Kept beside the data, because it opens what an earlier run has sealed.
    `SECRET_KEYS="${keepSecretKeys(`${STATE_DIRECTORY}/secret-keys`)}"`,
    `PUBLIC_ORIGIN="${place.origin}"`,
    // A Worker that other machines can reach does not accept an example sender. No message leaves this machine in
    // either case.
    ...(isLoopbackHttp(new URL(place.origin)) ? [] : [`MAIL_FROM="accounts@gatehouse.test"`]),
    `MAIL_VIEWER_URL="${mailViewerOf(place)}"`,
    ...(verification === undefined ? [] : [`EMAIL_VERIFICATION="${verification}"`]),
  ];
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
  return path;
}

function mailViewerOf({ localOrigin }: Place): string {
  return `${localOrigin}/cdn-cgi/local/explorer/email/sending?worker=gatehouse`;
}

function startWrangler(place: Place, variables: string) {
  const { host, protocol } = new URL(place.origin);
  const options = [
    "--port",
    `${place.port}`,
    "--env-file",
    variables,
    ...(place.ip === null ? [] : ["--ip", place.ip]),
    ...(servesTls(place) ? ["--local-protocol", "https"] : []),
    // The Worker compares the `Origin` header of forms with this origin. Otherwise it is that of a custom domain.
    "--local-upstream",
    host,
    "--upstream-protocol",
    protocol.slice(0, -1),
  ];
  return startQuietly([process.execPath, "--require", END_WITH_PARENT, WRANGLER, "dev", ...options], {
    cwd: ROOT,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
  });
}

/**
 * Waits until the Worker is healthy and has called these stand-ins, so that another server on the port does not count.
 * Resolves with false if wrangler exits first.
 */
async function isReady(wrangler: ChildProcess, place: Place, { traffic }: StandIns): Promise<boolean> {
  traffic.clear();
  while (wrangler.exitCode === null && wrangler.signalCode === null) {
    const response = await fetchLocally(`${place.localOrigin}/healthz`);
    const healthy = response?.status === 200;
    if (healthy && traffic.calls.length > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

function describe(place: Place, standIns: StandIns, missingTexts: readonly string[]): string {
  const accessNotes =
    place.origin === place.localOrigin
      ? []
      : place.ip === null
        ? [
            `             Point your tunnel or proxy at ${place.localOrigin}`,
            "             Anyone who can reach it can use it. A tunnel that sets the host to localhost also shows the emails.",
          ]
        : [
            "             Accept the warning about the self-signed certificate once.",
            "             Anyone on this network can reach it, and its emails.",
          ];
  return [
    "",
    `  Gatehouse  ${place.origin}`,
    ...accessNotes,
    `  Emails     ${mailViewerOf(place)} (none leaves this machine)`,
    `  Stores     stand-ins for PlanetScale, Upstash and Pwned Passwords on port ${standIns.port}`,
    "  Data       .wrangler/gatehouse; stop, and delete it to start over",
    ...missingTexts.map((line) => `  Texts      ${line}, shown in English`),
    "  The log and each email follow. The Worker reloads when a file changes. Ctrl-C stops everything.",
    "",
  ].join("\n");
}

function stop({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGTERM");
}
