import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/**
 * The folders and single files of `src`, and the entries that each may import. Every source file belongs to an entry.
 * Imports are acyclic, because each entry names only entries above it in this list.
 */
const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  http: [],
  i18n: ["http"],
  /** The logo of an operator, if there is one. */
  "logo.svg": [],
  "brand.ts": ["i18n", "logo.svg"],
  config: ["http", "i18n"],
  views: ["brand.ts", "i18n"],
  mail: ["brand.ts", "config", "i18n", "views"],
  store: ["config"],
  auth: ["brand.ts", "config", "http", "i18n", "store"],
  forms: ["auth", "http", "i18n", "views"],
  request: ["auth", "config", "forms", "http", "i18n", "mail", "store", "views"],
  flows: ["auth", "brand.ts", "forms", "http", "i18n", "mail", "request", "store", "views"],
  server: ["auth", "config", "http", "i18n", "mail", "request", "store", "views"],
  "routes.ts": ["flows", "request", "server", "views"],
  "index.ts": ["config", "http", "request", "routes.ts", "server"],
};

/** Packages that only one folder may import, so that they can be replaced there. */
const PACKAGE_FOLDERS: Readonly<Record<string, string>> = {
  lucia: "src/auth/lucia/",
  "@lucia-auth": "src/auth/lucia/",
  "@planetscale/database": "src/store/",
  "@upstash/redis": "src/store/",
  "drizzle-orm": "src/store/",
};

/** Describes each import that the lists above do not allow. `root` is the directory of the repository. */
export function findForbiddenImports(root: string): string[] {
  const files = globSync("src/**/*.{ts,tsx}", { cwd: root }).filter((path) => !path.endsWith(".d.ts"));
  return files
    .flatMap((path) => readImports(root, path).flatMap((target) => explainForbidden(path, target) ?? []))
    .toSorted();
}

/** Returns the imports of a file: paths from the root, and names of packages. */
function readImports(root: string, path: string): string[] {
  const source = readFileSync(join(root, path), "utf8");
  const specifiers = source.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) =>
    specifier.startsWith(".") ? normalize(join(dirname(path), specifier)) : specifier,
  );
}

/** Returns the reason why `path` may not import `target`, or null if it may. */
function explainForbidden(path: string, target: string): string | null {
  const forbidden = (reason: string) => `${path} imports ${target}: ${reason}`;
  if (!target.startsWith("src/")) {
    const [, folder] =
      Object.entries(PACKAGE_FOLDERS).find(([name]) => target === name || target.startsWith(`${name}/`)) ?? [];
    if (folder !== undefined && !path.startsWith(folder)) return forbidden(`only ${folder} does`);
    return target.startsWith("node_modules/") ? forbidden("a package's files are its own") : null;
  }
  const [from, to] = [entryOf(path), entryOf(target)];
  if (!Object.hasOwn(ALLOWED_IMPORTS, from)) return forbidden("the file is in no folder of the list");
  if (from === "flows" && to === "flows" && flowOf(path) !== flowOf(target)) return forbidden("a flow imports no flow");
  return from === to || ALLOWED_IMPORTS[from]?.includes(to) ? null : forbidden(`${from} may not import ${to}`);
}

function entryOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** Returns the folder of a flow, which is `account/email` for `src/flows/account/email/page.tsx`. */
function flowOf(path: string): string {
  return dirname(path).slice("src/flows/".length);
}
