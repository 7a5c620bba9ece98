import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, "utf8");
const SOURCES = globSync("src/**/*.{ts,tsx,js}", { cwd: ROOT, exclude: ["src/config/worker-configuration.d.ts"] });
const filesWith = (pattern: RegExp) => SOURCES.filter((path) => pattern.test(read(path))).toSorted();

describe("the source of the Worker", () => {
  test("evaluates no text, builds no regular expression or markup from text, and never uses Math.random", () => {
    expect(SOURCES.length).toBeGreaterThan(90);
    expect(filesWith(/(?<!client\.)\beval\(|new Function\(|setTimeout\(\s*["'`]/)).toEqual([]);
    expect(filesWith(/new RegExp\(|RegExp\(/)).toEqual([]);
    expect(filesWith(/innerHTML\b|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment/)).toEqual([]);
    expect(filesWith(/Math\.random/)).toEqual([]);
    // Apart from the code that escapes, only our own style sheets and entities are inserted as markup.
    const files = ["src/views/client.tsx", "src/views/document.tsx", "src/views/jsx-runtime.ts", "src/views/mail.tsx"];
    expect(filesWith(/new Markup\(/)).toEqual(files);
    expect(filesWith(/dangerouslySetInnerHTML/)).toEqual([]);
  });

  test("proves a factor only where it has just been checked", () => {
    const CALL = /\bprove(?:Device)?\(/;
    expect(filesWith(CALL)).toEqual([
      "src/auth/sessions/evidence.ts",
      "src/flows/account/authenticator/handlers.tsx",
      "src/flows/account/passkeys/handlers.tsx",
      "src/flows/signup/handlers.tsx",
      "src/flows/verify-email/handlers.tsx",
      "src/request/confirm-owner.ts",
      "src/request/passkeys.ts",
      "src/request/password-check.ts",
      "src/request/second-factors.ts",
      "src/request/trusted-devices.ts",
    ]);
    expect(SOURCES.flatMap((path) => read(path).match(/\bas (?:unknown as )?Proof\b/g) ?? [])).toHaveLength(2);
    // Nor under another name.
    expect(filesWith(/\bprove(?:Device)? as\b/)).toEqual([]);
  });

  test("writes to the log in a single place", () => {
    expect(filesWith(/\bconsole\./)).toEqual(["src/request/log.ts"]);
  });

  test("inserts no value into SQL or a script of Redis", () => {
    const stores = SOURCES.filter((path) => path.startsWith("src/store/"));
    const statement = /\b(?:select|insert into|update|delete|values|redis\.call)\b/;
    const written = stores
      .flatMap((path) => read(path).match(/`[^`]*`/g) ?? [])
      .filter((text) => statement.test(text))
      .flatMap((text) => [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, part = ""]) => part));
    expect(written.length).toBeGreaterThan(4);
    // Only constants with SQL of ours are inserted.
    expect(written.filter((part) => !/^[A-Z_]+$/.test(part))).toEqual([]);
    // No text is appended to SQL or a script either.
    expect(stores.filter((path) => /(?:execute|evaluate)(?:<\w+>)?\([^,()]*["`]\s*\+/.test(read(path)))).toEqual([]);
    const scripts = stores.flatMap((path) => [...read(path).matchAll(/(?<!function )\bevaluate\((\w+)/g)]);
    expect(scripts.length).toBeGreaterThan(6);
    expect(scripts.map(([, script = ""]) => script).filter((script) => !/^[A-Z_]+$/.test(script))).toEqual([]);
  });

  test("stores nothing about a request in a map outside it", () => {
    // These maps have one client and one set of derived keys for each configuration, independent of requests.
    expect(filesWith(/\bWeak(?:Map|Set)\b/)).toEqual(["src/auth/secret-keys.ts", "src/store/redis.ts"]);
    expect(filesWith(/\bMap<Request\b|\bSet<Request\b/)).toEqual([]);
  });

  test("has all SQL and all commands of Redis in src/store/", () => {
    const statement = /["'`]\s*(?:select\s[^"'`]*\sfrom|(?:insert|replace)\s+into|update\s+\S+\s+set|delete\s+from)\s/i;
    const call = /\.execute(?:<[^()]*>)?\(|\bevaluate\(|\bredis(?:<[^()]*>)?\(\s*[^\s)]/;
    for (const pattern of [statement, call]) {
      const files = filesWith(pattern);
      expect(files.length).toBeGreaterThan(2);
      expect(files.filter((path) => !path.startsWith("src/store/"))).toEqual([]);
    }
  });

  test("imports nothing from dev/ or test/, so that no code for them is deployed", () => {
    expect(filesWith(/(?:from|import\()\s*"(?:\.\.\/)+(?:dev|test)\//)).toEqual([]);
  });
});

describe("the repository", () => {
  test("contains no secret, neither in the variables nor in the example, and ignores files that contain secrets", () => {
    const example = read(".dev.vars.example");
    const secrets = [...example.matchAll(/^(?:# )?([A-Z_]+)="(.*)"$/gm)].map(([, name, value]) => ({ name, value }));
    expect(secrets.map(({ name }) => name)).toContain("DATABASE_URL");
    expect(secrets.filter(({ value }) => value !== "")).toEqual([]);
    const settings = read("wrangler.toml");
    for (const { name } of secrets) expect(settings).not.toMatch(new RegExp(`^\\s*${name}\\s*=`, "m"));
    expect(read(".gitignore").split("\n")).toEqual(
      expect.arrayContaining([".dev.vars", ".secret-keys", ".env", "dist/"]),
    );
  });

  test("pins every package to one version and the hash of its contents", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json"));
    const versions: string[] = Object.values({ ...dependencies, ...devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
    const locked: Record<string, { version?: string; integrity?: string; resolved?: string; inBundle?: boolean }> =
      JSON.parse(read("package-lock.json")).packages;
    const packages = Object.entries(locked).filter(
      ([path, { inBundle }]) => path.includes("node_modules/") && !path.includes("/@gatehouse/") && !inBundle,
    );
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { integrity }]) => integrity?.startsWith("sha512-") !== true)).toEqual([]);
    const elsewhere = ({ resolved = "https://registry.npmjs.org/" }) =>
      !resolved.startsWith("https://registry.npmjs.org/");
    expect(packages.filter(([, entry]) => elsewhere(entry))).toEqual([]);
  });
});
