import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

const GERMAN = { "Accept-Language": "de-AT,de;q=0.9,en;q=0.5" };
const COOKIE = "gatehouse-lang";

describe.skipIf(enginesAreMissing())("the language of a page", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const get = (path: string, headers: Readonly<Record<string, string>> = {}, browser = gatehouse.browser()) =>
    browser.request(path, { headers: { "Sec-Fetch-Site": "none", ...headers } });

  test("is the supported one that the browser prefers, and is declared for screen readers", async () => {
    const page = await get("/auth/signin", GERMAN);
    expect(page.title).toBe(`Anmelden · ${brand.name}`);
    expect(page.body).toContain('<html lang="de" dir="ltr">');
    expect(page.headers.get("Content-Language")).toBe("de");
    expect(page.setCookies).toEqual([]);
  });

  test.each([[{}], [{ "Accept-Language": "fr" }], [{ "Accept-Language": "de;q=0" }]])(
    "is English for %o",
    async (headers) => {
      const page = await get("/auth/signin", headers);
      expect(page.title).toBe(`Sign in · ${brand.name}`);
      expect(page.body).toContain('<html lang="en" dir="ltr">');
      expect(page.headers.get("Content-Language")).toBe("en");
    },
  );

  test("is set by ?lang= for this page and later ones, regardless of the browser's preference", async () => {
    const browser = gatehouse.browser();
    const page = await get("/auth/signin?lang=de", { "Accept-Language": "en" }, browser);
    expect(page.title).toBe(`Anmelden · ${brand.name}`);
    expect(page.setCookies).toEqual([
      expect.stringMatching(/^gatehouse-lang=de; Expires=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect((await get("/auth/signup", { "Accept-Language": "en" }, browser)).title).toBe(
      `Konto erstellen · ${brand.name}`,
    );
    const again = await get("/auth/signin?lang=de", {}, browser);
    expect(again.setCookies).toEqual([]);
    expect((await get("/?lang=en", GERMAN, browser)).title).toBe(`Welcome · ${brand.name}`);
    expect((await get("/", GERMAN, browser)).title).toBe(`Welcome · ${brand.name}`);
  });

  test("is stored in a __Host- cookie over https", async () => {
    const browser = gatehouse.browser("https://gatehouse.test");
    const [line = ""] = (await browser.open("/?lang=de")).setCookies;
    expect(line).toMatch(/^__Host-gatehouse-lang=de; .*Secure$/);
  });

  test.each(["fr", "", "deu", "de%00", "__proto__", "de&lang=xx"])(
    "is set by ?lang=%s only if its first value is supported",
    async (lang) => {
      const page = await get(`/auth/signin?lang=${lang}`);
      const isSupported = lang === "de&lang=xx";
      expect(page.title).toBe(isSupported ? `Anmelden · ${brand.name}` : `Sign in · ${brand.name}`);
      expect(page.setCookies.length).toBe(isSupported ? 1 : 0);
    },
  );

  test.each(["fr", "constructor", "de de", '"de"'])("is not set by a cookie with the value %j", async (value) => {
    const page = await get("/auth/signin", { ...GERMAN, Cookie: `${COOKIE}=${value}` });
    expect(page.title).toBe(`Anmelden · ${brand.name}`);
  });

  test("can be switched by a link on the page, which keeps the return path", async () => {
    const browser = gatehouse.browser();
    const page = await browser.open("/auth/signin?redirectTo=%2Fapp%2Faccount&from=mail");
    const link = page.link("Deutsch");
    expect(link).toBe("?redirectTo=%2Fapp%2Faccount&from=mail&lang=de");
    const german = await browser.open(`/auth/signin${link}`);
    expect(german.title).toBe(`Anmelden · ${brand.name}`);
    expect(german.text).toContain("Passwort vergessen?");
    expect(german.field("redirectTo").getAttribute("value")).toBe("/app/account");
    expect(german.link("English")).toBe("?redirectTo=%2Fapp%2Faccount&from=mail&lang=en");
  });

  test("stays the same after a form", async () => {
    const browser = gatehouse.browser();
    const form = await browser.open("/auth/signup?lang=de");
    const refused = await browser.submit(form, "/auth/signup", { email: "ada@", password: "kurz" });
    expect(refused.status).toBe(422);
    expect(refused.title).toBe(`Fehler: Konto erstellen · ${brand.name}`);
    expect(refused.errorAt("email")).toBe("Geben Sie eine E-Mail-Adresse wie name@example.com ein");
    expect(refused.errorAt("password")).toBe("Wählen Sie ein Passwort mit mindestens 8 Zeichen");
  });

  test("can be switched on the page after a form, by a link to the form with its return path", async () => {
    const browser = gatehouse.browser();
    const form = await browser.open("/auth/signin?redirectTo=%2Fapp%2Faccount%3Fa%3D1");
    const refused = await browser.submit(form, "/auth/signin", { email: ADA.email, password: "wrong password" });
    expect(refused.status).toBe(401);
    const link = refused.link("Deutsch");
    expect(link).toBe("?lang=de&redirectTo=%2Fapp%2Faccount%3Fa%3D1");
    const german = await browser.open(new URL(link, refused.url).href);
    expect([german.status, german.title]).toEqual([200, `Anmelden · ${brand.name}`]);
    expect(german.field("redirectTo").getAttribute("value")).toBe("/app/account?a=1");

    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
    const down = await browser.submit(german, "/auth/signin", ADA.signin);
    expect([down.status, down.link("English")]).toEqual([503, "?lang=en&redirectTo=%2Fapp%2Faccount%3Fa%3D1"]);
    gatehouse.standIns.traffic.restore();
  });

  test.each(["/auth/verify-email/resend", "/app/account/password", "/app/account/sessions/revoke"])(
    "can be switched on the page after the form %s",
    async (path) => {
      const browser = await signUp(gatehouse);
      let page = await browser.post(path, new URLSearchParams({ session: "a" }));
      for (let count = 0; count < 5 && page.status === 303; count += 1) page = await browser.post(path, "");
      expect(page.status).toBeGreaterThanOrEqual(400);
      const target = await browser.open(new URL(page.link("Deutsch"), page.url).href);
      const german = target.status === 303 ? await browser.follow(target) : target;
      expect([german.status, german.find("html")?.getAttribute("lang")]).toEqual([200, "de"]);
    },
  );

  test.each(["/auth/signout", "/nowhere", "/"])(
    "cannot be switched on the page after a form to %s, which no page of ours sends or has no page",
    async (path) => {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
      const browser = gatehouse.browser();
      browser.cookies.set("gatehouse", `${"a".repeat(15)}.${"b".repeat(40)}`);
      const page = await browser.post(path, new URLSearchParams());
      gatehouse.standIns.traffic.restore();
      expect([page.status >= 400, page.body.includes("?lang=")]).toEqual([true, false]);
    },
  );

  test("is also stored by a redirect, which leaves ?lang= out of the return path", async () => {
    const browser = gatehouse.browser();
    const response = await browser.open("/app?lang=de");
    expect([response.status, response.location]).toEqual([303, "/auth/signin?redirectTo=%2Fapp"]);
    const paged = await browser.open("/app/account/activity?lang=de&before=1.a");
    expect(paged.location).toBe("/auth/signin?redirectTo=%2Fapp%2Faccount%2Factivity%3Fbefore%3D1.a");
    expect((await browser.follow(response)).title).toBe(`Anmelden · ${brand.name}`);
  });

  test.each(["/nowhere?lang=en", "/auth/signout?lang=en"])("is also stored by an error page: %s", async (path) => {
    const browser = gatehouse.browser();
    const page = await get(path, GERMAN, browser);
    expect(page.status).toBeGreaterThanOrEqual(404);
    expect(browser.cookies.get(COOKIE)).toBe("en");
    expect((await get("/", GERMAN, browser)).title).toContain("Welcome");
  });

  test.each(["/healthz?lang=de", "/auth/session?lang=de", "/assets/enhance.js?lang=de"])(
    "is not stored by a response other than a page: %s",
    async (path) => {
      const response = await get(path);
      expect([response.status, response.setCookies, response.headers.get("Content-Language")]).toEqual([200, [], null]);
    },
  );

  test("keeps E-Mail-Adresse together in headings", async () => {
    const browser = await signUp(gatehouse);
    await browser.open("/?lang=de");
    for (const path of ["/auth/verify-email", "/app/account/email"]) {
      const heading = (await browser.open(path)).find("h1");
      expect([path, heading?.rawText]).not.toEqual([path, expect.stringContaining("E-Mail")]);
    }
    expect((await browser.open("/app/account/email")).find("h1")?.rawText).toBe("E&#8209;Mail&#8209;Adresse ändern");
    expect((await browser.open("/app/account/email")).title).toContain("E-Mail-Adresse ändern");
  });

  test("applies to error pages and the times on them", async () => {
    expect((await get("/nowhere", GERMAN)).title).toBe(`Seite nicht gefunden · ${brand.name}`);
    expect((await get("/auth/signout", GERMAN)).text).toContain(
      "Mit der Schaltfläche melden Sie sich auf diesem Gerät ab",
    );
    const browser = gatehouse.browser();
    await browser.open("/?lang=de");
    const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
    for (let attempts = 0; attempts < 10; attempts += 1) await browser.post("/auth/signin", wrong);
    const limited = await browser.post("/auth/signin", wrong);
    expect(limited.status).toBe(429);
    expect(limited.text).toMatch(/^Anmelden Zu viele Versuche .* ist die Anmeldung noch 1[45] Minuten gesperrt\./);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" } });
    const down = await browser.post("/auth/signin", wrong);
    expect(down.status).toBe(503);
    expect(down.text).toContain("Es wurde nichts geändert");
  });

  test("applies to the text and the HTML of the messages that the page sends", async () => {
    const browser = gatehouse.browser();
    await browser.submit(await browser.open("/auth/signup?lang=de"), "/auth/signup", ADA.signup);
    const mail = await gatehouse.inbox.newest(ADA.email);
    expect(mail.subject).toMatch(/^\d{8} ist Ihr Code für /);
    expect(mail.text).toContain("Der Code gilt 10 Minuten");
    expect(mail.html).toContain('<html lang="de" dir="ltr">');
    expect(mail.html).toContain("Der Code gilt 10 Minuten");
  });

  test("applies to dates and to the names of devices", async () => {
    const browser = await signUp(gatehouse);
    await browser.open("/?lang=de");
    const today = new Intl.DateTimeFormat("de-DE", { dateStyle: "long", timeZone: "UTC" });
    expect((await browser.open("/app/account")).text).toContain(`Konto erstellt am ${today.format(Date.now())}`);
    const devices = (await browser.open("/app/account/sessions")).text;
    expect(devices).toMatch(/Angemeldet: \d{1,2}\. \p{L}+ \d{4} um \d{2}:\d{2} UTC/u);
    expect(devices).toContain("Unbekanntes Gerät");
  });

  test("is chosen without a call to a store", async () => {
    gatehouse.standIns.traffic.clear();
    await get("/auth/signin?lang=de");
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });
});
