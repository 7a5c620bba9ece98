import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type App, createApp, forgetUsedCodes, signUpVerified, turnOnSecondStep } from "../../support/authenticator.ts";
import type { Browser, Page } from "../../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn } from "../../support/inbox.ts";
import { Authenticator, addPasskey, passkeyOptions } from "../../support/passkey.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { ageAttempts, eventTypes } from "../../support/stored.ts";

const EVE = "eve@example.com";
const ACCOUNT = "/app/account";
const CONFIRM = `${ACCOUNT}/confirm`;
const PASSKEYS = `${ACCOUNT}/passkeys`;
const CODES = `${ACCOUNT}/recovery-codes`;
const APP = `${ACCOUNT}/authenticator`;
const SIGNIN = "/auth/passkey";
const SECOND_STEP = "/auth/second-step";
const RECOVERY = `${SECOND_STEP}/recovery`;
const CURRENT = { currentPassword: ADA.password };
const TABLES = ["users", "`keys`", "passkeys", "authenticators", "recovery_codes", "trusted_devices"];

type Fields = Readonly<Record<string, string>>;

/** Credentials that no authenticator sends. */
const ODD_CREDENTIALS = [
  "x",
  "0",
  "null",
  '"{}"',
  "{}",
  "[{}]",
  "[".repeat(4_000),
  '{"response":'.repeat(600),
  `{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}`,
  JSON.stringify({ id: 1, rawId: ["AAAA"], type: { toString: "public-key" }, response: { clientDataJSON: {} } }),
  '{"__proto__":{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}},"constructor":{"prototype":{}}}',
  JSON.stringify({ id: "A".repeat(14_000), rawId: "A", type: "public-key", response: { clientDataJSON: "A" } }),
  "\u0000\u202e\ud83d",
];

/** Codes that neither an app nor the service generates. */
const ODD_CODES = [
  "",
  " ",
  "0",
  "1e5",
  "-12345",
  "0x1234",
  "12345",
  "1234567",
  "١٢٣٤٥٦",
  "__proto__",
  "9".repeat(15_000),
];

/** Sealed texts that the service has not sealed. */
const ODD_SEALED = [
  "",
  "k1",
  "k1.",
  ".",
  "k1.AAAA",
  "k9.AAAA",
  "__proto__.AAAA",
  `k1.${"A".repeat(15_000)}`,
  "[".repeat(4_000),
];

describe("the forms of factors", () => {
  let gatehouse: Gatehouse;
  let owner: Browser;
  let authenticator: Authenticator;
  let app: App;

  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(async () => {
    await gatehouse.reset();
    owner = await signUpVerified(gatehouse);
    authenticator = await addPasskey(owner);
    app = await turnOnSecondStep(gatehouse, owner);
  });
  afterAll(() => gatehouse.close());

  const isSignedIn = async (browser: Browser) => (await browser.open("/auth/session")).body !== "null";
  const rows = () =>
    Promise.all(TABLES.map(async (table) => (await gatehouse.database.execute(`select * from ${table}`)).rows));
  const post = (browser: Browser, path: string, fields: Fields) => browser.post(path, new URLSearchParams(fields));
  const optionsOn = async (browser: Browser, path: string, action = path) =>
    passkeyOptions(await browser.open(path), action);
  const sealedOn = async (browser: Browser, path: string) =>
    (await browser.open(path)).field("sealed").getAttribute("value") ?? "";
  const pathOfPasskey = async () =>
    (await owner.open(`${ACCOUNT}/sign-in`)).links().find((path) => /passkeys\/[0-9a-f]{64}$/.test(path)) ?? "";
  /** A browser in which the password was entered. */
  const enterPassword = () => signIn(gatehouse);
  /** Eve, with a passkey of her own and an app. */
  const signUpEve = async (): Promise<{ eve: Browser; key: Authenticator; eveApp: App }> => {
    const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE });
    const code = codeIn(await gatehouse.inbox.newest(EVE));
    await eve.submit(await eve.open("/auth/verify-email"), "/auth/verify-email", { code });
    const key = await addPasskey(eve);
    return { eve, key, eveApp: await turnOnSecondStep(gatehouse, eve) };
  };
  const countForms = async () => {
    const keys = await gatehouse.redis.keys("window:ip:*");
    const counts = await Promise.all(keys.map((key) => gatehouse.redis.llen(key)));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  /** Expects that all are refused in words, change nothing, start no session, and are counted by ip. */
  const expectRefused = async (browser: Browser, path: string, all: readonly Fields[], words: RegExp) => {
    const [wasSignedIn, before, counted] = [await isSignedIn(browser), await rows(), await countForms()];
    for (const fields of all) {
      const answer = await post(browser, path, fields);
      const what = [path, JSON.stringify(fields).slice(0, 120)];
      expect([...what, answer.status, words.test(answer.text)]).toEqual([
        ...what,
        expect.toSatisfy((status) => status === 401 || status === 422),
        true,
      ]);
    }
    await gatehouse.settle();
    expect([path, await rows(), await isSignedIn(browser)]).toEqual([path, before, wasSignedIn]);
    expect([path, (await countForms()) - counted]).toEqual([path, all.length]);
  };

  const REFUSED = /passkey (?:doesn't work|didn't sign you in|couldn't be saved)/;

  test("refuse odd credentials in words, change nothing and count them", async () => {
    const credentials = ODD_CREDENTIALS.map((credential) => ({ credential }));
    await expectRefused(gatehouse.browser(), SIGNIN, credentials, REFUSED);
    await expectRefused(await enterPassword(), SECOND_STEP, credentials, REFUSED);
    await expectRefused(owner, PASSKEYS, credentials, REFUSED);
    const passkey = await pathOfPasskey();
    for (const path of [CONFIRM, `${passkey}/remove`, `${APP}/remove`]) {
      await expectRefused(owner, path, credentials, REFUSED);
    }
    const few = credentials.slice(4, 8);
    const others: readonly [string, Fields][] = [
      [`${ACCOUNT}/two-step`, { state: "off" }],
      [`${ACCOUNT}/delete`, { confirmation: "yes" }],
      [`${ACCOUNT}/sessions/revoke-others`, {}],
      [`${ACCOUNT}/trusted-devices/forget`, { device: "all" }],
    ];
    for (const [path, fields] of others) {
      const all = few.map((credential) => ({ ...fields, ...credential }));
      await expectRefused(owner, path, all, REFUSED);
    }
  });

  test("refuse odd codes and sealed texts in words, change nothing and count them", async () => {
    const pending = await enterPassword();
    const codes = ODD_CODES.map((code) => ({ code }));
    await expectRefused(pending, SECOND_STEP, codes, /Enter (?:all 6 digits|the 6-digit code)/);
    await expectRefused(
      pending,
      RECOVERY,
      ODD_CODES.map((recoveryCode) => ({ recoveryCode })),
      /Enter a recovery code|This recovery code doesn't work/,
    );
    const withPassword = codes.map((code) => ({ ...CURRENT, ...code }));
    await expectRefused(owner, CONFIRM, withPassword, /Enter (?:all 6 digits|the 6-digit code)/);
    const { eve } = await signUpEve();
    const sealed = [
      ...ODD_SEALED,
      await sealedOn(eve, CODES),
      pending.cookies.get("gatehouse-second-step") ?? "",
      (await sealedOn(owner, CODES)).replace("k1.", "k2."),
      `${await sealedOn(owner, CODES)}A`,
    ];
    await expectRefused(
      owner,
      CODES,
      sealed.map((text) => ({ sealed: text, saved: "yes" })),
      /form was sent before, or is too old/,
    );
  });

  test("set up no app with a sealed text of another account or purpose, or an odd code", async () => {
    const [eve] = [await signUp(gatehouse, { ...ADA.signup, email: EVE })];
    const code = codeIn(await gatehouse.inbox.newest(EVE));
    await eve.submit(await eve.open("/auth/verify-email"), "/auth/verify-email", { code });
    const codes = await eve.open(CODES);
    const setUp = (await eve.submit(codes, CODES, { saved: "yes" })).location ?? "";
    const carl = await signUp(gatehouse, { ...ADA.signup, email: "carl@example.com" });
    const carlCode = codeIn(await gatehouse.inbox.newest("carl@example.com"));
    await carl.submit(await carl.open("/auth/verify-email"), "/auth/verify-email", { code: carlCode });
    const page = await carl.follow(await carl.submit(await carl.open(CODES), CODES, { saved: "yes" }));
    const foreign = createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
    const stolen = page.field("sealed").getAttribute("value") ?? "";
    const all = [...ODD_SEALED, stolen, await sealedOn(eve, CODES)];
    const own = await eve.open(setUp);
    const savedCodes = own.field("codes").getAttribute("value") ?? "";
    const refused = all.map((sealed) => ({ sealed, code: foreign.code(), codes: savedCodes }));
    await expectRefused(eve, APP, refused, /shown too long ago/);
    const sealed = own.field("sealed").getAttribute("value") ?? "";
    const { code: ownCode } = createApp(own.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
    const odd = ODD_CODES.map((typed) => ({ sealed, code: typed, codes: savedCodes }));
    await expectRefused(eve, APP, odd, /Enter (?:all 6 digits|the 6-digit code)/);
    const early = [-3, 3].map((steps) => ({ sealed, code: ownCode(steps), codes: savedCodes }));
    await expectRefused(eve, APP, early, /Wrong code/);
    const foreignCodes = page.field("codes").getAttribute("value") ?? "";
    for (const codes of [...ODD_SEALED, foreignCodes, sealed]) {
      const answer = await post(eve, APP, { sealed, code: ownCode(), codes });
      expect([codes.slice(0, 9), answer.status, answer.location]).toEqual([codes.slice(0, 9), 303, CODES]);
      const opened = await eve.open(`${APP}?${new URLSearchParams({ codes: codes.slice(0, 500) })}`);
      expect([codes.slice(0, 9), opened.status, opened.location]).toEqual([codes.slice(0, 9), 303, CODES]);
    }
    expect((await gatehouse.database.execute("select * from authenticators")).rows).toHaveLength(1);
    expect((await post(eve, APP, { sealed, code: ownCode(), codes: savedCodes })).location).toBe(`${ACCOUNT}/sign-in`);
  });

  test("refuse a challenge of another purpose", async () => {
    const pending = await enterPassword();
    const plain = (options: string) => {
      const { challenge, rpId, rp } = JSON.parse(options);
      return JSON.stringify({ challenge, rpId: rpId ?? rp.id, userVerification: "required" });
    };
    const pages: Readonly<Record<string, () => Promise<string>>> = {
      signin: () => optionsOn(gatehouse.browser(), "/auth/signin", SIGNIN),
      second: () => optionsOn(pending, SECOND_STEP),
      confirm: () => optionsOn(owner, `${ACCOUNT}/two-step`),
      register: () => optionsOn(owner, `${PASSKEYS}/new`, PASSKEYS),
    };
    const forms: Readonly<Record<string, readonly [Browser, string]>> = {
      signin: [gatehouse.browser(), SIGNIN],
      second: [pending, SECOND_STEP],
      confirm: [owner, CONFIRM],
    };
    for (const [purpose, [browser, path]] of Object.entries(forms)) {
      const all: Fields[] = [];
      for (const [other, options] of Object.entries(pages)) {
        if (other !== purpose) all.push({ credential: authenticator.get(plain(await options())) });
      }
      await expectRefused(browser, path, all, REFUSED);
    }
    const { excludeCredentials: _, ...creation } = JSON.parse((await pages["register"]?.()) ?? "");
    const all: Fields[] = [];
    for (const other of ["signin", "second", "confirm"]) {
      const { challenge } = JSON.parse((await pages[other]?.()) ?? "");
      all.push({ credential: new Authenticator().create(JSON.stringify({ ...creation, challenge })) });
    }
    await expectRefused(owner, PASSKEYS, all, REFUSED);
  });

  test("refuse a challenge of another browser or account, and one that was used", async () => {
    const { eve, key } = await signUpEve();
    const [pending, elsewhere, phone] = [await enterPassword(), await enterPassword(), await enterPassword()];
    await post(phone, SECOND_STEP, { code: app.code() });
    const withoutList = (options: string) => {
      const { allowCredentials: _, ...open } = JSON.parse(options);
      return JSON.stringify(open);
    };
    const answers: readonly [Browser, string, string, () => string][] = [
      [pending, SECOND_STEP, await optionsOn(elsewhere, SECOND_STEP), () => ""],
      [owner, CONFIRM, await optionsOn(phone, `${ACCOUNT}/two-step`), () => ""],
      [owner, CONFIRM, withoutList(await optionsOn(eve, `${ACCOUNT}/two-step`)), () => ""],
    ];
    for (const [browser, path, options] of answers) {
      await expectRefused(browser, path, [{ credential: authenticator.get(options) }], REFUSED);
    }
    const own = withoutList(await optionsOn(owner, `${ACCOUNT}/two-step`));
    await expectRefused(owner, CONFIRM, [{ credential: key.get(own) }], REFUSED);
    for (const other of [phone, eve]) {
      const creation = await optionsOn(other, `${PASSKEYS}/new`, PASSKEYS);
      await expectRefused(owner, PASSKEYS, [{ credential: new Authenticator().create(creation) }], REFUSED);
    }

    const credential = authenticator.get(await optionsOn(pending, SECOND_STEP));
    const copy = gatehouse.browser();
    for (const [name, value] of pending.cookies) copy.cookies.set(name, value);
    expect((await post(pending, SECOND_STEP, { credential })).status).toBe(303);
    await gatehouse.settle();
    await expectRefused(copy, SECOND_STEP, [{ credential }], REFUSED);
    const added = { credential: new Authenticator().create(await optionsOn(owner, `${PASSKEYS}/new`, PASSKEYS)) };
    expect((await post(owner, PASSKEYS, added)).status).toBe(303);
    await gatehouse.settle();
    await expectRefused(owner, PASSKEYS, [added], REFUSED);
  });

  test("refuse codes of another time, account or use", async () => {
    const { eveApp } = await signUpEve();
    const pending = await enterPassword();
    const [foreignCode = ""] = eveApp.recoveryCodes;
    // The code of the step before has proved the set-up.
    await expectRefused(pending, SECOND_STEP, [{ code: app.code(-1) }], /already used/);
    const codes = [app.code(-3), app.code(3), eveApp.code()].map((code) => ({ code }));
    await expectRefused(pending, SECOND_STEP, codes, /Wrong code/);
    await expectRefused(pending, RECOVERY, [{ recoveryCode: foreignCode }], /recovery code doesn't work/);
    await expectRefused(pending, RECOVERY, [{ recoveryCode: app.code() }], /recovery code doesn't work/);
    const atConfirm = codes.slice(1).map((code) => ({ ...CURRENT, ...code }));
    await expectRefused(owner, CONFIRM, atConfirm, /Wrong code/);
    await expectRefused(owner, CONFIRM, [{ ...CURRENT, code: foreignCode }], /recovery code doesn't work/);
    const code = app.code();
    expect((await post(pending, SECOND_STEP, { code })).status).toBe(303);
    await gatehouse.settle();
    await expectRefused(owner, CONFIRM, [{ ...CURRENT, code }], /already used/);
  });

  test("record a wrong code after the right password, also where it confirms the owner", async () => {
    expect((await post(owner, CONFIRM, { ...CURRENT, code: app.code(3) })).status).toBe(401);
    await gatehouse.settle();
    expect([await eventTypes(gatehouse), gatehouse.logs().includes('"event":"second-step-failed"')]).toEqual([
      expect.arrayContaining(["second-step-failed"]),
      true,
    ]);
  });

  test("use up no factor if the password has changed since it was entered", async () => {
    const [recoveryCode = ""] = app.recoveryCodes;
    const [first, second, third] = [await enterPassword(), await enterPassword(), await enterPassword()];
    const credential = authenticator.get(await optionsOn(third, SECOND_STEP));
    const password = "difference engine 1822";
    const form = await owner.open(`${ACCOUNT}/password`);
    const changed = await owner.submit(form, `${ACCOUNT}/password`, { password, passwordConfirmation: password });
    expect(changed.status).toBe(303);
    await gatehouse.settle();
    const [before, counted] = [await rows(), await countForms()];
    const answers: readonly (readonly [Browser, string, Fields])[] = [
      [first, SECOND_STEP, { code: app.code(), remember: "yes" }],
      [second, RECOVERY, { recoveryCode }],
      [third, SECOND_STEP, { credential }],
    ];
    for (const [browser, path, fields] of answers) {
      const answer = await post(browser, path, fields);
      expect([path, answer.status, answer.location, answer.notice]).toEqual([
        path,
        303,
        "/auth/signin",
        "second-step-over",
      ]);
      expect(await isSignedIn(browser)).toBe(false);
    }
    await gatehouse.settle();
    const withoutUse = (tables: Awaited<ReturnType<typeof rows>>) =>
      tables.map((table) => table.map((row) => ({ ...row, last_used_at: null, sign_count: null })));
    expect(withoutUse(await rows())).toEqual(withoutUse(before));
    expect((await countForms()) - counted).toBe(answers.length);
    const again = await signIn(gatehouse, { email: ADA.email, password });
    expect((await post(again, RECOVERY, { recoveryCode })).status).toBe(303);
  });

  test("allow twenty codes of the app a day, and twenty recovery codes from one ip, each counted by itself", async () => {
    const pending = await enterPassword();
    for (let round = 0; round < 4; round += 1) {
      for (let count = 0; count < 5; count += 1) {
        expect((await post(pending, SECOND_STEP, { code: app.code(3) })).status).toBe(401);
      }
      expect((await post(pending, SECOND_STEP, { code: app.code() })).status).toBe(429);
      await ageAttempts(gatehouse, "window:second-step:*", 15 * 60_000);
    }
    const stopped = await post(pending, SECOND_STEP, { code: app.code() });
    expect([stopped.status, Number(stopped.headers.get("Retry-After")) > 20 * 60 * 60]).toEqual([429, true]);
    const [recoveryCode = "", another = ""] = app.recoveryCodes;
    for (let count = 0; count < 20; count += 1) {
      expect((await post(pending, RECOVERY, { recoveryCode: "0".repeat(24) })).status).toBe(401);
    }
    expect((await post(pending, RECOVERY, { recoveryCode })).status).toBe(429);
    const copy = gatehouse.browser();
    for (const [name, value] of pending.cookies) copy.cookies.set(name, value);
    const elsewhere = { "CF-Connecting-IP": "203.0.113.9" };
    expect((await copy.post(RECOVERY, new URLSearchParams({ recoveryCode }), elsewhere)).status).toBe(303);
    // Confirming in a session is counted apart from both.
    expect((await owner.post(CONFIRM, new URLSearchParams({ ...CURRENT, code: another }), elsewhere)).status).toBe(303);
    expect((await post(owner, CONFIRM, { ...CURRENT, code: app.code() })).status).toBe(303);
  });

  test("have challenges that expire after ten minutes, on the page that signs in after an hour", async () => {
    const minutesOf = (options: string) => {
      const challenge = Buffer.from(JSON.parse(options).challenge, "base64url");
      return Math.round((challenge.readUInt32BE(16) - Date.now() / 1_000) / 60);
    };
    const signin = await optionsOn(gatehouse.browser(), "/auth/signin", SIGNIN);
    // The passkeys of an account would tell that it exists.
    expect([minutesOf(signin), JSON.parse(signin).allowCredentials ?? []]).toEqual([60, []]);
    expect(minutesOf(await optionsOn(owner, `${ACCOUNT}/two-step`))).toBe(10);
    expect(minutesOf(await optionsOn(owner, `${PASSKEYS}/new`, PASSKEYS))).toBe(10);
    expect(minutesOf(await optionsOn(await enterPassword(), SECOND_STEP))).toBe(10);
  });

  test("ask for the second step again when the time of a remembered device is over", async () => {
    const phone = await enterPassword();
    expect((await post(phone, SECOND_STEP, { code: app.code(), remember: "yes" })).status).toBe(303);
    await gatehouse.settle();
    await post(phone, "/auth/signout", {});
    expect((await post(phone, "/auth/signin", ADA.signin)).location).toBe("/app");
    await post(phone, "/auth/signout", {});
    await gatehouse.database.execute("update trusted_devices set expires_at = ?", [Date.now() - 1]);
    expect((await post(phone, "/auth/signin", ADA.signin)).location).toBe(SECOND_STEP);
  });

  test("give no device a limit of its own for knowing the password from before the second step", async () => {
    const { eve } = { eve: await signUp(gatehouse, { ...ADA.signup, email: EVE }) };
    const mailed = codeIn(await gatehouse.inbox.newest(EVE));
    await eve.submit(await eve.open("/auth/verify-email"), "/auth/verify-email", { code: mailed });
    const typed = { email: EVE, password: ADA.password };
    const thief = await signIn(gatehouse, typed);
    await post(thief, "/auth/signout", {});
    const eveApp = await turnOnSecondStep(gatehouse, eve);
    const guess = async (browser: Browser): Promise<Page> => {
      await post(browser, "/auth/signin", typed);
      return post(browser, SECOND_STEP, { code: eveApp.code(3) });
    };
    for (let count = 0; count < 5; count += 1) expect((await guess(gatehouse.browser())).status).toBe(401);
    expect((await guess(thief)).status).toBe(429);
    await forgetUsedCodes(gatehouse);
    await post(eve, "/auth/signout", {});
    await post(eve, "/auth/signin", typed);
    expect((await post(eve, SECOND_STEP, { code: eveApp.code() })).status).toBe(303);
  });
});

test("a device is not said to be remembered where no device is", async () => {
  const gatehouse = await startGatehouse({ REMEMBER_DEVICE_DAYS: "0" });
  try {
    const owner = await signUpVerified(gatehouse);
    const app = await turnOnSecondStep(gatehouse, owner);
    const browser = await signIn(gatehouse);
    expect((await browser.open(SECOND_STEP)).hasField("remember")).toBe(false);
    const fields = new URLSearchParams({ code: app.code(), remember: "yes" });
    expect((await browser.post(SECOND_STEP, fields)).status).toBe(303);
    await gatehouse.settle();
    expect(browser.cookies.has("gatehouse-trusted")).toBe(false);
    expect(await eventTypes(gatehouse)).not.toContain("device-remembered");
  } finally {
    await gatehouse.close();
  }
});
