import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateMySQLDrizzleJson, generateMySQLMigration } from "drizzle-kit/api";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { findDocumentGaps, findOutdatedNames } from "../../dev/document-gaps.ts";
import { findForbiddenImports } from "../../dev/rooms.ts";
import { describeMissingTexts } from "../../dev/translations.ts";
import { brand } from "../../src/brand.ts";
import * as schema from "../../src/store/schema.ts";
import { buildWorker, copyRepository } from "../support/build-worker.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse, startGatehouses } from "../support/gatehouse.ts";
import { codeIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { applyHowTo, isApplicable } from "./apply-how-to.ts";

const PAGES = ["add-a-page", "add-a-field", "add-a-language", "own-domain", "change-the-look"].filter(isApplicable);

/** What the pages change, and what a build reads. */
const PARTS = ["src", "docs", "drizzle", "test", "wrangler.toml", "package.json", "tsconfig.json"];

/** The other files that the types of the tests depend on. */
const TYPED_PARTS = ["dev", "stand-ins", "bench", "tsconfig.node.json", "drizzle.config.ts", "vitest.config.ts"];

const copies: string[] = [];

function copy(parts = PARTS): string {
  const directory = copyRepository(parts);
  copies.push(directory);
  return directory;
}

/** Applies a page to a copy and builds it. Returns the directory of the copy. */
function buildWith(page: string): string {
  const directory = copy();
  applyHowTo(directory, page);
  expect(findForbiddenImports(directory)).toEqual([]);
  buildWorker(directory);
  return directory;
}

afterAll(() => {
  for (const directory of copies) rmSync(directory, { recursive: true });
});

const describePage = (page: string, body: () => void) =>
  describe.skipIf(enginesAreMissing() || !PAGES.includes(page))(`docs/how-to/${page}.md`, body);

describePage("add-a-page", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({}, join(buildWith("add-a-page"), "dist"));
  });
  afterAll(() => gatehouse.close());

  test("adds a page for signed-in people, in each language, with a link on the home page", async () => {
    const visitor = gatehouse.browser();
    const away = await visitor.open("/app/hello");
    expect([away.status, away.location]).toEqual([303, "/auth/signin?redirectTo=%2Fapp%2Fhello"]);
    const owner = await signUp(gatehouse);
    const page = await owner.open((await owner.open("/app")).link("Say hello"));
    expect([page.status, page.title]).toEqual([200, `Hello · ${brand.name}`]);
    expect(page.text).toContain(`Hello, ${ADA.email}`);
    expect((await owner.open("/app/hello?lang=de")).text).toContain(`Hallo, ${ADA.email}`);
  });

  test("leaves one line for npm run check until the document names the page", () => {
    const directory = copy();
    applyHowTo(directory, "add-a-page", "--exclude", "docs/*");
    expect(findDocumentGaps(directory)).toEqual([
      'docs/security.md, "Access": add `/app/hello` to the row "the owner"',
    ]);
    applyHowTo(directory, "add-a-page", "--include", "docs/*");
    expect(findDocumentGaps(directory)).toEqual([]);
  });
});

describePage("add-a-field", () => {
  const NAME = "Ada Lovelace";
  let directory: string;
  let gatehouse: Gatehouse;
  let required: Gatehouse;
  let former: Gatehouse;
  beforeAll(async () => {
    directory = buildWith("add-a-field");
    const changed: object = await import(join(directory, "src/store/schema.ts"));
    const snapshot = await generateMySQLDrizzleJson({ ...changed });
    // The file that the page leaves out.
    writeFileSync(join(directory, "drizzle/meta/9999_snapshot.json"), JSON.stringify(snapshot));
    const bundle = join(directory, "dist");
    const [started] = await startGatehouses([async () => ({})], bundle, join(directory, "drizzle"));
    if (started === undefined) throw new Error("Nothing was started");
    gatehouse = started;
    const { databaseUrl, redisUrl, redisToken } = gatehouse.standIns;
    const stores = {
      DATABASE_URL: databaseUrl,
      UPSTASH_REDIS_REST_URL: redisUrl,
      UPSTASH_REDIS_REST_TOKEN: redisToken,
    };
    required = await startGatehouse({ ...stores, EMAIL_VERIFICATION: "required" }, bundle);
    former = await startGatehouse(stores);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    for (const each of [former, required, gatehouse]) await each.close();
  });

  const rows = async (sql: string) => (await gatehouse.database.execute(sql)).rows;

  test("stores the name without white space around it, shows it, exports it, and deletes it", async () => {
    const owner = await signUp(gatehouse, { ...ADA.signup, name: `  ${NAME} ` });
    expect(await rows("select name from users")).toEqual([{ name: NAME }]);
    expect((await owner.open("/app/account")).text).toContain(`Name ${NAME}`);
    expect(JSON.parse((await owner.open("/app/account/export")).body).account.name).toBe(NAME);
    const form = await owner.open("/app/account/delete");
    await owner.submit(form, "/app/account/delete", { currentPassword: ADA.password, confirmation: "yes" });
    expect(await rows("select name from users")).toEqual([]);
  });

  test("keeps the name in a refused form, refuses a longer one than fits, and needs none", async () => {
    const browser = gatehouse.browser();
    const form = await browser.open("/auth/signup");
    const refused = await browser.submit(form, "/auth/signup", { ...ADA.signup, password: "", name: NAME });
    expect([refused.status, refused.field("name").getAttribute("value")]).toEqual([422, NAME]);
    const tooLong = await browser.submit(form, "/auth/signup", { ...ADA.signup, name: "a".repeat(101) });
    expect([tooLong.status, tooLong.errorAt("name")]).toEqual([422, "Enter a name of at most 100 characters"]);
    expect(await rows("select name from users")).toEqual([]);
    const owner = await signUp(gatehouse);
    expect(await rows("select name from users")).toEqual([{ name: null }]);
    expect((await owner.open("/app/account")).text).not.toContain("Name");
  });

  test("keeps the name of a sign-up until its email is verified, where that is required", async () => {
    const browser = required.browser();
    const form = await browser.open("/auth/signup");
    const pending = await browser.submit(form, "/auth/signup", { ...ADA.signup, name: NAME });
    const resent = await browser.submit(await browser.follow(pending), "/auth/verify-email/resend");
    const code = codeIn(await required.inbox.newest(ADA.email, 2));
    await browser.submit(await browser.follow(resent), "/auth/verify-email", { code });
    expect(await rows("select email, name from users")).toEqual([{ email: ADA.email, name: NAME }]);
    expect(await rows("select name from pending_signups")).toEqual([]);
  });

  test("lets a Worker without the change run on the new tables, with the same accounts", async () => {
    await signUp(gatehouse, { ...ADA.signup, name: NAME });
    const browser = await signIn(former);
    expect((await browser.open("/app/account")).status).toBe(200);
    await signUp(former, { ...ADA.signup, email: "bob@example.com" });
    expect(await rows("select name from users order by email")).toEqual([{ name: NAME }, { name: null }]);
    expect((await former.fetch(`${former.origin}/healthz`)).status).toBe(200);
    expect((await gatehouse.fetch(`${gatehouse.origin}/healthz`)).status).toBe(200);
  });

  test("has the migration that Drizzle generates, and every line that the documents need", async () => {
    const changed: object = await import(join(directory, "src/store/schema.ts"));
    const [before, after] = [await generateMySQLDrizzleJson(schema), await generateMySQLDrizzleJson({ ...changed })];
    const journal = JSON.parse(readFileSync(join(directory, "drizzle/meta/_journal.json"), "utf8"));
    const migration = readFileSync(join(directory, `drizzle/${journal.entries.at(-1).tag}.sql`), "utf8");
    const statements = migration.split("--> statement-breakpoint").map((statement) => statement.trim());
    expect(statements.toSorted()).toEqual((await generateMySQLMigration(before, after)).toSorted());
    expect([...findDocumentGaps(directory), ...findOutdatedNames(directory)]).toEqual([]);
  });
});

describePage("add-a-language", () => {
  let directory: string;
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    directory = buildWith("add-a-language");
    gatehouse = await startGatehouse({}, join(directory, "dist"));
  });
  afterAll(() => gatehouse.close());

  test("offers French, whose pages have its texts and otherwise the English ones", async () => {
    const browser = gatehouse.browser();
    const front = await browser.open("/");
    const french = await browser.open(`/${front.link("Français")}`);
    expect(french.title).toBe(`Bienvenue · ${brand.name}`);
    const form = await browser.open("/auth/signin");
    expect(form.title).toBe(`Se connecter · ${brand.name}`);
    expect(form.body).toContain('<html lang="fr" dir="ltr">');
    expect(form.link("Forgot your password?")).toBe("/auth/forgot-password");
    const refused = await browser.submit(form, "/auth/signin", { email: "", password: "" });
    expect(refused.errorAt("password")).toBe("Entrez votre mot de passe");
    expect(refused.errorAt("email")).toBe("Enter your email");
  });

  test("is counted as incomplete, and no other language is", async () => {
    const [line = "", ...others] = await describeMissingTexts(directory);
    const [, missing, total] = /^fr: (\d+) of (\d+) missing$/.exec(line) ?? [];
    // Five texts of the front page and four of the sign-in page are translated.
    expect(Number(total) - Number(missing)).toBe(9);
    expect(others).toEqual([]);
  });
});

describePage("own-domain", () => {
  let gatehouse: Gatehouse;
  let settings: ReturnType<typeof unstable_readConfig>;
  beforeAll(async () => {
    const directory = copy();
    applyHowTo(directory, "own-domain");
    settings = unstable_readConfig({ config: join(directory, "wrangler.toml") });
    const { PUBLIC_ORIGIN, MAIL_FROM } = settings.vars as Record<string, string>;
    gatehouse = await startGatehouse({ PUBLIC_ORIGIN: `${PUBLIC_ORIGIN}`, MAIL_FROM: `${MAIL_FROM}` });
  });
  afterAll(() => gatehouse.close());

  test("binds the Worker to the domain and to no other host", () => {
    expect(settings.routes).toEqual([{ pattern: "accounts.example.com", custom_domain: true }]);
    expect(settings.workers_dev).toBe(false);
  });

  test("serves the domain, redirects pages of another host to it, and sends email from it", async () => {
    const elsewhere = await gatehouse.browser("https://gatehouse.name.workers.dev").request("/auth/signin?lang=de", {
      headers: { Accept: "text/html" },
    });
    expect(elsewhere.location).toBe("https://accounts.example.com/auth/signin?lang=de");
    const browser = gatehouse.browser("https://accounts.example.com");
    await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    const mail = await gatehouse.inbox.newest(ADA.email);
    expect(mail.from).toContain("<no-reply@accounts.example.com>");
    expect(mail.text).toContain("https://accounts.example.com/auth/verify-email/");
  });
});

describePage("change-the-look", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({}, join(buildWith("change-the-look"), "dist"));
  });
  afterAll(() => gatehouse.close());

  test("changes the name, the tagline and the shape of the pages", async () => {
    const browser = gatehouse.browser();
    const page = await browser.open("/");
    expect(page.title).toBe("Welcome · Harbor");
    expect(page.text).toContain("One account for every pier");
    expect(page.find("section.arch")).toBeNull();
    expect(page.body).not.toContain(brand.name);
    expect((await browser.open("/?lang=de")).text).toContain("Ein Konto für jeden Steg");
  });

  test("changes the colors and the fonts of the style sheet", async () => {
    const { body } = await gatehouse.browser().open("/assets/styles.css");
    for (const color of ["#1d4f91", "#9cc4ff", "#e8edf3", "#0b1118"]) expect(body).toContain(color);
    expect(body).toContain("--heading: system-ui, sans-serif");
    for (const former of [brand.accent.light.color, brand.ground.light, brand.fonts.heading]) {
      expect(body).not.toContain(former);
    }
  });
});

test("all pages of docs/how-to apply together, and their types are right", () => {
  const directory = copy([...PARTS, ...TYPED_PARTS]);
  for (const page of PAGES) applyHowTo(directory, page);
  for (const project of ["tsconfig.json", "tsconfig.node.json"]) {
    const { stdout } = spawnSync(join(directory, "node_modules/.bin/tsc"), ["-p", project], {
      cwd: directory,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  }
});
