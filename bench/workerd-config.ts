import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { ROOT } from "./options.ts";
import { WORKERD } from "./workerd.ts";

const TEXT_FILE = "workerd.capnp";
const ENCODED_FILE = "workerd.bin";

/** The kind of a workerd module by the end of its file name. Corresponds to the rules in wrangler.toml. */
const MODULE_KINDS: readonly (readonly [end: string, kind: string])[] = [
  [".wasm", "wasm"],
  [".br", "data"],
  [".css", "text"],
  [".svg", "text"],
  [".client.js", "text"],
  [".js", "esModule"],
];

/** The Worker's variables. A string is bound as text, and any other value as JSON. */
export type Bindings = Readonly<Record<string, unknown>>;

/**
 * Writes the workerd configuration of a bundle into its directory and returns the path. The Worker listens on a free
 * loopback port. The file contains the script and is encoded, because parsing text would count as start-up, which a
 * deployed Worker does not do. `fetch` reaches only this machine, so that a run does not depend on a network.
 * `httpOptions` are options of workerd's socket, in the text format of Cap'n Proto. Throws if workerd rejects the
 * configuration.
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
    // workerd starts the first module.
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

/** Returns whether a file is the script of the Worker. A bundle has exactly one. */
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

/** Cap'n Proto escapes strings like JSON, except for \u, which no string here needs. */
function quote(text: string): string {
  return JSON.stringify(text);
}
