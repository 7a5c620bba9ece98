import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findDocumentGaps, findOutdatedNames } from "../../dev/document-gaps.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SNAPSHOT = readdirSync(join(ROOT, "drizzle/meta")).toSorted().at(-2) ?? "";

/** Copies what the check reads, and replaces a text in one file. Returns the lines that are reported because of that. */
function reportedAfter(file: string, from: string, to: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-documents-"));
  try {
    for (const part of ["src", "docs", "drizzle"]) {
      cpSync(join(ROOT, part), join(directory, part), { recursive: true });
    }
    const before = readFileSync(join(directory, file), "utf8");
    expect(before).toContain(from);
    writeFileSync(join(directory, file), before.replace(from, to));
    // Gaps of the repository itself are reported by `npm run check`, and fail no test.
    const known = [...findDocumentGaps(ROOT), ...findOutdatedNames(ROOT)];
    return [...findDocumentGaps(directory), ...findOutdatedNames(directory)].filter((line) => !known.includes(line));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the documents name no route, form, column or log event that does not exist", () => {
  expect(findOutdatedNames(ROOT)).toEqual([]);
});

test.each([
  {
    what: "a page",
    file: "src/routes.ts",
    from: '  get("/healthz"',
    to: '  get("/app/unlisted", signedIn(showApp)),\n  get("/healthz"',
    lines: ['docs/security.md, "Access": add `/app/unlisted` to the row "the owner"'],
  },
  {
    what: "a form",
    file: "src/routes.ts",
    from: '  get("/healthz"',
    to: '  post(\n    "/auth/unlisted",\n    rateLimited(submitSignup),\n  ),\n  get("/healthz"',
    lines: [
      'docs/security.md, "Access": add `/auth/unlisted` to the row "anyone"',
      'docs/security.md, "Access": add `POST /auth/unlisted` to the table of forms',
    ],
  },
  {
    what: "a page with a guard of its own",
    file: "src/routes.ts",
    from: '  get("/healthz"',
    to: '  get("/unlisted", administrator(showApp)),\n  get("/healthz"',
    lines: ['docs/security.md, "Access": add `/unlisted` to a row, and its guard to dev/document-gaps.ts'],
  },
  {
    what: "a field",
    file: "src/flows/signup/form.ts",
    from: "readEmail(fields);",
    to: 'readEmail(fields);\n  const unlisted = fields.text("unlisted");',
    lines: [
      'docs/security.md, "Access": add `unlisted` to the fields of its form',
      'docs/security.md, "Input rules": add `unlisted` with its rule',
    ],
  },
  {
    what: "a query",
    file: "src/request/read-locale.ts",
    from: "url.searchParams.get(QUERY)",
    to: 'url.searchParams.get("unlisted")',
    lines: ['docs/security.md, "Input rules": add `?unlisted=` with its rule'],
  },
  {
    what: "a column",
    file: `drizzle/meta/${SNAPSHOT}`,
    from: '"name": "email_verified_at"',
    to: '"name": "unlisted"',
    lines: [
      'docs/security.md, "Stored data": add `users.unlisted` to its class',
      "docs/export.md: add `users.unlisted`, as exported or left out",
      'docs/security.md, "Stored data": `users.email_verified_at` does not exist there',
      "docs/export.md: `users.email_verified_at` does not exist there",
    ],
  },
  {
    what: "a log event",
    file: "src/flows/account/export/handlers.ts",
    from: 'context.log("exported", { userId });',
    to: 'context.log("exported", { userId });\n  context.log("unlisted", { userId });',
    lines: ["docs/logs.md: add `unlisted` to the table of events"],
  },
])("$what that no document names is reported in one line", ({ file, from, to, lines }) => {
  expect(reportedAfter(file, from, to)).toEqual(lines);
});
