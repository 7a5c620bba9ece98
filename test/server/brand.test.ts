import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findForbiddenImports } from "../../dev/rooms.ts";
import { describeMissingTexts } from "../../dev/translations.ts";
import { type Brand, brand, type DrawnMark } from "../../src/brand.ts";
import { translations } from "../../src/i18n/language.ts";
import { buildChangedWorker } from "../support/build-worker.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { startMailService } from "../support/mail-service.ts";
import { ADA } from "../support/people.ts";

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><path fill="#5b2a86" d="M0 0h30v10H0z"/></svg>\n`;
const MARK: DrawnMark = {
  back: { path: "M2 2h20v20H2z", light: "#5b2a87", dark: "#cfb1f1", tab: "rebeccapurple" },
  front: { path: "M8 8h8v8H8z", light: "#8a1c5c", dark: "#f0b1d8", tab: "hotpink" },
};

/** Differs from the brand of src/brand.ts in everything. */
const FERN_AND_FOX: Brand = {
  name: "Fern & Fox",
  tagline: translations({ en: "One account for <every> forest", de: "Ein Konto für jeden Wald" }),
  mark: MARK,
  accent: { light: { color: "#5b2a86", text: "#fefefe" }, dark: { color: "#cfb1f0", text: "#1b0a2b" } },
  ground: { light: "#f3eefa", dark: "#120a1c" },
  shape: "plain",
  fonts: { heading: '"Gill Sans", sans-serif', text: 'Georgia, "Times New Roman", serif' },
  supportEmail: "help@fern.example",
  links: [{ label: translations({ en: "Privacy", de: "Datenschutz" }), href: "https://fern.example/privacy" }],
};

/** Replaces the brand in src/brand.ts, as an operator does. */
function replaceBrand(other: Brand): (text: string) => string {
  return (text) =>
    text.replace(/export const brand: Brand = [\s\S]*/, `export const brand: Brand = ${JSON.stringify(other)};`);
}

/** Replaces the mark by a logo file beside src/brand.ts, as an operator does. */
function importLogo(text: string): string {
  const withPath = replaceBrand({ ...brand, mark: { file: "logo.svg" } })(text);
  return `import logo from "./logo.svg";\n${withPath.replace('"logo.svg"', "logo")}`;
}

describe.skipIf(enginesAreMissing())("a Worker with another brand", () => {
  let directory: string;
  let gatehouse: Gatehouse;
  const start = (variables: Readonly<Record<string, string>>) => startGatehouse(variables, join(directory, "dist"));
  beforeAll(async () => {
    directory = buildChangedWorker({ "src/brand.ts": replaceBrand(FERN_AND_FOX) });
    gatehouse = await start({ MAIL_FROM: "accounts@fern.example" });
  });
  afterAll(async () => {
    await gatehouse.close();
    rmSync(directory, { recursive: true });
  });

  test("has its name, mark, help email and links on every page", async () => {
    const { body } = await gatehouse.browser().open("/auth/signin");
    expect(body).toContain("<title>Sign in &middot; Fern &amp; Fox</title>");
    expect(body).toContain(`<path d="${MARK.back.path}"></path><path d="${MARK.front.path}"></path>`);
    expect(body).toContain(encodeURI(`<path fill='rebeccapurple' d='${MARK.back.path}'/>`));
    expect(body).toContain(encodeURI(`<path fill='hotpink' d='${MARK.front.path}'/>`));
    expect(body).toContain('<a href="mailto:help@fern.example">Help</a>');
    expect(body).toContain('<a href="https://fern.example/privacy">Privacy</a>');
    expect(body).not.toContain(brand.name);
  });

  test("has its colors and fonts in the style sheet, and none of the defaults", async () => {
    const { body: style } = await gatehouse.browser().open("/assets/styles.css");
    const [, light = "", dark = ""] = /:root\{(.*?)\}.*?:root\{(.*?)\}/s.exec(style) ?? [];
    const named = {
      key: "#5b2a86",
      "on-key": "#fefefe",
      page: "#f3eefa",
      "mark-back": "#5b2a87",
      "mark-front": "#8a1c5c",
    };
    for (const [name, color] of Object.entries(named)) expect(light).toContain(`--${name}: ${color}`);
    const darkOnes = {
      key: "#cfb1f0",
      "on-key": "#1b0a2b",
      page: "#120a1c",
      "mark-back": "#cfb1f1",
      "mark-front": "#f0b1d8",
    };
    for (const [name, color] of Object.entries(darkOnes)) expect(dark).toContain(`--${name}: ${color}`);
    expect(light).toContain('--font: Georgia, "Times New Roman", serif;');
    expect(light).toContain('--heading: "Gill Sans", sans-serif');
    const { accent, ground, fonts } = brand;
    for (const original of [accent.light.color, accent.dark.color, ...Object.values(ground), ...Object.values(fonts)])
      expect(style).not.toContain(original);
    expect(style).not.toContain("brand-");
  });

  test("has no arch if its shape is plain", async () => {
    const { body } = await gatehouse.browser().open("/auth/signin");
    expect(body).toContain('<section class="panel"><h1>');
  });

  test("has its tagline on the front page and on no other, in the language of the page", async () => {
    const browser = gatehouse.browser();
    expect((await browser.open("/")).body).toContain('<p class="tagline">One account for &lt;every> forest</p>');
    expect((await browser.open("/?lang=de")).body).toContain('<p class="tagline">Ein Konto für jeden Wald</p>');
    for (const path of ["/auth/signin", "/auth/signup", "/nowhere"])
      expect((await browser.request(path)).body).not.toContain("Ein Konto für jeden Wald");
  });

  test("has translated labels, and a content security policy that allows its style", async () => {
    const { body, headers } = await gatehouse.browser().open("/auth/signin?lang=de");
    expect(body).toContain(">Datenschutz</a>");
    expect(body).toContain(">Hilfe</a>");
    const { body: style } = await gatehouse.browser().open("/assets/styles.css");
    const hash = createHash("sha256").update(style).digest("base64");
    expect(headers.get("Content-Security-Policy")).toContain(`style-src 'self' 'sha256-${hash}';`);
  });

  test("names itself and its support email in messages, and refuses a password that contains its name", async () => {
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
    expect(mail.from).toBe('"Fern & Fox" <accounts@fern.example>');
    expect(mail.subject).toMatch(/^\d{8} is your Fern & Fox code$/);
    expect(mail.text).toMatch(/-- \nFern & Fox\nhelp@fern\.example\n$/);
    expect(mail.html).toContain("Fern &amp; Fox · help@fern.example");
    expect(mail.html).toContain("font:16px/1.5 Georgia, &quot;Times New Roman&quot;, serif;");
    expect(mail.html).toContain("font:20px &quot;Gill Sans&quot;, sans-serif;");
    expect(mail.html).toContain("background:#f3eefa;");
    expect(mail.html).toContain("body{background:#120a1c!important");
  });

  test("names its support email in messages that offer nothing else to do", async () => {
    await gatehouse.reset();
    const browser = gatehouse.browser();
    await browser.post("/auth/signup", new URLSearchParams(ADA.signup));
    await gatehouse.inbox.newest(ADA.email);
    const deletion = { currentPassword: ADA.password, confirmation: "yes" };
    const path = "/app/account/delete";
    expect((await browser.submit(await browser.open(path), path, deletion)).status).toBe(303);
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect(mail.subject).toBe("Your Fern & Fox account was deleted");
    for (const body of [mail.text, mail.html]) expect(body).toContain("Questions? Write to help@fern.example.");
  });

  test("sends with its name through Resend, too, unless MAIL_FROM has a name", async () => {
    const service = await startMailService();
    try {
      for (const MAIL_FROM of ["accounts@fern.example", "Accounts <accounts@fern.example>"]) {
        const other = await start({ ...service.variables, MAIL_FROM });
        const sent = service.requests.length;
        await other.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
        await expect.poll(() => service.requests.length).toBe(sent + 1);
        await other.close();
      }
      expect(service.requests.map(({ body }) => body["from"])).toEqual([
        "Fern & Fox <accounts@fern.example>",
        "Accounts <accounts@fern.example>",
      ]);
    } finally {
      service.close();
    }
  });
});

describe.skipIf(enginesAreMissing())("a Worker with a logo file", () => {
  let directory: string;
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    directory = buildChangedWorker({ "src/brand.ts": importLogo, "src/logo.svg": () => SVG });
    gatehouse = await startGatehouse({}, join(directory, "dist"));
  });
  afterAll(async () => {
    await gatehouse.close();
    rmSync(directory, { recursive: true });
  });

  test("shows it beside the name and in the tab, and allows it in the content security policy", async () => {
    const { body, headers } = await gatehouse.browser().open("/auth/signin");
    const [, icon = ""] = /<link rel="icon" href="([^"]*)">/.exec(body) ?? [];
    expect(await (await fetch(icon)).text()).toBe(SVG);
    expect((await fetch(icon)).headers.get("Content-Type")).toBe("image/svg+xml");
    expect(body).toContain(`<a href="/"><img src="${icon}" alt="">${brand.name}</a>`);
    expect(body).not.toContain("<svg");
    expect(headers.get("Content-Security-Policy")).toContain("img-src data:");
  });

  test("passes the checks that read src/brand.ts without wrangler", async () => {
    expect(findForbiddenImports(directory)).toEqual([]);
    expect(await describeMissingTexts(directory)).toEqual([]);
  });
});
