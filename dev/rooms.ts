import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/**
 * The folders of `src`, and the folders that each may import. Every file is in one of them. Imports are acyclic,
 * because each folder names only folders above it in this list.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  http: [],
  i18n: ["http"],
  "brand.ts": ["i18n"],
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

/** Packages that only one place may import, so that they can be replaced there. */
const PACKAGES: Readonly<Record<string, string>> = {
  lucia: "src/auth/lucia/",
  "@lucia-auth": "src/auth/lucia/",
  "@planetscale/database": "src/store/",
  "@upstash/redis": "src/store/",
  "drizzle-orm": "src/store/",
};

/** Finds imports that the list above does not allow, one line each. `root` is the directory of the repository. */
export function findForbiddenImports(root: string): string[] {
  const files = globSync("src/**/*.{ts,tsx}", { cwd: root }).filter((path) => !path.endsWith(".d.ts"));
  return files.flatMap((path) => readImports(root, path).flatMap((target) => judge(path, target) ?? [])).toSorted();
}

/** The imports of a file: paths from the root, and names of packages. */
function readImports(root: string, path: string): string[] {
  const source = readFileSync(join(root, path), "utf8");
  const specifiers = source.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) =>
    specifier.startsWith(".") ? normalize(join(dirname(path), specifier)) : specifier,
  );
}

/** The reason why `path` may not import `target`; null if it may. */
function judge(path: string, target: string): string | null {
  const forbidden = (reason: string) => `${path} imports ${target}: ${reason}`;
  if (!target.startsWith("src/")) {
    const [, place] = Object.entries(PACKAGES).find(([name]) => target === name || target.startsWith(`${name}/`)) ?? [];
    if (place !== undefined && !path.startsWith(place)) return forbidden(`only ${place} does`);
    return target.startsWith("node_modules/") ? forbidden("a package's files are its own") : null;
  }
  const [from, to] = [roomOf(path), roomOf(target)];
  if (!Object.hasOwn(ROOMS, from)) return forbidden("the file lies in no room");
  if (from === "flows" && to === "flows" && flowOf(path) !== flowOf(target)) return forbidden("a flow imports no flow");
  return from === to || ROOMS[from]?.includes(to) ? null : forbidden(`${from} may not import ${to}`);
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** The folder of a flow. For `src/flows/account/email/page.tsx` it is `account/email`. */
function flowOf(path: string): string {
  return dirname(path).slice("src/flows/".length);
}
