import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import { DEPLOYED_BUNDLE, enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";

describe.skipIf(enginesAreMissing())("/auth/signup", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({}, DEPLOYED_BUNDLE);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const send = async (typed: Readonly<Record<string, string>>) => {
    const browser = gatehouse.browser();
    return browser.submit(await browser.open("/auth/signup"), "/auth/signup", typed);
  };
  const rows = async (table: "users" | "keys") =>
    (await gatehouse.database.execute(`select * from \`${table}\``)).rows as Record<string, unknown>[];
  const stored = async () => ({ users: await rows("users"), keys: await rows("keys") });

  test("GET shows a form that password managers understand", async () => {
    const page = await gatehouse.browser().open("/auth/signup");
    expect(page.status).toBe(200);
    expect(page.title).toBe(`Create an account · ${brand.name}`);
    expect(page.field("email").getAttribute("autocomplete")).toBe("username");
    for (const name of ["password", "passwordConfirmation"]) {
      expect(page.field(name).getAttribute("type")).toBe("password");
      expect(page.field(name).getAttribute("autocomplete")).toBe("new-password");
    }
    expect(page.links()).toEqual(["/auth/signin"]);
  });

  test("POST creates one user and one key, and stores neither password nor session secret", async () => {
    const browser = await signUp(gatehouse, { ...ADA.signup, email: "  Ada@Example.com " });
    const { users, keys } = await stored();
    expect(users).toHaveLength(1);
    const [user] = users;
    expect(user).toMatchObject({ email: ADA.email, email_verified_at: null, session_epoch: 0 });
    expect(Math.abs(Number(user?.["created_at"]) - Date.now())).toBeLessThan(60_000);
    expect(keys).toEqual([
      {
        id: `email:${ADA.email}`,
        user_id: user?.["id"],
        hashed_password: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      },
    ]);

    const cookie = browser.cookies.get("gatehouse") ?? "";
    expect(cookie).toMatch(new RegExp(`^${user?.["id"]}\\.[a-z0-9]{40}$`));
    const names = await gatehouse.redis.keys("*");
    const values = await Promise.all(
      names.map(async (name) => {
        const type = await gatehouse.redis.type(name);
        if (type === "list") return gatehouse.redis.lrange(name, 0, -1);
        if (type === "hash") return gatehouse.redis.hgetall(name);
        return type === "zset" ? gatehouse.redis.zrange(name, 0, -1) : gatehouse.redis.get(name);
      }),
    );
    const everything = JSON.stringify([names, values]);
    expect(names.some((name) => name.startsWith("person:"))).toBe(true);
    expect(everything).not.toContain(cookie.split(".")[1]);
    expect(everything).not.toContain(ADA.password);
    for (const name of names) expect(await gatehouse.redis.ttl(name)).toBeGreaterThan(0);
  });

  test("POST redirects to redirectTo, which is carried from the query through an error", async () => {
    const browser = gatehouse.browser();
    const form = await browser.open("/auth/signup?redirectTo=%2Fapp%3Ftab%3D1");
    expect(form.links()).toEqual(["/auth/signin?redirectTo=%2Fapp%3Ftab%3D1"]);
    const mistake = await browser.submit(form, "/auth/signup", { ...ADA.signup, passwordConfirmation: "other" });
    expect(mistake.status).toBe(422);
    expect((await browser.submit(mistake, "/auth/signup", ADA.signup)).location).toBe("/app?tab=1");
  });

  test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "/.//evil.example"])(
    "POST with redirectTo %s goes to /app",
    async (redirectTo) => {
      const browser = gatehouse.browser();
      const answer = await browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, redirectTo }));
      expect([answer.status, answer.location]).toEqual([303, "/app"]);
    },
  );

  test.each<[Readonly<Record<string, string>>, string, string]>([
    [{ email: "" }, "email", "Enter your email"],
    [{ email: "ada" }, "email", "Enter an email like name@example.com"],
    [{ email: "a@x.example,b@y.example" }, "email", "Enter an email like name@example.com"],
    [{ password: "" }, "password", "Choose a password"],
    [{ password: "short" }, "password", "Choose a password of at least 8 characters"],
    [{ password: "x".repeat(257) }, "password", "Choose a password of at most 256 characters"],
    [{ password: "Sunshine" }, "password", "This password is too common. Choose one that's harder to guess"],
    [
      { email: "lovelace@example.com", password: "lovelace-1843" },
      "password",
      "Choose a password that doesn't contain the part of your email before the @",
    ],
    [{ password: "gatehouse rocks" }, "password", "Choose a password that doesn't contain the name of this service"],
    [{ passwordConfirmation: "something else" }, "passwordConfirmation", "The passwords don't match"],
  ])(
    "POST with %j answers 422 with the error at %s, keeps the email, echoes no password",
    async (typed, field, message) => {
      const values: Record<string, string> = {
        ...ADA.signup,
        passwordConfirmation: typed["password"] ?? ADA.password,
        ...typed,
      };
      const page = await send(values);
      expect(page.status).toBe(422);
      expect(page.setCookies).toEqual([]);
      expect(page.title).toBe(`Error: Create an account · ${brand.name}`);
      expect(page.errorAt(field)).toBe(message);
      expect(page.find('[role="alert"]')?.querySelector(`a[href="#${field}"]`)?.textContent).toBe(message);
      expect(page.field("email").getAttribute("value") ?? "").toBe(values["email"]);
      for (const name of ["password", "passwordConfirmation"])
        expect(page.field(name).getAttribute("value")).toBeUndefined();
      if (ADA.password !== values["password"] || field !== "email") expect(page.body).not.toContain(ADA.password);
      expect(await stored()).toEqual({ users: [], keys: [] });
      expect(gatehouse.standIns.traffic.calls.filter(({ service }) => service === "redis")).toEqual([]);
    },
  );

  test("POST shows all errors at once", async () => {
    const page = await send({ email: "ada", password: "short", passwordConfirmation: "" });
    expect(page.find('[role="alert"]')?.querySelectorAll("li")).toHaveLength(2);
  });

  test("POST echoes what was typed as text, never as markup", async () => {
    const page = await send({ ...ADA.signup, email: '"><script>alert(1)</script>' });
    expect(page.status).toBe(422);
    expect(page.field("email").getAttribute("value")).toBe('"><script>alert(1)</script>');
    expect(page.body).not.toContain("<script>alert");
  });

  test("an email with special characters stays unchanged in SQL, HTML, JSON and messages", async () => {
    const email = "o'neil&lt%27`$|{y}--/*#@example.com";
    const owner = await signUp(gatehouse, { ...ADA.signup, email });
    await signUp(gatehouse);
    expect(await rows("users")).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ email }), expect.objectContaining({ email: ADA.email })]),
    );
    const app = await owner.open("/app");
    expect(app.text).toContain(email);
    expect(app.body).toContain("&amp;lt%27");
    expect(JSON.parse((await owner.open("/auth/session")).body).user.email).toBe(email);
    expect((await gatehouse.inbox.newest(email)).to).toEqual([email]);
    const wrong = await send({ email, password: "x", passwordConfirmation: "' or 1=1 --" });
    expect(wrong.field("email").getAttribute("value")).toBe(email);
    const guess = new URLSearchParams({ email, password: "' or '1'='1" });
    expect((await gatehouse.browser().post("/auth/signin", guess)).status).toBe(401);
    await signIn(gatehouse, { email, password: ADA.password });
  });

  test.each([
    `${"x".repeat(255)}y`,
    "🦊 mit Umlauten äöü",
    "  leading and trailing  ",
    "null\0inside it",
    "100%25 + &amp; \\u0041",
  ])("the password %j signs in again exactly as typed", async (password) => {
    await signUp(gatehouse, { ...ADA.signup, password, passwordConfirmation: password });
    await signIn(gatehouse, { email: ADA.email, password });
    const others = [password.slice(0, -1), `${password} `, password.trim(), password.toUpperCase()];
    const decoded = [password.replaceAll("%25", "%"), password.replaceAll("&amp;", "&")];
    for (const other of [...others, ...decoded].filter((text) => text !== password)) {
      const typed = new URLSearchParams({ email: ADA.email, password: other });
      expect((await gatehouse.browser().post("/auth/signin", typed)).status).toBe(401);
    }
  });

  test("POST for a taken email with another password answers 422 and changes nothing", async () => {
    await signUp(gatehouse);
    const before = await stored();
    const page = await send({ ...ADA.signup, password: "another password", passwordConfirmation: "another password" });
    expect(page.status).toBe(422);
    expect(page.errorAt("email")).toContain("already");
    expect(page.setCookies).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  test("the same form sent twice concurrently creates one user, and both responses sign its owner in", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(ADA.signup)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303));
    const { users, keys } = await stored();
    expect([users.length, keys.length]).toEqual([1, 1]);
  });

  test("concurrent sign-ups for one email create one user with one of their passwords", async () => {
    const passwords = Array.from({ length: 6 }, (_, index) => `rival number ${index}`);
    const answers = await Promise.all(
      passwords.map((password) => send({ ...ADA.signup, password, passwordConfirmation: password })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422, 422, 422, 422, 422]);
    const { users, keys } = await stored();
    expect([users.length, keys.length]).toEqual([1, 1]);
  });

  test("a COMMIT whose response is lost is a 503; the form sent again signs its owner in, with one user", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT", times: 1 });
    const browser = gatehouse.browser();
    const form = await browser.open("/auth/signup");
    const lost = await browser.submit(form, "/auth/signup", ADA.signup);
    expect(lost.status).toBe(503);
    expect(lost.setCookies).toEqual([]);
    const again = await browser.submit(form, "/auth/signup", ADA.signup);
    expect([again.status, again.location]).toEqual([303, "/app"]);
    expect((await browser.follow(again)).text).toContain(ADA.email);
    const { users, keys } = await stored();
    expect([users.length, keys.length]).toEqual([1, 1]);
  });

  test.each(["INSERT", "COMMIT"])(
    "a refused %s leaves neither user nor key; sent again, it succeeds",
    async (operation) => {
      gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation, skip: operation === "INSERT" ? 1 : 0 });
      const browser = gatehouse.browser();
      const form = await browser.open("/auth/signup");
      expect((await browser.submit(form, "/auth/signup", ADA.signup)).status).toBe(503);
      expect(await stored()).toEqual({ users: [], keys: [] });
      gatehouse.standIns.traffic.restore();
      expect((await browser.submit(form, "/auth/signup", ADA.signup)).status).toBe(303);
    },
  );

  test("an account whose session could not be stored exists; signing in reaches it", async () => {
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, service: "redis", skip: 1 });
    const browser = gatehouse.browser();
    const answer = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    expect([answer.status, answer.setCookies.length]).toEqual([503, 0]);
    gatehouse.standIns.traffic.restore();
    await signIn(gatehouse);
  });
});
