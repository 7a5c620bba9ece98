import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSnapshot } from "@gatehouse/stand-ins";

/** A part of a document that names something of the code completely. */
interface Inventory {
  /** The document and its part, such as `docs/security.md, "Access"`. */
  readonly where: string;
  /** The names in the code. */
  readonly existing: readonly string[];
  /** The names in the document. */
  readonly named: readonly string[];
  /** Completes the sentence "add `name`". */
  readonly how: string;
}

/** The rows of the access table, and the guards in `src/routes.ts` that let these visitors in. */
const VISITORS: Readonly<Record<string, readonly string[]>> = {
  anyone: ["anyone", "rateLimited"],
  "with a mailed link": ["showsLink", "usesLink", "carriesLink"],
  "not signed in": ["guestOnly"],
  "the owner": ["signedIn", "signedInWith", "signedInWithSessions"],
};

/** The paths that `src/routes.ts` takes from a constant. */
const ASSET_PATHS: Readonly<Record<string, string>> = {
  "SCRIPT.path": "/assets/enhance.js",
  "STYLES.path": "/assets/styles.css",
};

/** The events that the source passes in a variable. */
const EVENTS_IN_VARIABLES = ["signed-up", "signed-in"];

/**
 * Describes each route, form, field, query, column and log event that a document lacks, in one line that says what to
 * add and where. `root` is the directory of the repository.
 */
export function findDocumentGaps(root: string): string[] {
  return takeInventories(root).flatMap(({ where, existing, named, how }) =>
    [...new Set(existing)].filter((name) => !named.includes(name)).map((name) => `${where}: add \`${name}\`${how}`),
  );
}

/** Describes each name in the same parts of the documents that the code does not have. */
export function findOutdatedNames(root: string): string[] {
  return takeInventories(root).flatMap(({ where, existing, named }) =>
    named.filter((name) => !existing.includes(name)).map((name) => `${where}: \`${name}\` does not exist there`),
  );
}

function takeInventories(root: string): Inventory[] {
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const sources = globSync("src/**/*.{ts,tsx}", { cwd: root }).toSorted().map(read);
  const security = read("docs/security.md");
  return [
    ...compareAccess(read("src/routes.ts"), sectionOf(security, "Access")),
    ...compareFields(sources, security),
    ...compareColumns(root, sectionOf(security, "Stored data"), read("docs/export.md")),
    compareEvents(sources, read("docs/logs.md")),
  ];
}

function compareAccess(routeTable: string, access: string): Inventory[] {
  const where = 'docs/security.md, "Access"';
  const routes = [...routeTable.matchAll(/^ {2}(get|post)\(\s*([^,\s]+),\s*(\w+)/gm)].map(
    ([, method = "", path = "", guard = ""]) => ({
      method: method.toUpperCase(),
      path: ASSET_PATHS[path] ?? path.replaceAll('"', ""),
      guard,
    }),
  );
  const rows = Object.entries(VISITORS).map(([visitor, guards]) => {
    const [, cell = ""] = new RegExp(`^\\| ${visitor} \\|([^|]*)\\|`, "m").exec(access) ?? [];
    const existing = routes.filter(({ guard }) => guards.includes(guard)).map(({ path }) => path);
    return { where, existing, named: findAll(cell, /`([^`]+)`/g), how: ` to the row "${visitor}"` };
  });
  const known = new Set(Object.values(VISITORS).flat());
  const others = routes.filter(({ guard }) => !known.has(guard)).map(({ path }) => path);
  const forms = routes.filter(({ method }) => method === "POST").map(({ path }) => `POST ${path}`);
  return [
    ...rows,
    { where, existing: others, named: [], how: " to a row, and its guard to dev/document-gaps.ts" },
    { where, existing: forms, named: findAll(access, /^\| `(POST [^`]+)` \|/gm), how: " to the table of forms" },
  ];
}

function compareFields(sources: readonly string[], security: string): Inventory[] {
  const read = sources.flatMap((source) => findAll(source, /(?:\.text|#values\.get)\("(\w+)"\)/g));
  const queries = sources.flatMap((source) =>
    findAll(source, /(?:searchParams\.(?:get|getAll|has)\(|const QUERY = )"(\w+)"/g),
  );
  const cells = findAll(sectionOf(security, "Access"), /^\| `POST [^|]*\|([^|]*)\|/gm);
  const listed = cells.flatMap((cell) => findAll(cell, /`(\w+)`/g));
  const rules = findAll(sectionOf(security, "Input rules"), /^\|([^|]*)\|/gm).join(" ");
  const inputs = [...read, ...listed, ...queries.map((name) => (rules.includes(`\`${name}\``) ? name : `?${name}=`))];
  return [
    {
      where: 'docs/security.md, "Access"',
      existing: read,
      named: read.filter((name) => listed.includes(name)),
      how: " to the fields of its form",
    },
    {
      where: 'docs/security.md, "Input rules"',
      existing: inputs,
      named: inputs.filter((name) => rules.includes(`\`${name}\``)),
      how: " with its rule",
    },
  ];
}

/** The columns come from Drizzle's newest snapshot, which another check compares with the schema. */
function compareColumns(root: string, classes: string, exported: string): Inventory[] {
  const tables = Object.values(readSnapshot(join(root, "drizzle")).tables);
  const existing = tables.flatMap(({ name, columns }) =>
    Object.values(columns).map((column) => `${name}.${column.name}`),
  );
  const isColumn = (name: string) => tables.some((table) => name.startsWith(`${table.name}.`));
  const named = findAll(exported, /`([a-z_]+\.[a-z_]+)`/g).filter(isColumn);
  return [
    {
      where: 'docs/security.md, "Stored data"',
      existing,
      named: findAll(classes, /`([a-z_]+\.[a-z_]+)`/g),
      how: " to its class",
    },
    { where: "docs/export.md", existing, named, how: ", as exported or left out" },
  ];
}

function compareEvents(sources: readonly string[], logs: string): Inventory {
  const logged = sources.flatMap((source) =>
    [
      ...source.matchAll(
        /\b(?:log|record|emit)\([^")]*"([a-z-]+)"|\b(?:emitEvent|recordAndNotify|event:)[^;]*?\btype: "([a-z-]+)"/g,
      ),
    ].map(([, logs, emits]) => logs ?? emits ?? ""),
  );
  const [, table = ""] = logs.split("|---|---|---|\n");
  const cells = findAll(table, /^\| (`[^|]*)\|/gm);
  return {
    where: "docs/logs.md",
    existing: [...logged, ...EVENTS_IN_VARIABLES],
    named: cells.flatMap((cell) => findAll(cell, /`([a-z-]+)`/g)),
    how: " to the table of events",
  };
}

/** The text under a heading of docs/security.md. */
export function sectionOf(document: string, heading: string): string {
  const [, text] = new RegExp(`^## ${heading}\\n(.*?)(?=^## |$(?![\\s\\S]))`, "ms").exec(document) ?? [];
  if (text === undefined) throw new Error(`docs/security.md has no part "${heading}"`);
  return text;
}

function findAll(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}
