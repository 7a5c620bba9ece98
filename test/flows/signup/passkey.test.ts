import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser, Page } from "../../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { Authenticator, addPasskey, passkeyOptions, signInWithPasskey } from "../../support/passkey.ts";
import { ADA, signUp } from "../../support/people.ts";
import { ageProofs } from "../../support/stored.ts";

const BUTTON = "Sign up with a passkey instead";
const NEW = "/app/account/passkeys/new";
const PASSKEYS = "/app/account/passkeys";

const sessionOf = async (browser: Browser) => JSON.parse((await browser.open("/auth/session")).body);

async function apply(gatehouse: Gatehouse, email: string = ADA.email, query = ""): Promise<[Browser, Page]> {
  const browser = gatehouse.browser();
  const answer = await browser.press(await browser.open(`/auth/signup${query}`), BUTTON, { email });
  return [browser, answer];
}

async function createPasskey(browser: Browser, page: Page): Promise<[Authenticator, Page]> {
  const authenticator = new Authenticator();
  const credential = authenticator.create(passkeyOptions(page, PASSKEYS));
  return [authenticator, await browser.submit(page, PASSKEYS, { credential })];
}

describe("a sign-up with a passkey", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const keys = async () =>
    (await gatehouse.database.execute<{ id: string; hashed_password: string | null }>("select * from `keys`")).rows;

  test("takes an email alone, creates a passkey, and goes on to where it began", async () => {
    const [browser, answer] = await apply(gatehouse, ADA.email, "?redirectTo=%2Fapp%2Faccount%2Fdata");
    expect([answer.status, answer.location]).toEqual([303, `${NEW}?redirectTo=%2Fapp%2Faccount%2Fdata`]);
    const page = await browser.follow(answer);
    expect(page.text).toContain("Your account is ready. Create a passkey now");
    expect(page.link("Choose a password instead")).toBe("/app/account/password");
    const [authenticator, added] = await createPasskey(browser, page);
    expect([added.status, added.location]).toEqual([303, "/app/account/data"]);
    expect((await sessionOf(browser)).session.authentication).toMatchObject({ factors: ["passkey"], level: 2 });
    expect((await keys()).filter((key) => key.hashed_password !== null)).toEqual([]);

    const other = gatehouse.browser();
    expect((await signInWithPasskey(other, authenticator)).location).toBe("/app");
    expect((await sessionOf(other)).user).toMatchObject({ email: ADA.email, emailVerified: false });
    await gatehouse.inbox.newest(ADA.email);
    const methods = await other.open("/app/account/sign-in");
    expect(methods.text).toContain("No password");
    expect((await other.open("/app/account/security")).link("Choose or change: Password")).toBe(
      "/app/account/password",
    );
  });

  test("leaves the mailed code valid after the passkey was created", async () => {
    const [browser, answer] = await apply(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await createPasskey(browser, await browser.follow(answer));
    const page = await browser.open("/auth/verify-email");
    const verified = await browser.submit(page, "/auth/verify-email", { code });
    expect([verified.status, (await sessionOf(browser)).user.emailVerified]).toEqual([303, true]);
  });

  test("starts a session in which nothing is proved, without a password that opens it", async () => {
    const [browser] = await apply(gatehouse);
    expect((await sessionOf(browser)).session.authentication).toMatchObject({ factors: [], level: 1 });
    for (const password of ["", "x", ADA.password]) {
      const stranger = gatehouse.browser();
      const answer = await stranger.submit(await stranger.open("/auth/signin"), "/auth/signin", {
        email: ADA.email,
        password,
      });
      expect([password, answer.status]).toEqual([password, password === "" ? 422 : 401]);
    }
  });

  test("says what is wrong with the email, and that it is taken", async () => {
    const [, malformed] = await apply(gatehouse, "ada@");
    expect([malformed.status, malformed.errorAt("password")]).toEqual([422, null]);
    expect(malformed.errorAt("email")).not.toBeNull();
    await signUp(gatehouse);
    const [browser, taken] = await apply(gatehouse);
    expect([taken.status, taken.errorAt("email")]).toEqual([
      422,
      "There's already an account with this email. Sign in, or use another email",
    ]);
    expect(await sessionOf(browser)).toBeNull();
  });

  test("can choose a password instead, without being asked for one that never was", async () => {
    const [browser, answer] = await apply(gatehouse);
    const page = await browser.follow(answer);
    const form = await browser.open(page.link("Choose a password instead"));
    expect([form.texts("h1"), form.hasField("currentPassword")]).toEqual([["Choose a password"], false]);
    const { password, signup } = ADA;
    const chosen = await browser.submit(form, "/app/account/password", {
      password,
      passwordConfirmation: signup.passwordConfirmation,
    });
    expect(chosen.status).toBe(303);
    const other = gatehouse.browser();
    expect((await other.submit(await other.open("/auth/signin"), "/auth/signin", ADA.signin)).location).toBe("/app");
    // From now on there is something to ask for.
    await ageProofs(gatehouse, other);
    expect((await other.open("/app/account/password")).hasField("currentPassword")).toBe(true);
  });

  describe("that was given up", () => {
    let browser: Browser;
    beforeEach(async () => {
      [browser] = await apply(gatehouse);
      await gatehouse.inbox.newest(ADA.email);
      await gatehouse.settle();
      await gatehouse.inbox.empty();
      await ageProofs(gatehouse, browser);
    });

    const askForCode = async (page: Page, button = "Email me a code"): Promise<[Page, string]> => {
      const sent = await browser.press(page, button);
      expect(sent.status).toBe(303);
      return [await browser.follow(sent), codeIn(await gatehouse.inbox.newest(ADA.email))];
    };

    test("asks for a mailed code after ten minutes, then creates the passkey", async () => {
      const led = await browser.open(NEW);
      expect([led.status, led.location]).toEqual([303, `/app/account/confirm?redirectTo=${encodeURIComponent(NEW)}`]);
      const [page, code] = await askForCode(await browser.follow(led));
      expect(page.text).toContain("We sent an 8-digit code to ada@example.com");
      const secret = browser.cookies.get("gatehouse");
      const confirmed = await browser.submit(page, "/app/account/confirm", { mailedCode: code });
      expect([confirmed.status, confirmed.location]).toEqual([303, NEW]);
      expect(browser.cookies.get("gatehouse")).not.toBe(secret);
      expect((await createPasskey(browser, await browser.follow(confirmed)))[1].status).toBe(303);
    });

    test("confirms every action on its own page with a mailed code", async () => {
      const [page, code] = await askForCode(await browser.open("/app/account/delete"));
      expect(page.url).toContain("/app/account/delete");
      const typed = { mailedCode: code, confirmation: "yes" };
      expect((await browser.submit(page, "/app/account/delete", typed)).location).toBe("/");
      expect((await gatehouse.database.execute("select * from users")).rows).toEqual([]);
    });

    test("refuses a code that is wrong, used, of another browser or malformed, in words", async () => {
      const [page, code] = await askForCode(await browser.open("/app/account/confirm"));
      const enter = (mailedCode: string, by = browser) => by.submit(page, "/app/account/confirm", { mailedCode });
      for (const [typed, status, error] of [
        ["", 422, "Enter the code from our email"],
        ["1234567", 422, "Enter all 8 digits"],
        [
          `${(Number(code[0]) + 1) % 10}${code.slice(1)}`,
          401,
          "That code is wrong. Check our latest email, or get a new code",
        ],
      ] as const) {
        const answer = await enter(typed);
        expect([answer.status, answer.errorAt("mailedCode")]).toEqual([status, error]);
      }
      const other = gatehouse.browser();
      other.cookies.set("gatehouse", browser.cookies.get("gatehouse") ?? "");
      const elsewhere = await enter(code, other);
      expect([elsewhere.status, elsewhere.text.includes("This code no longer works. Get a new one")]).toEqual([
        401,
        true,
      ]);
      const secret = browser.cookies.get("gatehouse-confirm") ?? "";
      expect((await enter(code)).status).toBe(303);
      await ageProofs(gatehouse, browser);
      browser.cookies.set("gatehouse-confirm", secret);
      expect((await enter(code)).status).toBe(401);
    });

    test("stops after five wrong codes", async () => {
      const [page, code] = await askForCode(await browser.open("/app/account/confirm"));
      const wrong = `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;
      for (let count = 0; count < 5; count += 1) {
        await browser.submit(page, "/app/account/confirm", { mailedCode: wrong });
      }
      const stopped = await browser.submit(page, "/app/account/confirm", { mailedCode: code });
      expect([stopped.status, stopped.errorAt("mailedCode")]).toEqual([401, "Too many wrong codes. Get a new one"]);
    });

    test("sends three codes at most, and says so", async () => {
      const page = await browser.open("/app/account/confirm");
      for (let count = 0; count < 3; count += 1)
        expect((await browser.press(page, "Email me a code")).status).toBe(303);
      const refused = await browser.press(page, "Email me a code");
      expect(refused.status).toBe(429);
      expect(refused.text).toContain("emails");
    });
  });

  test("confirms no other account with its mailed code", async () => {
    const [[ada], [eve]] = [await apply(gatehouse), await apply(gatehouse, "eve@example.com")];
    await gatehouse.inbox.newest(ADA.email);
    for (const guest of [ada, eve]) await ageProofs(gatehouse, guest);
    await ada.press(await ada.open("/app/account/confirm"), "Email me a code");
    const mailedCode = codeIn(await gatehouse.inbox.newest(ADA.email, 2));
    eve.cookies.set("gatehouse-confirm", ada.cookies.get("gatehouse-confirm") ?? "");
    const page = await eve.open("/app/account/confirm");
    expect((await eve.submit(page, "/app/account/confirm", { mailedCode })).status).toBe(401);
  });

  test("cannot set up an app before its first passkey or password, because an app is no way in", async () => {
    const [browser] = await apply(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await browser.submit(await browser.open("/auth/verify-email"), "/auth/verify-email", { code });
    await browser.submit(await browser.open("/app/account/recovery-codes"), "/app/account/recovery-codes", {
      saved: "yes",
    });
    const answer = await browser.open("/app/account/authenticator");
    expect([answer.status, answer.location]).toEqual([303, NEW]);
  });

  test("gives no mailed code to an account with a factor, and takes none from it", async () => {
    const owner = await signUp(gatehouse);
    await gatehouse.inbox.empty();
    await ageProofs(gatehouse, owner);
    const page = await owner.open("/app/account/confirm");
    expect(page.hasField("mailedCode")).toBe(false);
    await owner.post("/app/account/confirm/code", new URLSearchParams({ from: "/app/account/confirm" }));
    await gatehouse.settle();
    expect(await gatehouse.inbox.at(ADA.email)).toEqual([]);
    const [guest, answer] = await apply(gatehouse, "eve@example.com");
    await guest.follow(answer);
    await ageProofs(gatehouse, guest);
    await guest.press(await guest.open("/app/account/confirm"), "Email me a code");
    const code = codeIn(await gatehouse.inbox.newest("eve@example.com", 2));
    // A code that was mailed to one account does not confirm another, and a factor that was added meanwhile is asked for.
    owner.cookies.set("gatehouse-confirm", guest.cookies.get("gatehouse-confirm") ?? "");
    const fields = new URLSearchParams({ mailedCode: code });
    expect((await owner.post("/app/account/confirm", fields)).status).toBe(422);
    await gatehouse.database.execute("update `keys` set hashed_password = 'x' where id = 'email:eve@example.com'");
    const late = await guest.post("/app/account/confirm", fields);
    expect([late.status, late.hasField("currentPassword"), late.hasField("mailedCode")]).toEqual([422, true, false]);
  });
});

describe("a sign-up with a passkey where emails must be verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("asks for the mailed code first, creates the account then, and its passkey next", async () => {
    const [browser, answer] = await apply(gatehouse, ADA.email, "?redirectTo=%2Fapp%2Faccount");
    expect([answer.status, answer.location]).toEqual([303, "/auth/verify-email?redirectTo=%2Fapp%2Faccount"]);
    expect((await gatehouse.database.execute("select * from users")).rows).toEqual([]);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const verified = await browser.submit(await browser.follow(answer), "/auth/verify-email", { code });
    expect([verified.status, verified.location]).toEqual([303, `${NEW}?redirectTo=%2Fapp%2Faccount`]);
    const { user, session } = await sessionOf(browser);
    expect(user).toMatchObject({ email: ADA.email, emailVerified: true });
    expect(session.authentication).toMatchObject({ factors: ["email"], level: 1 });
    const { rows } = await gatehouse.database.execute<{ hashed_password: string | null }>("select * from `keys`");
    expect(rows.map(({ hashed_password }) => hashed_password)).toEqual([null]);
    const [authenticator, added] = await createPasskey(browser, await browser.follow(verified));
    expect(added.location).toBe("/app/account");
    expect((await signInWithPasskey(gatehouse.browser(), authenticator)).location).toBe("/app");
  });

  test("answers the same for an email that is taken, whose owner is told", async () => {
    const [browser, answer] = await apply(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const verified = await browser.submit(await browser.follow(answer), "/auth/verify-email", { code });
    await addPasskey(browser);
    const [stranger, again] = await apply(gatehouse);
    expect([again.status, again.location, verified.status]).toEqual([303, "/auth/verify-email", 303]);
    await expect
      .poll(async () => (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject))
      .toContain("You already have a Gatehouse account");
    expect(await sessionOf(stranger)).toBeNull();
  });

  test("is opened by no password: neither at the sign-in nor with the link in another browser", async () => {
    const [, answer] = await apply(gatehouse);
    expect(answer.status).toBe(303);
    const mail = await gatehouse.inbox.newest(ADA.email);
    const other = gatehouse.browser();
    const page = await other.open(linkIn(mail, "/auth/verify-email/"));
    expect(page.text).toContain("Signed up with a passkey? Enter the code from the email in that browser.");
    const action = new URL(page.url).pathname;
    for (const password of ["", "x", ADA.password]) {
      expect((await other.submit(page, action, { password })).status).toBe(422);
    }
    const signin = await other.submit(await other.open("/auth/signin"), "/auth/signin", ADA.signin);
    expect([signin.status, await sessionOf(other)]).toEqual([401, null]);
    expect((await gatehouse.database.execute("select * from users")).rows).toEqual([]);
  });
});

describe("without SECRET_KEYS", () => {
  test("there is no such button, and its form is refused", async () => {
    const gatehouse = await startGatehouse({ SECRET_KEYS: "" });
    try {
      const browser = gatehouse.browser();
      const page = await browser.open("/auth/signup");
      expect(page.text).not.toContain(BUTTON);
      const fields = new URLSearchParams({ email: ADA.email, with: "passkey" });
      expect((await browser.post("/auth/signup", fields)).status).toBe(404);
      expect((await gatehouse.database.execute("select * from users")).rows).toEqual([]);
    } finally {
      await gatehouse.close();
    }
  });
});
