import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Checkout, createCheckout, type RunningCommand } from "../support/checkout.ts";
import { findFreePort } from "../support/processes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const STARTS = { timeout: 25_000, interval: 50 };

let checkout: Checkout;
let servers: Server[];
beforeEach(() => {
  checkout = createCheckout();
  servers = [];
});
afterEach(async () => {
  await checkout.remove();
  for (const server of servers) server.close();
});

const listen = async (answer: Parameters<typeof createServer>[1]) => {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};
const isTaken = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
const printed = (running: RunningCommand, text: string) => expect.poll(running.output, STARTS).toContain(text);
const change = (path: string, from: string, to: string) => {
  const file = join(checkout.directory, path);
  const before = readFileSync(file, "utf8");
  expect(before).toContain(from);
  writeFileSync(file, before.replace(from, to));
};

interface Slip {
  readonly slip: string;
  readonly script: "start" | "stand-ins" | "migrate" | "deploy";
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly arrange?: () => void;
  readonly says: string;
}

const remove = (path: string) => () => rmSync(join(checkout.directory, path), { recursive: true });
const write = (path: string, text: string) => () => {
  mkdirSync(join(checkout.directory, path, ".."), { recursive: true });
  writeFileSync(join(checkout.directory, path), text);
};
const NOWHERE = "http://user:password@127.0.0.1:1/gatehouse";

/** One error of each kind. test/unit/command-line.test.ts has all errors of the command line. */
const SLIPS: readonly Slip[] = [
  { slip: "PORT out of range", script: "start", env: { PORT: "99999" }, says: '"99999" is no port' },
  {
    slip: "a mode that there is not",
    script: "start",
    env: { EMAIL_VERIFICATION: "always" },
    says: 'EMAIL_VERIFICATION is not "optional" or "required".',
  },
  { slip: "no folder to write in", script: "start", arrange: write(".wrangler", "a file"), says: "mkdir" },
  {
    slip: "broken data",
    script: "start",
    args: ["--port", "18700"],
    arrange: write(".wrangler/gatehouse/database.sqlite", "x".repeat(4096)),
    says: "To start over, remove",
  },
  {
    slip: "a broken lock",
    script: "start",
    arrange: write(".wrangler/gatehouse/lock.sqlite", "x".repeat(4096)),
    says: "Remove it to start over.",
  },
  {
    slip: "broken secret keys",
    script: "start",
    args: ["--port", "18702"],
    arrange: write(".wrangler/gatehouse/secret-keys", "k1:hush\n"),
    says: "secret-keys has a key that is not 32 bytes in base64 (key 1 of 1). Correct it.",
  },
  {
    slip: "no migrations",
    script: "start",
    args: ["--port", "18701"],
    arrange: remove("drizzle"),
    says: "The stand-ins do not start: ENOENT",
  },
  { slip: "no MySQL's URL", script: "stand-ins", args: ["--sql", "localhost"], says: "is not of the form mysql://" },
  {
    slip: "no MySQL there",
    script: "stand-ins",
    args: ["--sql", "mysql://root:x@127.0.0.1:1/x"],
    says: "The stand-ins do not start: connect ECONNREFUSED 127.0.0.1:1",
  },
  {
    slip: "no Redis there",
    script: "stand-ins",
    args: ["--redis", "redis://127.0.0.1:1"],
    says: "The stand-ins do not start: No Redis at 127.0.0.1:1",
  },
  { slip: "an argument", script: "migrate", args: ["now"], says: "Unexpected argument 'now'." },
  {
    slip: "a .dev.vars that is no file",
    script: "migrate",
    arrange: () => mkdirSync(join(checkout.directory, ".dev.vars")),
    says: ".dev.vars cannot be read",
  },
  {
    slip: "a .dev.vars without it",
    script: "migrate",
    arrange: write(".dev.vars", "{ this is JSON }\n"),
    says: "Set DATABASE_URL",
  },
  { slip: "no wrangler.toml", script: "deploy", arrange: remove("wrangler.toml"), says: "There is no " },
  {
    slip: "a broken wrangler.toml",
    script: "deploy",
    arrange: write("wrangler.toml", "[vars"),
    says: "cannot be used",
  },
];

test.each(SLIPS)(
  "$script with $slip ends with a sentence, not with a stack",
  async ({ script, args, env, arrange, says }) => {
    arrange?.();
    const { code, output } = await checkout.run(script, args, env).ended;
    expect([code, output]).toEqual([1, expect.stringContaining(says)]);
    expect(output).not.toMatch(/^\s+at |node:internal|Warning:/m);
  },
);

describe("npm run stand-ins -- --data", () => {
  test("is alone with its data, until it ends, however that is", async () => {
    const args = ["--data", join(checkout.directory, "data")];
    const first = checkout.run("stand-ins", args);
    await printed(first, "Ctrl-C ends them.");
    const { code, output } = await checkout.run("stand-ins", args).ended;
    expect([code, output]).toEqual([1, `Process ${first.child.pid} uses ${args[1]} already. End it first.\n`]);
    first.child.kill("SIGKILL");
    await first.ended;
    await printed(checkout.run("stand-ins", args), "Ctrl-C ends them.");
  });

  test("says which port is taken", async () => {
    const port = await listen((_, response) => response.end("a stranger"));
    const { code, output } = await checkout.run("stand-ins", ["--port", `${port}`]).ended;
    expect([code, output]).toEqual([1, expect.stringContaining(`Port ${port} is taken by another program.`)]);
  });
});

describe("npm run dev", () => {
  const readState = (name: string) => readFileSync(join(checkout.directory, ".wrangler/gatehouse", name), "utf8");

  test("refuses a port that another server uses, and starts nothing", async () => {
    const port = await listen((_, response) => response.end("a stranger"));
    const { code, output } = await checkout.run("start", ["--port", `${port}`]).ended;
    expect([code, output]).toEqual([
      1,
      `Port ${port} is taken by another program. End that, or choose another port, such as: npm run dev -- --port ${port + 1}\n`,
    ]);
  });

  test("with --origin is reached through a tunnel: links, cookies and the origin of forms are that one's", async () => {
    const port = await findFreePort();
    const origin = "https://gate.example.net";
    change("src/i18n/language.ts", 'LANGUAGES = ["en", "de"]', 'LANGUAGES = ["en", "de", "fr"]');
    change(
      "src/i18n/language.ts",
      "  de: {",
      '  fr: { name: "Français", locale: "fr-FR", direction: "ltr" },\n  de: {',
    );
    const dev = checkout.run("start", ["--port", `${port}`, "--origin", origin]);
    await printed(dev, "Ctrl-C stops everything.");
    expect(dev.output()).toContain(`Gatehouse  ${origin}\n`);
    expect(dev.output()).toMatch(/^ {2}Texts {6}fr: (\d+) of \1 missing, shown in English$/m);
    // A tunnel passes on either the host that the client requested or the host of its target.
    const signUp = (host: string, from: string) =>
      fetch(`http://127.0.0.1:${port}/auth/signup`, {
        method: "POST",
        redirect: "manual",
        headers: { "X-Forwarded-Host": host, Origin: from },
        body: new URLSearchParams({
          email: "ada@example.org",
          password: "analytical engine 1843",
          passwordConfirmation: "analytical engine 1843",
        }),
      });
    expect((await signUp("gate.example.net", "https://elsewhere.example")).status).toBe(403);
    const answer = await signUp("gate.example.net", origin);
    expect(answer.status).toBe(303);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-gatehouse.*; Secure$/);
    const list = `http://localhost:${port}/cdn-cgi/local/explorer/api/local/email/sending`;
    await expect.poll(async () => (await fetch(list)).text(), STARTS).toContain("ada@example.org");
    // wrangler's own binding understands the message. Other tests have a mailbox in its place.
    const { result } = await (await fetch(list)).json();
    expect(result).toMatchObject([
      {
        from: '"Gatehouse" <accounts@gatehouse.test>',
        to: ["ada@example.org"],
        headers: { "Auto-Submitted": "auto-generated" },
      },
    ]);
    // Each email message is one line with its code and its link; nothing of wrangler's output is printed.
    await expect
      .poll(dev.output, STARTS)
      .toMatch(
        /^email to ada@example\.org: \d{8} is your Gatehouse code https:\/\/gate\.example\.net\/auth\/verify-email\/\w+$/m,
      );
    expect(dev.output()).not.toMatch(/⎔|\[wrangler|send_email/);

    // The secret keys stay with the data.
    const [, secretKeys] = /^SECRET_KEYS="(.*)"$/m.exec(readState("variables.env")) ?? [];
    expect(secretKeys).toMatch(/^k1:[\w-]{43}$/);
    expect(readState("secret-keys")).toBe(`${secretKeys}\n`);

    // A second instance is refused. After a kill, neither the lock nor the port remains in use.
    const other = await checkout.run("start", ["--port", `${await findFreePort()}`]).ended;
    expect(other).toEqual({ code: 1, output: expect.stringContaining(`Process ${dev.child.pid} uses `) });
    dev.child.kill("SIGKILL");
    await expect.poll(() => isTaken(port), STARTS).toBe(false);
  });
});

/** Notes each call with its standard input, and lists the secrets as wrangler does. */
const WRANGLER = `const { appendFileSync, readFileSync } = require("node:fs");
const call = process.argv.slice(2).join(" ");
const input = call.startsWith("secret put") ? readFileSync(0, "utf8") : "";
appendFileSync(process.env.WRANGLER_CALLS, JSON.stringify({ call, input }) + "\\n");
if (call === "secret list --format json") console.log(process.env.WRANGLER_SECRETS);`;

describe("npm run deploy", () => {
  const ALL = ["DATABASE_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"];
  const LIST = { call: "secret list --format json", input: "" };
  const DEPLOY = { call: "deploy", input: "" };
  /** A fake npm prints its arguments and fails, so no later step runs unless a test wants it. */
  const withFakeNpm = (status = 3) => {
    const programs = join(checkout.directory, "programs");
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, "npm"), `#!/bin/sh\necho "npm $*"\nexit ${status}\n`);
    chmodSync(join(programs, "npm"), 0o755);
    return { PATH: `${programs}:${process.env["PATH"]}` };
  };
  /** Deploys with wrangler to a server in the place of Cloudflare. A Worker without `secrets` was never deployed. */
  const deployTo = async (secrets: readonly string[] | null, npmStatus?: number) => {
    const requests: string[] = [];
    const port = await listen((request, response) => {
      const at = requests.push(`${request.method} ${request.url} `) - 1;
      request.on("data", (chunk: Buffer) => (requests[at] += chunk.toString()));
      const found = { success: true, errors: [], messages: [], result: (secrets ?? []).map((name) => ({ name })) };
      const missing = { ...found, success: false, errors: [{ code: 10007, message: "This Worker does not exist" }] };
      response.writeHead(secrets === null ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(secrets === null ? missing : found));
    });
    const { ended } = checkout.run("deploy", [], {
      ...withFakeNpm(npmStatus),
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}/client/v4`,
      CLOUDFLARE_API_TOKEN: "token",
      CLOUDFLARE_ACCOUNT_ID: "account",
    });
    return { ...(await ended), requests };
  };
  /** Deploys with a program in the place of wrangler, which takes a second for each of its commands. */
  const deploy = async (secrets: readonly string[], args: readonly string[] = [], env = {}) => {
    const { NPM_STATUS, ...rest } = env as { NPM_STATUS?: number };
    checkout.replaceInstalled("wrangler/bin/wrangler.js", WRANGLER);
    const calls = join(checkout.directory, "calls");
    writeFileSync(calls, "");
    const { ended } = checkout.run("deploy", args, {
      ...withFakeNpm(NPM_STATUS),
      WRANGLER_CALLS: calls,
      WRANGLER_SECRETS: JSON.stringify(
        secrets.map((name) => ({ name, type: "secret_text" })),
        null,
        2,
      ),
      ...rest,
    });
    const { code, output } = await ended;
    const lines = readFileSync(calls, "utf8").split("\n").filter(Boolean);
    return { code, output, calls: lines.map((line) => JSON.parse(line)) };
  };
  const namedIn = (output: string) => output.split("\n").flatMap((line) => /^ {2}([A-Z_]+) /.exec(line)?.[1] ?? []);
  const makeReady = () => {
    change(
      "wrangler.toml",
      'PUBLIC_ORIGIN = "http://localhost:8787"',
      'PUBLIC_ORIGIN = "https://accounts.example.net"',
    );
    change("wrangler.toml", "accounts@example.com", "accounts@example.net");
  };
  const keysFile = () => join(checkout.directory, ".secret-keys");

  test("names the variables and secrets that the Worker would refuse, all at once, before the first deployment", async () => {
    const { code, output } = await deployTo(null);
    expect(code).toBe(1);
    expect(namedIn(output)).toEqual([...ALL, "PUBLIC_ORIGIN", "MAIL_FROM"]);
    expect(output).not.toContain("npm run");
  });

  test("names a missing secret, and those that are in a public variable", async () => {
    makeReady();
    change(
      "wrangler.toml",
      "[vars]",
      '[vars]\nDATABASE_URL = "mysql://user:hush@host.example/db"\nSECRET_KEYS = "k1:hush"',
    );
    const { code, output } = await deploy(["UPSTASH_REDIS_REST_URL"]);
    expect([code, namedIn(output)]).toEqual([
      1,
      ["UPSTASH_REDIS_REST_TOKEN", "SECRET_KEYS", "DATABASE_URL", "SECRET_KEYS"],
    ]);
    for (const name of ["DATABASE_URL", "SECRET_KEYS"]) {
      expect(output).toContain(`${name} is a secret, but wrangler.toml makes it public`);
    }
    expect(output).not.toContain("hush");
  });

  test("checks only what the Worker would take, and deploys nothing and makes no SECRET_KEYS where the checks fail", async () => {
    makeReady();
    expect(await deploy(ALL)).toEqual({ code: 3, output: "npm run check\n", calls: [LIST] });
    expect(existsSync(keysFile())).toBe(false);
  });

  test("sets SECRET_KEYS where they are missing, keeps a copy, and prints nothing of them", async () => {
    makeReady();
    const { output, requests } = await deployTo(ALL, 0);
    const put = "PUT /client/v4/accounts/account/workers/scripts/gatehouse/secrets ";
    const puts = requests.filter((request) => request.startsWith(put));
    const { name, text, type } = JSON.parse(puts[0]?.slice(put.length) ?? "{}");
    expect([puts.length, name, type]).toEqual([1, "SECRET_KEYS", "secret_text"]);
    expect(text).toMatch(/^k1:[\w-]{43}$/);
    expect(readFileSync(keysFile(), "utf8")).toBe(`${text}\n`);
    expect(statSync(keysFile()).mode & 0o777).toBe(0o600);
    expect(output).toContain("SECRET_KEYS was missing and is set. Keep .secret-keys in a safe place");
    expect(output).not.toContain(text.slice(3));
    // The secret comes before the code that needs it, and the next run uses the same keys, also in CI.
    expect(requests.indexOf(puts[0] ?? "")).toBeLessThan(requests.length - 1);
    const { calls } = await deploy(ALL, [], { NPM_STATUS: 0, CI: "true" });
    expect(calls).toEqual([LIST, { call: "secret put SECRET_KEYS", input: text }, DEPLOY]);
  }, 60_000);

  test("leaves SECRET_KEYS alone where they are set", async () => {
    makeReady();
    const { calls } = await deploy([...ALL, "SECRET_KEYS"], [], { NPM_STATUS: 0 });
    expect(calls).toEqual([LIST, DEPLOY]);
    expect(existsSync(keysFile())).toBe(false);
  });

  test("makes no SECRET_KEYS in CI, where the copy would be lost", async () => {
    makeReady();
    const { code, output, calls } = await deploy(ALL, [], { NPM_STATUS: 0, CI: "true" });
    expect([code, output]).toEqual([1, expect.stringContaining("The Worker has no SECRET_KEYS, and CI would lose")]);
    expect(calls).toEqual([LIST]);
    expect(existsSync(keysFile())).toBe(false);
  });

  test("with --migrate does not take this machine's database for the deployed one's", async () => {
    makeReady();
    const { code, output, calls } = await deploy(ALL, ["--migrate"], { DATABASE_URL: NOWHERE });
    expect([code, output]).toEqual([1, expect.stringContaining("DATABASE_URL names this machine")]);
    expect(calls).toEqual([]);
  });
});

describe("an older Node", () => {
  const scripts: Record<string, string> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
  const load = (version: string) =>
    spawnSync(
      process.execPath,
      [
        "-e",
        `Object.defineProperty(process.versions, "node", { value: "${version}" }); require("./dev/require-node.cjs")`,
      ],
      { cwd: ROOT, encoding: "utf8" },
    );

  test("gets an explanation from every command that runs TypeScript", () => {
    for (const [name, script] of Object.entries(scripts)) {
      const runsTypeScript = /\.ts\b|vitest|drizzle-kit/.test(script);
      expect([name, /^(?:exec )?node -r \.\/dev\/require-node\.cjs /.test(script)]).toEqual([name, runsTypeScript]);
    }
    for (const version of ["18.20.0", "20.20.2", "22.18.0", "24.1.0"]) {
      const { status, stderr } = load(version);
      expect([status, stderr.split("\n")]).toEqual([
        1,
        [
          expect.stringMatching(
            new RegExp(`^This needs Node 24\\.2 or later and runs on ${version}: .*npm rebuild node`),
          ),
          "",
        ],
      ]);
    }
    expect(load("24.2.0")).toMatchObject({ status: 0, stderr: "" });
  });

  test("or packages that were never installed: so is who has not run npm ci", () => {
    rmSync(join(checkout.directory, "node_modules"));
    const { status, stderr } = spawnSync(process.execPath, ["-r", "./dev/require-node.cjs", "dev/start.ts"], {
      cwd: checkout.directory,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([1, "The packages are not installed: run `npm ci` first.\n"]);
  });
});
