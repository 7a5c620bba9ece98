import { generateLuciaPasswordHash } from "lucia/utils";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DEPLOYED_BUNDLE, enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { withoutChallenges } from "../../support/passkey.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";

describe.skipIf(enginesAreMissing())("/auth/signin", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({}, DEPLOYED_BUNDLE);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const send = async (typed: Readonly<Record<string, string>>) => {
    const browser = gatehouse.browser();
    return browser.submit(await browser.open("/auth/signin"), "/auth/signin", typed);
  };

  test("GET shows a form that password managers understand", async () => {
    const page = await gatehouse.browser().open("/auth/signin");
    expect(page.status).toBe(200);
    expect(page.field("email").getAttribute("autocomplete")).toBe("username webauthn");
    expect(page.field("password").getAttribute("autocomplete")).toBe("current-password");
    // Some browsers send checked text to a spelling service, including a revealed password.
    for (const name of ["email", "password"]) expect(page.field(name).getAttribute("spellcheck")).toBe("false");
    expect(page.links()).toEqual(["/auth/forgot-password", "/auth/signup"]);
  });

  test("an unknown email and a wrong password get the same page, except for the typed email", async () => {
    await signUp(gatehouse);
    const wrong = await send({ email: ADA.email, password: "not the password" });
    const unknown = await send({ email: "bob@example.com", password: "not the password" });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.errorAt("password")).toBe("Wrong email or password");
    expect(withoutChallenges(unknown.body.replaceAll("bob@example.com", ADA.email))).toBe(
      withoutChallenges(wrong.body),
    );
    expect([wrong.setCookies, unknown.setCookies]).toEqual([[], []]);
    expect(wrong.body).not.toContain("not the password");
  });

  test("the last attempts are counted down before sign-in is paused, alike for an email with an account and without", async () => {
    await signUp(gatehouse);
    const walk = async (email: string) => {
      const answers: unknown[] = [];
      for (let attempts = 1; attempts <= 11; attempts += 1) {
        const page = await send({ email, password: "not the password" });
        answers.push([page.status, page.errorAt("password")]);
      }
      return answers;
    };
    const wrong = "Wrong email or password";
    const expected = [
      ...Array.from({ length: 7 }, () => [401, wrong]),
      [401, `${wrong}. 2 attempts left before sign-in is paused`],
      [401, `${wrong}. 1 attempt left before sign-in is paused`],
      [401, `${wrong}. Sign-in is paused now. You can reset your password`],
      [429, null],
    ];
    expect(await walk(ADA.email)).toEqual(expected);
    expect(await walk("bob@example.com")).toEqual(expected);
  });

  test("a right password gives its attempt back, so that the count starts from where it was", async () => {
    await signUp(gatehouse);
    for (let attempts = 1; attempts <= 7; attempts += 1) await send({ email: ADA.email, password: "not the password" });
    await signIn(gatehouse);
    await gatehouse.settle();
    const page = await send({ email: ADA.email, password: "not the password" });
    expect(page.errorAt("password")).toBe("Wrong email or password. 2 attempts left before sign-in is paused");
    const german = gatehouse.browser();
    const refused = await german.submit(await german.open("/auth/signin?lang=de"), "/auth/signin", {
      email: ADA.email,
      password: "not the password",
    });
    expect(refused.errorAt("password")).toBe(
      "E-Mail-Adresse oder Passwort falsch. Noch 1 Versuch, dann wird die Anmeldung vorübergehend gesperrt",
    );
  });

  test.each([
    [{ email: "" }, "email", "Enter your email"],
    [{ email: "ada" }, "email", "Enter an email like name@example.com"],
    [{ password: "" }, "password", "Enter your password"],
  ])("POST with %j answers 422 and asks no store", async (typed, field, message) => {
    const page = await send({ ...ADA.signin, ...typed });
    expect(page.status).toBe(422);
    expect(page.errorAt(field)).toBe(message);
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });

  test("the email may be typed in any case and with spaces around it", async () => {
    await signUp(gatehouse);
    await signIn(gatehouse, { ...ADA.signin, email: " ADA@example.COM " });
  });

  test("every sign-in gets a secret of its own", async () => {
    const first = await signUp(gatehouse);
    const second = await signIn(gatehouse);
    expect(second.cookies.get("gatehouse")).not.toBe(first.cookies.get("gatehouse"));
    for (const browser of [first, second]) expect((await browser.open("/app")).status).toBe(200);
  });

  test("a cookie planted before sign-in is not the session's", async () => {
    const browser = await signUp(gatehouse);
    const planted = browser.cookies.get("gatehouse") ?? "";
    await browser.submit(await browser.open("/app"), "/auth/signout");
    browser.cookies.set("gatehouse", planted);
    await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    expect(browser.cookies.get("gatehouse")).not.toBe(planted);
    browser.cookies.set("gatehouse", planted);
    expect((await browser.open("/app")).status).toBe(303);
  });

  test("a hash in Lucia's own format is accepted and replaced", async () => {
    await signUp(gatehouse);
    const hash = async () =>
      (await gatehouse.database.execute("select hashed_password from `keys`")).rows[0]?.["hashed_password"];
    await gatehouse.database.execute("update `keys` set hashed_password = ?", [
      await generateLuciaPasswordHash(ADA.password),
    ]);
    await signIn(gatehouse);
    await expect.poll(hash, { timeout: 5_000 }).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await signIn(gatehouse);
    expect((await send({ email: ADA.email, password: "not the password" })).status).toBe(401);
  });

  test("a wrong password leaves an outdated hash as it is", async () => {
    await signUp(gatehouse);
    const outdated = await generateLuciaPasswordHash(ADA.password);
    await gatehouse.database.execute("update `keys` set hashed_password = ?", [outdated]);
    expect((await send({ email: ADA.email, password: "not the password" })).status).toBe(401);
    const { rows } = await gatehouse.database.execute("select hashed_password from `keys`");
    expect(rows).toEqual([{ hashed_password: outdated }]);
  });

  test("a key without a password and a key without a user are refused", async () => {
    await signUp(gatehouse);
    await gatehouse.database.execute("update `keys` set hashed_password = null");
    expect((await send(ADA.signin)).status).toBe(401);
    await gatehouse.reset();
    await signUp(gatehouse);
    await gatehouse.database.execute("delete from users");
    expect((await send(ADA.signin)).status).toBe(401);
  });

  test("ten concurrent sign-ins, the limit for unknown devices, all succeed with sessions of their own", async () => {
    await signUp(gatehouse);
    const browsers = await Promise.all(Array.from({ length: 10 }, () => signIn(gatehouse)));
    expect(new Set(browsers.map(({ cookies }) => cookies.get("gatehouse"))).size).toBe(10);
    const pages = await Promise.all(browsers.map((browser) => browser.open("/app")));
    expect(pages.every(({ status }) => status === 200)).toBe(true);
  });
});
