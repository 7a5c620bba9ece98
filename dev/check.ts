import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LANGUAGES } from "../src/i18n/language.ts";
import { findDocumentGaps } from "./document-gaps.ts";
import { findForbiddenImports } from "./rooms.ts";
import { describeMissingTexts } from "./translations.ts";

/**
 * The maximum compressed size of the bundle with two languages, which wrangler reports, and the allowance for each
 * further language. 1 kB is 1000 bytes.
 */
const BUNDLE_KILOBYTES = 170;
const LANGUAGE_KILOBYTES = 6;
const BUNDLE_MAX_KILOBYTES = BUNDLE_KILOBYTES + LANGUAGE_KILOBYTES * Math.max(0, LANGUAGES.length - 2);

const ROOT = fileURLToPath(new URL("..", import.meta.url));

type Finding = string | null;

/** Each check returns its problem, or null. All run even after a failure, so that one run shows every problem. */
const CHECKS: Readonly<Record<string, () => Finding | Promise<Finding>>> = {
  "types of the Worker": () => run("tsc", "-p", "tsconfig.json"),
  "types of the tools and tests": () => run("tsc", "-p", "tsconfig.node.json"),
  "types of the Workers to compare with": checkComparedWorkers,
  "format and style": () => run("biome", "check", "--error-on-warnings", "."),
  lint: () => run("oxlint", "--type-aware"),
  "imports between folders": () => findForbiddenImports(ROOT).join("\n") || null,
  "unused code and dependencies": () => run("knip"),
  "generated types of the bindings": () => run("wrangler", "types", "src/config/worker-configuration.d.ts", "--check"),
  "migrations match the schema": checkMigrations,
  "documents name what the code has": () => findDocumentGaps(ROOT).join("\n") || null,
  translations: countTranslations,
  "common passwords match their source": () => run("node", "dev/generate-common-passwords.ts", "--check"),
  "size of the bundle": checkBundle,
};

let failed = false;
for (const [name, check] of Object.entries(CHECKS)) {
  const finding = await check();
  console.log(`${finding === null ? "ok  " : "FAIL"} ${name}`);
  if (finding === null) continue;
  failed = true;
  console.log(finding.replace(/^/gm, "     "));
}
process.exit(failed ? 1 : 0);

function run(command: string, ...args: readonly string[]): Finding {
  const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", command), args, {
    cwd: ROOT,
    encoding: "utf8",
  });
  return status === 0 ? null : `${stdout}${stderr}`.trim();
}

/** Needs the packages of the benchmark. If they are missing, the check is skipped with a notice, but fails in CI. */
function checkComparedWorkers(): Finding {
  if (existsSync(join(ROOT, "bench/node_modules"))) return run("tsc", "-p", "bench/variants/tsconfig.json");
  const skipped = "left out, because bench/node_modules is missing: npm ci --prefix bench";
  if (process.env["CI"] === "true") return skipped;
  console.log(`     ${skipped}`);
  return null;
}

/** Generates a migration into a copy of `drizzle`. A new file there means that the schema has changed. */
function checkMigrations(): Finding {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-migrations-"));
  try {
    cpSync(join(ROOT, "drizzle"), directory, { recursive: true });
    const before = readdirSync(directory).length;
    const args = ["generate", "--dialect", "mysql", "--schema", "./src/store/schema.ts", "--out", directory];
    const finding = run("drizzle-kit", ...args);
    if (finding !== null) return finding;
    return readdirSync(directory).length === before ? null : "The schema has changed: npm run db:generate";
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Prints which languages are incomplete. That is no problem, because the missing texts are shown in English. */
async function countTranslations(): Promise<Finding> {
  for (const line of await describeMissingTexts(ROOT)) console.log(`     ${line}`);
  return null;
}

function checkBundle(): Finding {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-bundle-"));
  try {
    const { stdout, stderr } = spawnSync(
      join(ROOT, "node_modules/.bin/wrangler"),
      ["deploy", "--dry-run", "--outdir", directory, "--metafile"],
      { cwd: ROOT, encoding: "utf8" },
    );
    const [, kibibytes] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
    if (kibibytes === undefined) return `${stdout}${stderr}`;
    const kilobytes = (Number(kibibytes) * 1024) / 1000;
    console.log(`     bundle: ${kilobytes.toFixed(1)} kB gzip of at most ${BUNDLE_MAX_KILOBYTES} kB`);
    console.log(`     minified script, in kB: ${listSizes(join(directory, "bundle-meta.json"))}`);
    return kilobytes <= BUNDLE_MAX_KILOBYTES ? null : "The bundle is too large.";
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Lists the size of each folder and each package in the bundle, largest first, from esbuild's metafile. */
function listSizes(metafile: string): string {
  const { outputs } = JSON.parse(readFileSync(metafile, "utf8")) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const [, packageName] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
    const owner = packageName ?? /(?:^|\/)(src\/[^/]+)/.exec(path)?.[1] ?? path;
    sizes.set(owner, (sizes.get(owner) ?? 0) + bytesInOutput);
  }
  return [...sizes]
    .filter(([, bytes]) => bytes >= 500)
    .toSorted(([, one], [, other]) => other - one)
    .map(([owner, bytes]) => `${owner} ${(bytes / 1000).toFixed(1)}`)
    .join(", ");
}
