import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type App,
  forgetUsedCodes,
  signUpVerified,
  turnOnSecondStep,
  turnOnWithPasskey,
} from "../../support/authenticator.ts";
import type { Browser, Page } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { Authenticator, addPasskey, passkeyOptions, signInWithPasskey } from "../../support/passkey.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { ageProofs, copySession, handleOf, userIdOf } from "../../support/stored.ts";

const METHODS = "/app/account/sign-in";
const CONFIRM = "/app/account/confirm";
const TWO_STEP = "/app/account/two-step";
const CODES = "/app/account/recovery-codes";
/** The page that comes before the second step is turned on. */
const CODES_FIRST = `${CODES}?redirectTo=${encodeURIComponent(TWO_STEP)}`;
const EVE = "eve@example.com";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const CURRENT = { currentPassword: ADA.password };

describe.skipIf(enginesAreMissing())("the factors of an account", () => {
  let gatehouse: Gatehouse;
  let owner: Browser;

  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(async () => {
    await gatehouse.reset();
    owner = await signUpVerified(gatehouse);
  });
  afterAll(() => gatehouse.close());

  const sessionOf = async (browser: Browser) => JSON.parse((await browser.open("/auth/session")).body);
  const rowsOf = async (table: string) =>
    (await gatehouse.database.execute<Record<string, unknown>>(`select * from ${table}`)).rows;
  const isTwoStep = async () => (await rowsOf("users")).map(({ two_step_at }) => two_step_at !== null);
  const pathOfPasskey = async (browser = owner) =>
    (await browser.open(METHODS)).links().find((path) => /passkeys\/[0-9a-f]{64}$/.test(path)) ?? "";
  const remove = async (path: string, typed: Readonly<Record<string, string>>) =>
    owner.submit(await owner.open(path), `${path}/remove`, typed);
  const subjects = async (email: string = ADA.email) => (await gatehouse.inbox.at(email)).map(({ subject }) => subject);
  const signInWith = async (browser: Browser, password: string = ADA.password) =>
    browser.submit(await browser.open("/auth/signin"), "/auth/signin", { email: ADA.email, password });
  const setPasswordByMail = async (
    typed: Readonly<Record<string, string>> = {},
    reader = gatehouse.browser(),
  ): Promise<Page> => {
    await gatehouse.inbox.empty();
    await reader.submit(await reader.open("/auth/forgot-password"), "/auth/forgot-password", { email: ADA.email });
    await reader.open(linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/reset-password/"));
    const form = await reader.open("/auth/reset-password");
    return reader.submit(form, "/auth/reset-password", { ...FRESH, ...typed });
  };

  describe("that confirm the owner,", () => {
    let app: App;
    let passkey: string;
    let trusted: string;

    beforeEach(async () => {
      await addPasskey(owner);
      app = await turnOnSecondStep(gatehouse, owner);
      const phone = await signIn(gatehouse);
      const code = { code: app.code(), remember: "yes" };
      await phone.submit(await phone.open("/auth/second-step"), "/auth/second-step", code);
      passkey = await pathOfPasskey();
      [trusted = ""] = (await owner.open(METHODS)).values("device");
      await forgetUsedCodes(gatehouse);
      await ageProofs(gatehouse, owner);
      await gatehouse.settle();
    });

    test("are asked for by every page that changes the account, at its level", async () => {
      const pages = [
        "/app/account/passkeys/new",
        "/app/account/recovery-codes",
        "/app/account/password",
        "/app/account/email",
        "/app/account/export",
      ];
      for (const path of pages) {
        const answer = await owner.open(path);
        const returnPath = path === "/app/account/export" ? "/app/account/data" : path;
        const confirm = `${CONFIRM}?redirectTo=${encodeURIComponent(returnPath)}`;
        expect([path, answer.status, answer.location]).toEqual([path, 303, confirm]);
      }
      for (const path of ["/app/account/delete", "/app/account/two-step", passkey, "/app/account/authenticator"]) {
        const page = await owner.open(path);
        expect([path, page.hasField("currentPassword"), page.hasField("code")]).toEqual([path, true, true]);
      }
    });

    test("are asked for by every form, of which nothing happens with the password alone", async () => {
      const before = await Promise.all(["users", "`keys`", "passkeys", "authenticators", "recovery_codes"].map(rowsOf));
      const forms: readonly [string, Readonly<Record<string, string>>][] = [
        ["/app/account/passkeys", { credential: "{}" }],
        ["/app/account/recovery-codes", { saved: "yes", sealed: "k1.x" }],
        ["/app/account/password", FRESH],
        ["/app/account/email", { email: EVE }],
        ["/app/account/delete", { confirmation: "yes" }],
        ["/app/account/two-step", { state: "off" }],
        ["/app/account/authenticator/remove", {}],
        [`${passkey}/remove`, {}],
        ["/app/account/sessions/revoke", { session: handleOf(owner) }],
        ["/app/account/sessions/revoke-others", {}],
        ["/app/account/trusted-devices/forget", { device: trusted }],
        [CONFIRM, {}],
      ];
      for (const [path, fields] of forms) {
        for (const factors of [{}, CURRENT, { ...CURRENT, code: app.code(3) }, { credential: "{}" }]) {
          const answer = await owner.post(path, new URLSearchParams({ ...fields, ...factors }));
          const leadsToConfirm = answer.location?.startsWith(CONFIRM) ?? false;
          const asks = [200, 401, 422].includes(answer.status) && answer.hasField("currentPassword");
          expect([path, factors, answer.status === 429 || leadsToConfirm || asks]).toEqual([path, factors, true]);
        }
      }
      await gatehouse.settle();
      const after = await Promise.all(["users", "`keys`", "passkeys", "authenticators", "recovery_codes"].map(rowsOf));
      expect(after).toEqual(before);
      expect((await owner.open("/app")).status).toBe(200);
    });

    test("give the session a new secret, for ten minutes", async () => {
      const former = owner.cookies.get("gatehouse") ?? "";
      const page = await owner.open(`${CONFIRM}?redirectTo=%2Fapp%2Faccount%2Fpassword`);
      const answer = await owner.submit(page, CONFIRM, { ...CURRENT, code: app.code() });
      expect([answer.status, answer.location]).toEqual([303, "/app/account/password"]);
      expect((await owner.follow(answer)).status).toBe(200);
      await gatehouse.settle();
      const copy = gatehouse.browser();
      copy.cookies.set("gatehouse", former);
      expect(await sessionOf(copy)).toBeNull();
      await ageProofs(gatehouse, owner);
      expect((await owner.open("/app/account/password")).status).toBe(303);
    });

    test("carry out the press that they were asked for", async () => {
      const phone = await signIn(gatehouse);
      await phone.submit(await phone.open("/auth/second-step"), "/auth/second-step", { code: app.code() });
      const asked = await owner.post("/app/account/sessions/revoke", new URLSearchParams({ session: handleOf(phone) }));
      expect([asked.status, (await sessionOf(phone)) === null]).toEqual([200, false]);
      const [recoveryCode = ""] = app.recoveryCodes;
      const done = await owner.submit(asked, "/app/account/sessions/revoke", { ...CURRENT, code: recoveryCode });
      expect([done.status, done.location, await sessionOf(phone)]).toEqual([303, "/app/account/sessions", null]);
      // The same factor is still recent.
      const forgotten = await owner.post(
        "/app/account/trusted-devices/forget",
        new URLSearchParams({ device: trusted }),
      );
      expect([forgotten.status, await rowsOf("trusted_devices")]).toEqual([303, []]);
    });

    test("include a recovery code, once, of which the owner is told", async () => {
      const [code = ""] = app.recoveryCodes;
      const page = await owner.open(CONFIRM);
      expect((await owner.submit(page, CONFIRM, { ...CURRENT, code })).status).toBe(303);
      await expect.poll(() => subjects()).toContain("A recovery code was used for your Gatehouse account");
      await ageProofs(gatehouse, owner);
      const again = await owner.submit(await owner.open(CONFIRM), CONFIRM, { ...CURRENT, code });
      expect([again.status, again.errorAt("code")]).toEqual([
        401,
        "This recovery code doesn't work. It may be mistyped or used",
      ]);
    });

    test("allow five codes in a session, and leave the second step of others alone", async () => {
      const page = await owner.open(CONFIRM);
      for (let count = 0; count < 5; count += 1) {
        expect((await owner.submit(page, CONFIRM, { ...CURRENT, code: app.code(3) })).status).toBe(401);
      }
      expect((await owner.submit(page, CONFIRM, { ...CURRENT, code: app.code() })).status).toBe(429);
      const other = await signIn(gatehouse);
      const step = await other.open("/auth/second-step");
      expect((await other.submit(step, "/auth/second-step", { code: app.code() })).status).toBe(303);
    });
  });

  test("count codes that confirm by the remembered device that a session relies on", async () => {
    const app = await turnOnSecondStep(gatehouse, owner);
    const thief = await signIn(gatehouse);
    const code = { code: app.code(), remember: "yes" };
    await thief.submit(await thief.open("/auth/second-step"), "/auth/second-step", code);
    await gatehouse.settle();
    const guess = async () => {
      await thief.post("/auth/signout", new URLSearchParams());
      expect((await signInWith(thief)).location).toBe("/app");
      const wrong = new URLSearchParams({ state: "off", ...CURRENT, code: app.code(3) });
      return (await thief.post("/app/account/two-step", wrong)).status;
    };
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push(await guess());
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    // The owner's own session is not paused by it.
    await forgetUsedCodes(gatehouse);
    const page = await owner.open("/app/account/two-step");
    expect((await owner.submit(page, "/app/account/two-step", { ...CURRENT, code: app.code() })).status).toBe(303);
  });

  test("cancel a change of the email that was requested with the password alone", async () => {
    await owner.submit(await owner.open("/app/account/email"), "/app/account/email", { email: EVE });
    const link = linkIn(await gatehouse.inbox.newest(EVE), "/auth/confirm-email/");
    await turnOnSecondStep(gatehouse, owner);
    const thief = gatehouse.browser();
    expect((await thief.post(link, new URLSearchParams(CURRENT))).status).toBe(410);
    expect((await rowsOf("users")).map(({ email }) => email)).toEqual([ADA.email]);
  });

  test("keep the last way in: the only passkey of an account without a password stays", async () => {
    const guest = gatehouse.browser();
    await guest.press(await guest.open("/auth/signup"), "Sign up with a passkey instead", { email: EVE });
    const authenticator = await addPasskey(guest);
    const path = await pathOfPasskey(guest);
    const page = await guest.open(path);
    const credential = authenticator.get(passkeyOptions(page, `${path}/remove`));
    const refused = await guest.submit(page, `${path}/remove`, { credential });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("This is the only way to sign in to your account");
    expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(303);
    const form = await guest.open("/app/account/password");
    expect((await guest.submit(form, "/app/account/password", FRESH)).status).toBe(303);
    const again = await guest.open(path);
    const removed = await guest.submit(again, `${path}/remove`, {
      credential: authenticator.get(passkeyOptions(again, `${path}/remove`)),
      currentPassword: "",
    });
    expect([removed.status, removed.location]).toEqual([303, METHODS]);
    expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(401);
  });

  test("are passkeys with names, at most twenty, each in one account", async () => {
    const authenticator = await addPasskey(owner, new Authenticator(), "Laptop");
    const path = await pathOfPasskey();
    const renamed = await owner.submit(await owner.open(path), path, { name: " My \u{1F511} key " });
    expect([renamed.status, (await owner.open(METHODS)).text.includes("My \u{1F511} key")]).toEqual([303, true]);
    for (const name of ["", "x".repeat(65), "a\u0000b"]) {
      const answer = await owner.submit(await owner.open(path), path, { name });
      expect([name, answer.status, answer.errorAt("name")]).toEqual([
        name,
        422,
        "Enter a name of at most 64 characters",
      ]);
    }
    const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE });
    for (const foreign of [path, `${path}/remove`]) {
      const answer = await eve.post(foreign, new URLSearchParams({ name: "Mine", ...CURRENT }));
      expect([foreign, [303, 404].includes(answer.status)]).toEqual([foreign, true]);
    }
    expect((await eve.open(path)).status).toBe(404);
    expect((await rowsOf("passkeys")).map(({ name }) => name)).toEqual(["My \u{1F511} key"]);

    // The authenticator would refuse to create a second passkey for the account, so its first one is sent again.
    const own = await owner.open("/app/account/passkeys/new");
    expect(JSON.parse(passkeyOptions(own, "/app/account/passkeys")).excludeCredentials).toHaveLength(1);
    const [row] = await rowsOf("passkeys");
    const columns = Object.keys(row ?? {});
    const insert = `insert into passkeys (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`;
    for (let count = 1; count < 20; count += 1) {
      const copy = { ...row, id: `passkey:${String(count).padStart(64, "0")}`, credential_id: `x${count}` };
      await gatehouse.database.execute(insert, Object.values(copy));
    }
    const full = await owner.open("/app/account/passkeys/new");
    const credential = new Authenticator().create(passkeyOptions(full, "/app/account/passkeys"));
    const refused = await owner.submit(full, "/app/account/passkeys", { credential });
    expect([refused.status, refused.text.includes("You have 20 passkeys. Remove one first")]).toEqual([422, true]);
    expect((await owner.open(METHODS)).text).not.toContain("Add a passkey");
    expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(303);
  });

  test("are not turned into a second step by adding a passkey, and a passkey is asked for nothing more", async () => {
    const authenticator = await addPasskey(owner);
    expect(await isTwoStep()).toEqual([false]);
    expect((await signInWith(gatehouse.browser())).location).toBe("/app");
    await turnOnWithPasskey(owner);
    expect(await isTwoStep()).toEqual([true]);
    const visitor = gatehouse.browser();
    expect((await signInWith(visitor)).location).toBe("/auth/second-step");
    expect(await sessionOf(visitor)).toBeNull();
    expect((await signInWithPasskey(gatehouse.browser(), authenticator)).location).toBe("/app");
  });

  test("are turned on only after recovery codes are saved, so that a lost passkey locks out no one", async () => {
    await addPasskey(owner);
    const refused = await owner.press(await owner.open(METHODS), "Turn on");
    expect([refused.status, refused.location]).toEqual([303, CODES_FIRST]);
    expect(await isTwoStep()).toEqual([false]);
    const codesPage = await owner.open(CODES_FIRST);
    const unsaved = await owner.submit(codesPage, CODES);
    expect([unsaved.status, await rowsOf("recovery_codes")]).toEqual([422, []]);
    const [code = ""] = unsaved.texts(".codes code");
    const saved = await owner.submit(unsaved, CODES, { saved: "yes" });
    expect([saved.status, saved.location?.startsWith(`${TWO_STEP}?codes=`), await isTwoStep()]).toEqual([
      303,
      true,
      [false],
    ]);
    const page = await owner.follow(saved);
    expect(page.text).toContain("Your recovery codes are saved. Now turn on two-step sign-in.");
    const done = await owner.press(page, "Turn on");
    expect([done.status, done.location, await isTwoStep()]).toEqual([303, METHODS, [true]]);
    // Without the passkey, one of these codes signs in.
    const visitor = gatehouse.browser();
    await signInWith(visitor);
    const recovery = "/auth/second-step/recovery";
    const signedIn = await visitor.submit(await visitor.open(recovery), recovery, { recoveryCode: code });
    expect([signedIn.location, await sessionOf(visitor)]).toEqual(["/app", expect.anything()]);
  });

  test("are turned on only with a verified email, a second factor and recent confirmation", async () => {
    const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE });
    await addPasskey(eve);
    for (const [browser, notice] of [
      [eve, "verify-first"],
      [owner, "no-factor"],
    ] as const) {
      const answer = await browser.post("/app/account/two-step", new URLSearchParams({ state: "on" }));
      expect([answer.status, answer.notice]).toEqual([303, notice]);
    }
    expect((await eve.open("/app/account/authenticator")).notice).toBe("verify-first");
    const authenticator = await addPasskey(owner);
    await ageProofs(gatehouse, owner);
    const asked = await owner.press(await owner.open(METHODS), "Turn on");
    expect([asked.status, await isTwoStep()]).toEqual([200, [false, false]]);
    const credential = authenticator.get(passkeyOptions(asked, TWO_STEP));
    const confirmed = await owner.submit(asked, TWO_STEP, { credential });
    // The passkey that was sent counts, although there are no recovery codes yet.
    expect([confirmed.location, await isTwoStep()]).toEqual([CODES_FIRST, [false, false]]);
    const done = await turnOnWithPasskey(owner);
    expect([done.status, (await isTwoStep()).filter(Boolean)]).toEqual([303, [true]]);
    // This session has proved the passkey when it was created.
    expect(done.location).toBe(METHODS);
    await owner.submit(await owner.open(METHODS), "/auth/signout");
  });

  test("end the sessions without a second step when it is turned on", async () => {
    const [phone, tablet] = [await signIn(gatehouse), gatehouse.browser()];
    await signInWithPasskey(tablet, await addPasskey(owner));
    const putBack = await copySession(gatehouse, tablet);
    await turnOnSecondStep(gatehouse, owner);
    // The tablet has proved a passkey, which is both factors. It may be someone else's all the same.
    expect([await sessionOf(phone), await sessionOf(tablet)]).toEqual([null, null]);
    expect(await sessionOf(owner)).not.toBeNull();
    await putBack();
    expect(await sessionOf(tablet)).toBeNull();
    // Even if such a session were still stored with the present epoch.
    await gatehouse.database.execute("update users set two_step_at = null, version = version + 1");
    for (const key of await gatehouse.redis.keys("person:*")) await gatehouse.redis.hdel(key, "user");
    const late = await signIn(gatehouse);
    expect(await sessionOf(late)).not.toBeNull();
    await gatehouse.database.execute("update users set two_step_at = 1, version = version + 1");
    for (const key of await gatehouse.redis.keys("person:*")) await gatehouse.redis.hdel(key, "user");
    expect(await sessionOf(late)).toBeNull();
  });

  test("turn the second step off with the last one, and codes and remembered devices go with it", async () => {
    const app = await turnOnSecondStep(gatehouse, owner);
    const phone = await signIn(gatehouse);
    const typed = { code: app.code(), remember: "yes" };
    await phone.submit(await phone.open("/auth/second-step"), "/auth/second-step", typed);
    const page = await owner.open("/app/account/authenticator");
    expect(page.text).toContain("It's your last second factor, so this turns two-step sign-in off");
    const [code = ""] = app.recoveryCodes;
    const removed = await owner.submit(page, "/app/account/authenticator/remove", { ...CURRENT, code });
    expect([removed.status, await isTwoStep()]).toEqual([303, [false]]);
    expect([await rowsOf("recovery_codes"), await rowsOf("trusted_devices")]).toEqual([[], []]);
    expect((await signInWith(gatehouse.browser())).location).toBe("/app");
    await expect.poll(() => subjects()).toContain("Two-step sign-in was turned off: your Gatehouse account");
  });

  test("stay on while another second factor is left", async () => {
    const authenticator = await addPasskey(owner);
    const app = await turnOnSecondStep(gatehouse, owner);
    await remove(await pathOfPasskey(), { ...CURRENT, code: app.code() });
    expect([await isTwoStep(), (await rowsOf("recovery_codes")).length > 0]).toEqual([[true], true]);
    expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(401);
  });

  test("are set up without anything half-way: the codes first, then the app, and nothing is stored before its code", async () => {
    expect((await owner.open("/app/account/authenticator")).location).toBe("/app/account/recovery-codes");
    const page = await owner.open("/app/account/recovery-codes");
    const unsaved = await owner.submit(page, "/app/account/recovery-codes");
    expect([unsaved.status, await rowsOf("recovery_codes")]).toEqual([422, []]);
    const setUp = await owner.follow(await owner.submit(page, "/app/account/recovery-codes", { saved: "yes" }));
    expect((await owner.submit(setUp, "/app/account/authenticator", { code: "000000" })).status).toBe(401);
    expect([await rowsOf("authenticators"), await isTwoStep()]).toEqual([[], [false]]);
    const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE });
    const sealed = page.field("sealed").getAttribute("value") ?? "";
    const foreign = await eve.post("/app/account/recovery-codes", new URLSearchParams({ sealed, saved: "yes" }));
    expect(foreign.status).toBe(422);
    // A form that was sent once does not bring used codes back.
    const again = await owner.submit(page, "/app/account/recovery-codes", { saved: "yes" });
    expect([again.status, (await rowsOf("recovery_codes")).length]).toEqual([422, 10]);
  });

  describe("and the mailbox:", () => {
    test("a reset replaces the password, starts no session and removes no factor where the second step is on", async () => {
      const authenticator = await addPasskey(owner);
      const app = await turnOnSecondStep(gatehouse, owner);
      const tables = ["passkeys", "authenticators", "recovery_codes"];
      const before = await Promise.all(tables.map(rowsOf));
      const reader = gatehouse.browser();
      await gatehouse.inbox.empty();
      await reader.submit(await reader.open("/auth/forgot-password"), "/auth/forgot-password", { email: ADA.email });
      await reader.open(linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/reset-password/"));
      const form = await reader.open("/auth/reset-password");
      expect(form.hasField("removePasskeys")).toBe(false);
      const fields = new URLSearchParams({ ...FRESH, removePasskeys: "yes" });
      expect((await reader.post("/auth/reset-password", fields)).location).toBe("/auth/signin");
      expect([await sessionOf(reader), await sessionOf(owner)]).toEqual([null, null]);
      expect(await Promise.all(tables.map(rowsOf))).toEqual(before);
      await forgetUsedCodes(gatehouse);
      expect((await signInWith(reader, FRESH.password)).location).toBe("/auth/second-step");
      expect(await sessionOf(reader)).toBeNull();
      const done = await reader.submit(await reader.open("/auth/second-step"), "/auth/second-step", {
        code: app.code(),
      });
      expect(done.status).toBe(303);
      expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(303);
    });

    test("a reset offers to remove passkeys where it is off, and the message counts those that remain", async () => {
      const authenticator = await addPasskey(owner);
      await setPasswordByMail();
      expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(303);
      const kept = (await gatehouse.inbox.at(ADA.email)).find(({ subject }) => subject.endsWith("password was reset"));
      await expect
        .poll(async () => (await subjects()).some((subject) => subject.endsWith("password was reset")))
        .toBe(true);
      const [mail] = (await gatehouse.inbox.at(ADA.email)).filter(({ subject }) =>
        subject.endsWith("password was reset"),
      );
      expect((kept ?? mail)?.text).toContain("1 passkey still signs in to your account.");
      await setPasswordByMail({ password: ADA.password, passwordConfirmation: ADA.password, removePasskeys: "yes" });
      expect([await rowsOf("passkeys"), (await signInWithPasskey(gatehouse.browser(), authenticator)).status]).toEqual([
        [],
        401,
      ]);
    });

    test("a sign-up with the email and password of an account asks for its second step", async () => {
      await turnOnSecondStep(gatehouse, owner);
      const visitor = gatehouse.browser();
      const answer = await visitor.submit(await visitor.open("/auth/signup"), "/auth/signup", ADA.signup);
      expect([answer.location, await sessionOf(visitor)]).toEqual(["/auth/second-step", null]);
    });

    test("a takeover of an account that was never verified removes its factors with it", async () => {
      const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE });
      const authenticator = await addPasskey(eve);
      const former = userIdOf(eve);
      const reader = gatehouse.browser();
      await gatehouse.inbox.empty();
      await reader.submit(await reader.open("/auth/forgot-password"), "/auth/forgot-password", { email: EVE });
      await reader.open(linkIn(await gatehouse.inbox.newest(EVE), "/auth/reset-password/"));
      await reader.submit(await reader.open("/auth/reset-password"), "/auth/reset-password", FRESH);
      expect((await rowsOf("passkeys")).filter(({ user_id }) => user_id === former)).toEqual([]);
      expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(401);
      expect(await sessionOf(eve)).toBeNull();
    });

    test("an undone change of the email removes what was added since, and leaves the second step on", async () => {
      const app = await turnOnSecondStep(gatehouse, owner);
      await owner.submit(await owner.open("/app/account/email"), "/app/account/email", { email: EVE });
      const confirm = linkIn(await gatehouse.inbox.newest(EVE), "/auth/confirm-email/");
      expect((await owner.submit(await owner.open(confirm), confirm)).status).toBe(303);
      const intruder = await addPasskey(owner);
      expect(await rowsOf("passkeys")).toHaveLength(1);
      const find = async () =>
        (await gatehouse.inbox.at(ADA.email)).find(({ text }) => text.includes("/auth/undo-email/"));
      await expect.poll(find).toBeDefined();
      const mail = await find();
      if (mail === undefined) throw new Error("No message undoes the change");
      const undo = linkIn(mail, "/auth/undo-email/");
      const reader = gatehouse.browser();
      await reader.submit(await reader.open(undo), undo);
      await reader.submit(await reader.open("/auth/reset-password"), "/auth/reset-password", FRESH);
      expect([await rowsOf("passkeys"), await isTwoStep(), (await rowsOf("authenticators")).length]).toEqual([
        [],
        [true],
        1,
      ]);
      expect((await signInWithPasskey(gatehouse.browser(), intruder)).status).toBe(401);
      await forgetUsedCodes(gatehouse);
      expect((await signInWith(reader, FRESH.password)).location).toBe("/auth/second-step");
      const step = await reader.open("/auth/second-step");
      expect((await reader.submit(step, "/auth/second-step", { code: app.code() })).status).toBe(303);
    });

    test("an undone change after which the app was set up anew turns the second step off, with its codes, and says so", async () => {
      await turnOnSecondStep(gatehouse, owner);
      const form = await owner.open("/app/account/email");
      expect(form.text).toContain(
        "If no passkey or app from before the change is left, it turns two-step sign-in off.",
      );
      await owner.submit(form, "/app/account/email", { email: EVE });
      const confirm = linkIn(await gatehouse.inbox.newest(EVE), "/auth/confirm-email/");
      await owner.submit(await owner.open(confirm), confirm);
      await gatehouse.database.execute("update authenticators set created_at = created_at + 1000000");
      const find = async () =>
        (await gatehouse.inbox.at(ADA.email)).find(({ text }) => text.includes("/auth/undo-email/"));
      await expect.poll(find).toBeDefined();
      const undo = linkIn((await find()) ?? (await gatehouse.inbox.newest(ADA.email)), "/auth/undo-email/");
      expect((await find())?.text).toContain("recovery codes that were added after the change are removed");
      const reader = gatehouse.browser();
      const undoPage = await reader.open(undo);
      expect(undoPage.text).toContain(
        "If no passkey or app from before the change is left, two-step sign-in is turned off.",
      );
      await reader.submit(undoPage, undo);
      expect([await isTwoStep(), await rowsOf("authenticators"), await rowsOf("recovery_codes")]).toEqual([
        [false],
        [],
        [],
      ]);
      const types = (await rowsOf("account_events")).map(({ type }) => type);
      expect(types).toContain("two-step-off");
      await gatehouse.settle();
      expect(await subjects()).toContain("Two-step sign-in was turned off: your Gatehouse account");
      expect(await subjects(EVE)).not.toContain("Two-step sign-in was turned off: your Gatehouse account");
    });

    test("a reset gives no browser a limit of its own for codes", async () => {
      const app = await turnOnSecondStep(gatehouse, owner);
      for (let count = 0; count < 5; count += 1) {
        const stranger = await signIn(gatehouse);
        await stranger.post("/auth/second-step", new URLSearchParams({ code: app.code(3) }));
      }
      const reader = gatehouse.browser();
      await setPasswordByMail({}, reader);
      expect((await signInWith(reader, FRESH.password)).location).toBe("/auth/second-step");
      const paused = await reader.post("/auth/second-step", new URLSearchParams({ code: app.code(3) }));
      expect(paused.status).toBe(429);
    });

    test("each change of them is told, listed in the activity, exported, and gone with the account", async () => {
      await addPasskey(owner);
      const app = await turnOnSecondStep(gatehouse, owner);
      for (const subject of [
        "A passkey was added: your Gatehouse account",
        "Two-step sign-in was turned on: your Gatehouse account",
      ]) {
        await expect.poll(() => subjects()).toContain(subject);
      }
      const activity = await owner.open("/app/account/activity");
      for (const text of ["Passkey added", "Two-step sign-in turned on"]) expect(activity.text).toContain(text);
      const data = JSON.parse((await owner.open("/app/account/export")).body);
      expect([data.passkeys.length, data.recoveryCodes.length, data.authenticator !== null]).toEqual([1, 10, true]);
      expect(JSON.stringify(data)).not.toContain(app.secret);
      const [code = ""] = app.recoveryCodes;
      const page = await owner.open("/app/account/delete");
      await owner.submit(page, "/app/account/delete", { ...CURRENT, code, confirmation: "yes" });
      const tables = ["users", "`keys`", "passkeys", "authenticators", "recovery_codes", "trusted_devices"];
      expect(await Promise.all(tables.map(rowsOf))).toEqual(tables.map(() => []));
    });
  });

  test("ask nothing of a mailed code: it neither confirms nor completes a second step", async () => {
    await turnOnSecondStep(gatehouse, owner);
    await ageProofs(gatehouse, owner);
    await gatehouse.inbox.empty();
    const page = await owner.open(CONFIRM);
    expect(page.hasField("mailedCode")).toBe(false);
    await owner.post(`${CONFIRM}/code`, new URLSearchParams({ from: CONFIRM }));
    await gatehouse.settle();
    expect(await subjects()).toEqual([]);
    const refused = await owner.post(CONFIRM, new URLSearchParams({ mailedCode: "12345678" }));
    expect([refused.status, refused.hasField("currentPassword")]).toEqual([422, true]);
  });
});

test("where emails must be verified, a mailed code starts no session without the second step", async () => {
  const gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  try {
    const browser = gatehouse.browser();
    await browser.follow(await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup));
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await browser.submit(await browser.open("/auth/verify-email"), "/auth/verify-email", { code });
    await browser.submit(await browser.open("/app"), "/auth/signout");
    // An account with the second step whose email is not verified can exist only if an operator changed its row.
    await gatehouse.database.execute(
      "update users set email_verified_at = null, two_step_at = 1, version = version + 1",
    );
    for (const key of await gatehouse.redis.keys("person:*")) await gatehouse.redis.hdel(key, "user");
    await gatehouse.inbox.empty();
    const answer = await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    expect(answer.location).toBe("/auth/verify-email");
    const again = codeIn(await gatehouse.inbox.newest(ADA.email));
    const verified = await browser.submit(await browser.follow(answer), "/auth/verify-email", { code: again });
    expect(verified.location).toMatch(/^\/auth\/second-step/);
    expect((await browser.open("/auth/session")).body).toBe("null");
  } finally {
    await gatehouse.close();
  }
});
