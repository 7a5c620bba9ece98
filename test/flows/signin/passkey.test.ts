import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signUpVerified, turnOnSecondStep } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { Authenticator, addPasskey, passkeyOptions, signInWithPasskey } from "../../support/passkey.ts";
import { ADA, signUp } from "../../support/people.ts";

describe("a sign-in with a passkey", () => {
  let gatehouse: Gatehouse;
  let owner: Browser;
  let authenticator: Authenticator;

  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(async () => {
    await gatehouse.reset();
    owner = await signUpVerified(gatehouse);
    authenticator = await addPasskey(owner);
  });
  afterAll(() => gatehouse.close());

  const sessionOf = async (browser: Browser) => JSON.parse((await browser.open("/auth/session")).body);

  test("needs no email and no second step, and is of level 2", async () => {
    await turnOnSecondStep(gatehouse, owner);
    const browser = gatehouse.browser();
    const answer = await signInWithPasskey(browser, authenticator, "/auth/signin?redirectTo=%2Fapp%2Faccount");
    expect([answer.status, answer.location]).toEqual([303, "/app/account"]);
    const { user, session } = await sessionOf(browser);
    expect(user.email).toBe(ADA.email);
    expect(session.authentication).toMatchObject({ factors: ["passkey"], level: 2 });
  });

  test("is possible on the page for passkeys as well", async () => {
    const browser = gatehouse.browser();
    expect((await signInWithPasskey(browser, authenticator, "/auth/passkey")).location).toBe("/app");
    expect((await sessionOf(browser)).user.email).toBe(ADA.email);
  });

  test("uses a challenge once", async () => {
    const page = await gatehouse.browser().open("/auth/signin");
    const credential = authenticator.get(passkeyOptions(page, "/auth/passkey"));
    const [first, second] = [gatehouse.browser(), gatehouse.browser()];
    expect((await first.submit(page, "/auth/passkey", { credential })).status).toBe(303);
    const again = await second.submit(page, "/auth/passkey", { credential });
    expect([again.status, again.text.includes("didn't sign you in")]).toEqual([401, true]);
    expect(await sessionOf(second)).toBeNull();
  });

  test("gives the same answer for an unknown, a removed and a wrong passkey", async () => {
    const stranger = new Authenticator();
    const other = await signUp(gatehouse, { ...ADA.signup, email: "eve@example.com" });
    await addPasskey(other, stranger);
    const page = await gatehouse.browser().open("/auth/signin");
    const options = passkeyOptions(page, "/auth/passkey");
    const answers: string[] = [];
    const send = async (credential: string) => {
      const browser = gatehouse.browser();
      const answer = await browser.submit(page, "/auth/passkey", { credential });
      expect([answer.status, await sessionOf(browser)]).toEqual([401, null]);
      answers.push(answer.text);
    };
    // Each ceremony needs a challenge of its own.
    const freshOptions = async () => passkeyOptions(await gatehouse.browser().open("/auth/signin"), "/auth/passkey");
    const change = (credential: string, name: string, value: (text: string) => string | null) => {
      const parsed = JSON.parse(credential);
      parsed.response[name] = value(parsed.response[name]);
      return JSON.stringify(parsed);
    };
    const flipped = (text: string) => {
      const bytes = Buffer.from(text, "base64url");
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return bytes.toString("base64url");
    };
    await send(change(authenticator.get(options), "signature", flipped));
    await send(
      change(authenticator.get(await freshOptions()), "userHandle", () =>
        Buffer.from("x".repeat(15)).toString("base64url"),
      ),
    );
    await send(change(authenticator.get(await freshOptions()), "userHandle", () => null));
    await send(
      authenticator.get(await freshOptions(), "https://gatehouse.test.evil.example".replace(".evil.example", ":444")),
    );
    for (const junk of [
      "{}",
      "null",
      "[]",
      "x",
      `{"__proto__":{"id":1}}`,
      "[".repeat(2_000),
      JSON.stringify({ id: "x".repeat(9_000) }),
    ]) {
      await send(junk);
    }
    await gatehouse.database.execute("delete from passkeys where user_id in (select id from users where email = ?)", [
      ADA.email,
    ]);
    await send(authenticator.get(await freshOptions()));
    expect(new Set(answers).size).toBe(1);
    await expect.poll(() => gatehouse.logs()).toContain('"reason":"signature"');
    for (const reason of ["user-handle", "malformed", "origin", "unknown"]) {
      expect(gatehouse.logs()).toContain(`"reason":"${reason}"`);
    }
  });

  test("is accepted and logged if its counter does not rise, because synced passkeys have none", async () => {
    const synced = await addPasskey(owner, new Authenticator({ signCounterIncrement: 0 }));
    const signInWith = async (one: Authenticator, stored: number) => {
      await gatehouse.settle();
      gatehouse.takeLogs();
      await gatehouse.database.execute("update passkeys set sign_count = ?", [stored]);
      expect((await signInWithPasskey(gatehouse.browser(), one)).status).toBe(303);
      await expect.poll(gatehouse.logs).toContain('"event":"signed-in"');
      return gatehouse.logs().includes('"event":"passkey-counter"');
    };
    expect([await signInWith(authenticator, 0), await signInWith(synced, 0)]).toEqual([false, false]);
    expect([await signInWith(authenticator, 1_000_000), await signInWith(synced, 1)]).toEqual([true, true]);
  });

  test("refuses a challenge of another purpose", async () => {
    const confirm = await owner.open("/app/account/delete");
    const browser = gatehouse.browser();
    const page = await browser.open("/auth/signin");
    const credential = authenticator.get(passkeyOptions(confirm, "/app/account/delete"));
    expect((await browser.submit(page, "/auth/passkey", { credential })).status).toBe(401);
    expect(await sessionOf(browser)).toBeNull();
  });

  test("refuses an authenticator that did not check its user, or was not touched", async () => {
    const flags = 32;
    for (const [bit, reason] of [
      [0x01, "user-presence"],
      [0x04, "user-verification"],
    ] as const) {
      const browser = gatehouse.browser();
      const page = await browser.open("/auth/signin");
      const parsed = JSON.parse(authenticator.get(passkeyOptions(page, "/auth/passkey")));
      const data = Buffer.from(parsed.response.authenticatorData, "base64url");
      data[flags] = (data[flags] ?? 0) & ~bit;
      parsed.response.authenticatorData = data.toString("base64url");
      const answer = await browser.submit(page, "/auth/passkey", { credential: JSON.stringify(parsed) });
      expect([answer.status, await sessionOf(browser)]).toEqual([401, null]);
      await expect.poll(() => gatehouse.logs()).toContain(`"reason":"${reason}"`);
    }
  });

  test("says what is needed if the form is sent without a passkey", async () => {
    const browser = gatehouse.browser();
    const answer = await browser.submit(await browser.open("/auth/signin"), "/auth/passkey");
    expect([answer.status, answer.text.includes("This needs JavaScript")]).toEqual([422, true]);
    expect(answer.links()).toEqual(["/auth/signin", "/auth/forgot-password"]);
  });

  test("completes the second step of a password, only with a passkey of that account", async () => {
    await turnOnSecondStep(gatehouse, owner);
    const stranger = new Authenticator();
    await addPasskey(await signUp(gatehouse, { ...ADA.signup, email: "eve@example.com" }), stranger);
    const browser = gatehouse.browser();
    await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    const page = await browser.open("/auth/second-step");
    const options = passkeyOptions(page, "/auth/second-step");
    expect(JSON.parse(options).allowCredentials).toHaveLength(1);
    const { allowCredentials: _, ...open } = JSON.parse(options);
    const foreign = await browser.submit(page, "/auth/second-step", { credential: stranger.get(JSON.stringify(open)) });
    expect([foreign.status, await sessionOf(browser)]).toEqual([401, null]);
    const again = passkeyOptions(foreign, "/auth/second-step");
    const done = await browser.submit(foreign, "/auth/second-step", { credential: authenticator.get(again) });
    expect(done.status).toBe(303);
    const { session } = await sessionOf(browser);
    expect(session.authentication).toMatchObject({ factors: ["passkey", "password"], level: 2 });
  });
});

describe("without SECRET_KEYS", () => {
  test("passkeys and the second step are turned off", async () => {
    const gatehouse = await startGatehouse({ SECRET_KEYS: "" });
    try {
      const owner = await signUp(gatehouse);
      expect((await owner.open("/app/account/security")).text).not.toContain("Passkeys");
      for (const path of [
        "/app/account/sign-in",
        "/app/account/passkeys/new",
        "/app/account/recovery-codes",
        "/.well-known/passkey-endpoints",
      ]) {
        expect([path, (await owner.open(path)).status]).toEqual([path, 404]);
      }
      await gatehouse.database.execute("update users set email_verified_at = 1, two_step_at = 1, session_epoch = 7");
      const browser = gatehouse.browser();
      const page = await browser.open("/auth/signin");
      expect(page.text).not.toContain("passkey");
      const answer = await browser.submit(page, "/auth/signin", ADA.signin);
      expect([answer.status, (await browser.open("/auth/session")).body]).toEqual([503, "null"]);
    } finally {
      await gatehouse.close();
    }
  });
});
