import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAst } from "vite";
import { describe, expect, test } from "vitest";
import { sectionOf } from "../../dev/document-gaps.ts";
import requirements from "./asvs-5.0.0.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, "utf8");
const DOCUMENT = read("docs/security.md");

const section = (heading: string) => sectionOf(DOCUMENT, heading);
const quoted = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found).toSorted();

const STATUSES = ["held", "held, deviation", "not yet", "does not apply"] as const;
const REASON_MIN_CHARACTERS = 10;

interface Row {
  readonly numbers: readonly string[];
  readonly words: string;
  readonly status: string;
  readonly tests: readonly { readonly path: string; readonly title: string }[];
  /** The text in the last cell, without the tests. */
  readonly reason: string;
}

const ROWS: readonly Row[] = [...DOCUMENT.matchAll(/^\| (\d+\.\d.*) \|$/gm)].map(([, line = ""]) => {
  const [numbers = "", words = "", status = "", rest = "", ...more] = line.split(" | ");
  if (more.length > 0) throw new Error(`A row of more than four cells: ${line}`);
  const parts = rest.split("<br>");
  const isTest = (part: string) => part.startsWith("`test/") || part.startsWith("`stand-ins/test/");
  const tests = parts.filter(isTest).map((part) => {
    const [, path = "", title = ""] = /^`([^`]+)` › (.+)$/.exec(part) ?? [];
    return { path, title };
  });
  const reason = parts.filter((part) => !isTest(part)).join(" ");
  return { numbers: numbers.split(", "), words, status, tests, reason };
});

describe("the table of docs/security.md", () => {
  test("contains every requirement of levels 1 and 2, and the selected ones of level 3, exactly once", () => {
    const { 1: first, 2: second, 3: third } = requirements;
    const expected = [...first, ...second, ...third].flatMap((numbers) => numbers.split(" "));
    expect(expected).toHaveLength(70 + 183 + 13);
    expect(ROWS.flatMap(({ numbers }) => numbers).toSorted()).toEqual(expected.toSorted());
  });

  test("contains the tests and the reason that each status needs", () => {
    const faults = ROWS.flatMap(({ numbers, words, status, tests, reason }) => {
      const isHeld = status.startsWith("held");
      const found = [
        ...(STATUSES.some((known) => known === status) ? [] : [`there is no status "${status}"`]),
        ...(words === "" ? ["says not what it is about"] : []),
        ...(isHeld && tests.length === 0 ? ["is held by no test"] : []),
        ...(!isHeld && tests.length > 0 ? ["is not held, but names tests"] : []),
        ...(status !== "held" && reason.length < REASON_MIN_CHARACTERS ? ["gives no reason"] : []),
        // Only requirements that do not apply may share a row.
        ...(status !== "does not apply" && numbers.length > 1 ? ["is more than one requirement"] : []),
      ];
      return found.map((fault) => `${numbers}: ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  test("contains only titles of existing tests", () => {
    // A title with nothing but placeholders identifies no test.
    const named = ROWS.flatMap(({ tests }) => tests.map(({ title }) => title));
    expect(named.filter((title) => !/\p{L}{2}/u.test(title.replaceAll(/%\w|\$\{?\w+\}?/g, "")))).toEqual([]);
    const missing = ROWS.flatMap(({ numbers, tests }) =>
      tests.filter(({ path, title }) => !titlesIn(path).has(title)).map((named) => ({ numbers, ...named })),
    );
    expect(missing).toEqual([]);
  });
});

describe("of the statements about the code,", () => {
  const sources = globSync("src/**/*.{ts,tsx}", { cwd: ROOT, exclude: ["src/config/worker-configuration.d.ts"] });
  const filesWith = (pattern: RegExp) => sources.filter((path) => pattern.test(read(path))).toSorted();
  const filesNamed = (heading: string) => [...new Set(quoted(section(heading), /`(src\/[^`]+)`/g))];

  test("docs/security.md states every limit with its value in the source", () => {
    const stated = ["Limits", "Input rules", "Sessions", "Costly operations"].flatMap((heading) =>
      [...section(heading).matchAll(/`([^`]+)` in `([^`]+)`/g)].map(([, words = "", path = ""]) => ({ words, path })),
    );
    expect(stated.length).toBeGreaterThan(20);
    const stands = ({ words, path }: { words: string; path: string }) =>
      [`${words};`, `${words},`, `${words}\n`].some((statement) => read(path).includes(statement));
    expect(stated.filter((statement) => !stands(statement))).toEqual([]);
    // All limits in the constants of these files must be stated.
    const constants = (path: string, pattern: RegExp) =>
      quoted(read(path), pattern).map((name) => `${name} in ${path}`);
    const limits = [
      ...[
        "src/request/limits/account.ts",
        "src/request/limits/ip.ts",
        "src/request/limits/mailbox.ts",
        "src/request/send-notices.ts",
        "src/request/known-devices.ts",
        "src/auth/sessions/lifetimes.ts",
        "src/auth/credentials/password/rules.ts",
      ].flatMap((path) =>
        constants(path, /^(?:export )?const (?!DAY_)([A-Z_]+(?:MAX|MIN|WINDOW|MILLISECONDS|SECONDS)[A-Z_]*) =/gm),
      ),
      ...constants(
        "src/auth/credentials/password/hash-queue.ts",
        /^(?:export )?const (HASH_QUEUE_MAX|WAIT_MAX[A-Z_]*) =/gm,
      ),
      ...constants("src/server/remove-expired.ts", /^const ([A-Z_]+) =/gm),
      ...sources
        .filter((path) => path.startsWith("src/http/"))
        .flatMap((path) => constants(path, /^(?:export )?const ([A-Z_]+_MAX_[A-Z_]+) = [\d_ *]+;/gm)),
    ].filter((limit) => limit !== "HSTS_MAX_AGE_SECONDS in src/http/security-headers.ts");
    expect(limits.length).toBeGreaterThan(40);
    const named = stated.map(({ words, path }) => `${words.split(" ", 1)[0]} in ${path}`);
    expect(limits.filter((limit) => !named.includes(limit))).toEqual([]);
  });

  test("docs/security.md names the fields that must agree with each other", () => {
    const [, together = ""] = /^These must agree: (.*?)\n\n/ms.exec(section("Input rules")) ?? [];
    for (const name of ["passwordConfirmation", "madeFor", "email"]) expect(together).toContain(`\`${name}\``);
  });

  test("docs/security.md names every file that signs somebody in", () => {
    expect(filesNamed("Ways to sign in")).toEqual(
      filesWith(/(?<!function )\b(?:signIn|renewSession|confirmSession)\(/),
    );
    // Each of these files uses `signIn`, `renewSession` or `confirmSession` under that name, and no other code starts sessions.
    expect(
      filesWith(/\b(?:signIn|renewSession|confirmSession) as\b|[=:(,] *(?:signIn|renewSession|confirmSession)[,;)]/),
    ).toEqual([]);
    expect(filesWith(/\bauth(?:\(\))?\.startSession\b|\bsession\.replace\b/)).toEqual(["src/request/sign-in.ts"]);
    expect(filesWith(/\bstartSession\(/)).toEqual([
      "src/auth/lucia/lucia.ts",
      "src/auth/sessions/store.ts",
      "src/request/sign-in.ts",
      "src/store/person.ts",
    ]);
    expect(filesWith(/\bcreateSession\(/)).toEqual(["src/auth/lucia/lucia.ts"]);
    expect(filesWith(/\bsetSession\b/)).toEqual(["src/auth/lucia/adapter.ts"]);
    expect(filesWith(/\{[^}]*\b(?:startSession|replaceSession|replace)\b[^}]*\} = /)).toEqual([]);
  });

  test("docs/security.md names every file that uses cryptography, and those that use a broken function", () => {
    const uses = /(?<!\w)crypto\.|"node:crypto"|generateRandomString\(|argon2\.wasm/;
    expect(filesNamed("Cryptography")).toEqual(filesWith(uses));
    const broken = section("Cryptography")
      .split("\n")
      .filter((line) => /MD5|SHA-1\b/.test(line));
    expect(broken.flatMap((line) => quoted(line, /`(src\/[^`]+)`/g))).toEqual(filesWith(/md5|sha-?1\b|\brc4|\becb\b/i));
  });

  test("docs/security.md names every file that makes outbound calls", () => {
    expect(filesNamed("Outbound calls")).toEqual(
      filesWith(
        /(?<![\w.]|async )fetch\((?!request, env)|(?<!router)\.fetch\(|new Client\(|new HttpClient\(|binding\.send\(|writeDataPoint\(\{|connect\(/,
      ),
    );
  });

  test("docs/security.md puts no column into two classes", () => {
    const columns = quoted(section("Stored data"), /`([a-z_]+\.[a-z_]+)`/g);
    expect(columns.length).toBeGreaterThan(25);
    expect(columns).toEqual([...new Set(columns)]);
  });

  test("SECURITY.md states how soon a vulnerable dependency is updated, by severity", () => {
    const days = [...read("SECURITY.md").matchAll(/^\| (critical|high|moderate|low)[^|]*\| (\d+) days \|$/gm)];
    expect(days.map(([, severity]) => severity)).toEqual(["critical", "high", "moderate", "low"]);
    const numbers = days.map(([, , number]) => Number(number));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });
});

const RUNNERS = ["test", "describe", "inRounds", "inRoundsOfEachState"];
const LEFT_OUT = ["skip", "todo", "fails"];
const known = new Map<string, ReadonlySet<string>>();

/** The titles in the source of a test file, except those of tests that are skipped, to do or expected to fail. */
function titlesIn(path: string): ReadonlySet<string> {
  const found = known.get(path) ?? new Set(collectTitles(parseAst(read(path), { lang: "ts" })));
  known.set(path, found);
  return found;
}

type Node = Readonly<Record<string, unknown>>;

function collectTitles(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(collectTitles);
  if (typeof node !== "object" || node === null) return [];
  const { type, callee, arguments: passed } = node as Node;
  if (type === "CallExpression" && isLeftOut(callee)) return [];
  const title = type === "CallExpression" && isRunner(callee) && Array.isArray(passed) ? textOf(passed[0]) : null;
  return [...(title === null ? [] : [title]), ...Object.values(node).flatMap(collectTitles)];
}

/** Whether a call runs tests: `test`, `test.each(…)` and `describe.skipIf(…)` do, `test.skip` does not. */
function isRunner(callee: unknown): boolean {
  const { type, name, object, property, callee: inner } = callee as Node;
  if (type === "Identifier") return RUNNERS.includes(String(name));
  if (type === "MemberExpression") return !LEFT_OUT.includes(String((property as Node)["name"])) && isRunner(object);
  return type === "CallExpression" && isRunner(inner);
}

/** Whether a call is `describe.skip(…)`, `test.fails(…)` or similar. */
function isLeftOut(callee: unknown): boolean {
  const { type, object, property, callee: inner } = callee as Node;
  if (type === "CallExpression") return isLeftOut(inner);
  if (type !== "MemberExpression") return false;
  return (isRunner(object) && LEFT_OUT.includes(String((property as Node)["name"]))) || isLeftOut(object);
}

function textOf(node: unknown): string | null {
  const { type, value, quasis, expressions } = (node ?? {}) as Node;
  if (type === "Literal" && typeof value === "string") return value;
  if (type !== "TemplateLiteral") return null;
  const names = (expressions as Node[]).map(({ name }) => `\${${name}}`);
  return (quasis as Node[]).map((part, index) => (part["value"] as Node)["raw"] + (names[index] ?? "")).join("");
}
