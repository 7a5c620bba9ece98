import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import { buildChangedWorker } from "../support/build-worker.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";

const MARK = "M2 2h20v20H2z";

/** Replaces the brand in src/brand.ts, as an operator does. */
function rebrand(text: string): string {
  return text
    .replace(`name: "${brand.name}"`, 'name: "Fern & Fox"')
    .replace(brand.mark.shape, MARK)
    .replace(brand.accent.light.color, "#5b2a86")
    .replace(brand.accent.dark.color, "#cfb1f0")
    .replace(/supportEmail: (?:null|"[^"]*"),/, 'supportEmail: "help@fern.example",')
    .replace(
      /links: \[[\s\S]*\],\n\};/,
      'links: [{ label: { en: "Privacy", de: "Datenschutz" }, href: "https://fern.example/privacy" }],\n};',
    );
}

let directory: string;
let gatehouse: Gatehouse;
beforeAll(async () => {
  directory = buildChangedWorker({ "src/brand.ts": rebrand });
  gatehouse = await startGatehouse({}, join(directory, "dist"));
});
afterAll(async () => {
  await gatehouse.close();
  rmSync(directory, { recursive: true });
});

test("every page has the operator's name, mark, colors, help email and links, and none of the defaults", async () => {
  const { body } = await gatehouse.browser().open("/auth/signin");
  expect(body).toContain("<title>Sign in &middot; Fern &amp; Fox</title>");
  expect(body).toContain(`<path d="${MARK}"`);
  expect(body).toContain(encodeURIComponent(MARK));
  expect(body).toContain("--key: #5b2a86");
  expect(body).toContain("--key: #cfb1f0");
  expect(body).toContain('<a href="mailto:help@fern.example">Help</a>');
  expect(body).toContain('<a href="https://fern.example/privacy">Privacy</a>');
  for (const original of [brand.name, brand.accent.light.color, brand.accent.dark.color])
    expect(body).not.toContain(original);
});

test("the labels are translated, and the content security policy allows the style of the page", async () => {
  const { body, headers } = await gatehouse.browser().open("/auth/signin?lang=de");
  expect(body).toContain(">Datenschutz</a>");
  expect(body).toContain(">Hilfe</a>");
  const [, style = ""] = /<style>([^<]*)<\/style>/.exec(body) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(headers.get("Content-Security-Policy")).toContain(`style-src 'sha256-${hash}' `);
});

test("messages name the service and its support email, and a password that contains the name is refused", async () => {
  const browser = gatehouse.browser();
  const form = await browser.open("/auth/signup");
  const password = "my fern & fox words";
  const refused = await browser.submit(form, "/auth/signup", {
    ...ADA.signup,
    password,
    passwordConfirmation: password,
  });
  expect(refused.errorAt("password")).toContain("the name of this service");
  await browser.submit(form, "/auth/signup", ADA.signup);
  const mail = await gatehouse.inbox.newest(ADA.email);
  expect(mail.subject).toMatch(/^\d{8} is your Fern & Fox code$/);
  expect(mail.text).toMatch(/-- \nFern & Fox\nhelp@fern\.example\n$/);
  expect(mail.html).toContain("Fern &amp; Fox · help@fern.example");
});
