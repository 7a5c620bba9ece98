import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { ROOT } from "./options.ts";
import { WORKERD } from "./workerd.ts";

const TEXT_FILE = "workerd.capnp";
const ENCODED_FILE = "workerd.bin";

/** What a module is to workerd, by the end of its file's name; as the rules in wrangler.toml have it. */
const MODULE_KINDS: readonly (readonly [end: string, kind: string])[] = [
  [".wasm", "wasm"],
  [".br", "data"],
  [".css", "text"],
  [".client.js", "text"],
  [".js", "esModule"],
];

/** The Worker's variables: text as it is, everything else as JSON. */
export type Bindings = Readonly<Record<string, unknown>>;

/**
 * Writes beside a bundle how workerd is to serve it, on a free loopback port, and returns the path. Encoded, script and
 * all, because reading text would count as start-up, and no deployed Worker does it. `fetch` may reach this machine and
 * nothing else: a run must not depend on a network. `httpOptions`: of workerd's socket, in Cap'n Proto's text.
 */
export function writeConfig(directory: string, bindings: Bindings, httpOptions = ""): string {
  const text = join(directory, TEXT_FILE);
  writeFileSync(text, describeWorker(directory, bindings, httpOptions));
  const { status, stdout, stderr } = spawnSync(WORKERD, ["compile", "--config-only", text], { maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`workerd does not take the configuration: ${stderr}`);
  const encoded = join(directory, ENCODED_FILE);
  writeFileSync(encoded, stdout);
  return encoded;
}

function describeWorker(directory: string, bindings: Bindings, httpOptions: string): string {
  const { compatibility_date: date, compatibility_flags: flags } = readConfig({ config: `${ROOT}wrangler.toml` });
  const modules = readdirSync(directory)
    // workerd takes the first for the one that answers.
    .toSorted((a, b) => Number(isMain(b)) - Number(isMain(a)))
    .flatMap(describeModule);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (${httpOptions}), service = "worker")],
);

const worker :Workerd.Worker = (
  compatibilityDate = ${quote(date ?? "")},
  compatibilityFlags = [${flags.map(quote).join(", ")}],
  modules = [
${modules.map((module) => `    ${module},`).join("\n")}
  ],
  bindings = [
${Object.entries(bindings)
  .map(([name, value]) => `    (name = ${quote(name)}, ${describeValue(value)}),`)
  .join("\n")}
  ],
);
`;
}

/** Everything that is bundled is in one script. */
function isMain(file: string): boolean {
  return file.endsWith(".js") && !file.endsWith(".client.js");
}

function describeModule(file: string): string[] {
  const kind = MODULE_KINDS.find(([end]) => file.endsWith(end))?.[1];
  return kind === undefined ? [] : [`(name = ${quote(file)}, ${kind} = embed ${quote(file)})`];
}

function describeValue(value: unknown): string {
  return typeof value === "string" ? `text = ${quote(value)}` : `json = ${quote(JSON.stringify(value))}`;
}

/** Cap'n Proto's strings escape as JSON's do, but for \u, which nothing here needs. */
function quote(text: string): string {
  return JSON.stringify(text);
}
