import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { type App, createApp, signUpVerified, turnOnSecondStep } from "../support/authenticator.ts";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { Authenticator, addPasskey, passkeyOptions, signInWithPasskey } from "../support/passkey.ts";
import { ADA, signUp } from "../support/people.ts";
import { listHandles } from "../support/stored.ts";
import { inRounds, ROUNDS } from "./rounds.ts";

const CROWD = 50;
const PASSKEYS = "/app/account/passkeys";
const BOB = { ...ADA.signup, email: "bob@example.com" };

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>) =>
  browser.post(path, new URLSearchParams(fields));
const isAlive = async (browser: Browser) => (await browser.open("/app")).status === 200;
const sessionsStarted = (pages: readonly Page[]) =>
  pages.filter(({ setCookies }) => setCookies.some((line) => /^gatehouse=[^;]/.test(line))).length;
const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

describe.skipIf(enginesAreMissing())(`concurrent uses of a factor, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());
  const here = () => gatehouse;
  const rowsOf = async (table: string) =>
    (await gatehouse.database.execute<Record<string, unknown>>(`select * from ${table}`)).rows;

  let authenticators: Authenticator[];
  let app: App;

  /** Ada has passkeys, and is signed in in one browser. */
  const withPasskeys = (count: number) => async () => {
    const owner = await signUpVerified(gatehouse);
    authenticators = [];
    while (authenticators.length < count) authenticators.push(await addPasskey(owner));
    return { owner };
  };
  const withSecondStep = async () => {
    const owner = await signUpVerified(gatehouse);
    app = await turnOnSecondStep(gatehouse, owner);
    const newcomer = gatehouse.browser();
    await post(newcomer, "/auth/signin", ADA.signin);
    return { owner: newcomer };
  };

  inRounds(`${CROWD} uses of one passkey's answer: one starts a session`, here, withPasskeys(1), async ({ race }) => {
    const page = await gatehouse.browser().open("/auth/signin");
    const [authenticator] = authenticators;
    const credential = authenticator?.get(passkeyOptions(page, "/auth/passkey")) ?? "";
    const pages = await race(times(CROWD, () => () => post(gatehouse.browser(), "/auth/passkey", { credential })));
    expect(pages.filter(({ status }) => ![303, 401].includes(status))).toEqual([]);
    expect(sessionsStarted(pages)).toBe(1);
  });

  inRounds(
    `${CROWD} uses of one code of the app: one starts a session`,
    here,
    withSecondStep,
    async ({ owner, copyOf, race }) => {
      const before = (await listHandles(gatehouse)).length;
      const code = app.code();
      const pages = await race(times(CROWD, () => () => post(copyOf(owner), "/auth/second-step", { code })));
      expect(pages.filter(({ status }) => ![303, 401, 429].includes(status))).toEqual([]);
      expect([sessionsStarted(pages), (await listHandles(gatehouse)).length - before]).toEqual([1, 1]);
    },
  );

  inRounds(
    `${CROWD} uses of one recovery code: one starts a session, and nine codes are left`,
    here,
    withSecondStep,
    async ({ owner, copyOf, race }) => {
      const [recoveryCode = ""] = app.recoveryCodes;
      const use = () => post(copyOf(owner), "/auth/second-step/recovery", { recoveryCode });
      const pages = await race(times(CROWD, () => use));
      expect(pages.filter(({ status }) => ![303, 401, 429].includes(status))).toEqual([]);
      expect([sessionsStarted(pages), (await rowsOf("recovery_codes")).length]).toEqual([1, 9]);
    },
  );

  let stranger: Browser;
  inRounds(
    "one credential added to two accounts: one of them has it",
    here,
    async () => {
      stranger = await signUp(gatehouse, BOB);
      return { owner: await signUpVerified(gatehouse) };
    },
    async ({ owner, copyOf, race }) => {
      const authenticator = new Authenticator();
      const optionsOf = async (browser: Browser) => passkeyOptions(await browser.open(`${PASSKEYS}/new`), PASSKEYS);
      const [own, other] = [owner, copyOf(stranger)];
      const credential = authenticator.create(await optionsOf(own));
      // Without attestation nothing is signed, so the same key can answer the challenge of another session.
      const copied = JSON.parse(credential);
      const clientData = JSON.parse(Buffer.from(copied.response.clientDataJSON, "base64url").toString());
      const { challenge } = JSON.parse(await optionsOf(other));
      copied.response.clientDataJSON = Buffer.from(JSON.stringify({ ...clientData, challenge })).toString("base64url");
      const pages = await race([
        () => post(own, PASSKEYS, { credential }),
        () => post(other, PASSKEYS, { credential: JSON.stringify(copied) }),
      ]);
      expect(pages.map(({ status }) => status).toSorted()).toEqual([303, 422]);
      expect(await rowsOf("passkeys")).toHaveLength(1);
    },
  );

  inRounds(
    "the last two ways in removed at once: one stays, and signs in",
    here,
    async () => {
      const owner = gatehouse.browser();
      await post(owner, "/auth/signup", { email: ADA.email, with: "passkey" });
      await gatehouse.inbox.newest(ADA.email);
      authenticators = [await addPasskey(owner), await addPasskey(owner)];
      return { owner };
    },
    async ({ owner, copyOf, race }) => {
      const ids = (await rowsOf("passkeys")).map(({ id }) => String(id).replace("passkey:", ""));
      const removals = await Promise.all(
        ids.map(async (id, index) => {
          const browser = copyOf(owner);
          const action = `${PASSKEYS}/${id}/remove`;
          const options = passkeyOptions(await browser.open(`${PASSKEYS}/${id}`), action);
          const credential = authenticators[index]?.get(options) ?? authenticators[0]?.get(options) ?? "";
          return () => post(browser, action, { credential });
        }),
      );
      const pages = await race(removals);
      // 401: the other removal was first, and took the passkey that confirms this one.
      expect(pages.filter(({ status }) => ![303, 401, 422].includes(status))).toEqual([]);
      expect(await rowsOf("passkeys")).toHaveLength(1);
      const answers = await Promise.all(
        authenticators.map((authenticator) => signInWithPasskey(gatehouse.browser(), authenticator)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 401]);
    },
  );

  inRounds(
    "a passkey removed while it signs in: no session of it survives",
    here,
    withPasskeys(1),
    async ({ owner, race }) => {
      const [authenticator] = authenticators;
      const [row] = await rowsOf("passkeys");
      const id = String(row?.["id"]).replace("passkey:", "");
      const newcomer = gatehouse.browser();
      const page = await newcomer.open("/auth/signin");
      const credential = authenticator?.get(passkeyOptions(page, "/auth/passkey")) ?? "";
      const [removal, signin] = await race([
        () => post(owner, `${PASSKEYS}/${id}/remove`, { currentPassword: ADA.password }),
        () => post(newcomer, "/auth/passkey", { credential }),
      ]);
      expect([removal?.status, await rowsOf("passkeys")]).toEqual([303, []]);
      expect([303, 401]).toContain(signin?.status);
      expect([await isAlive(owner), await isAlive(newcomer)]).toEqual([true, false]);
    },
  );

  inRounds(
    "two set-ups of an app at once: one is stored, and its codes work",
    here,
    async () => {
      const owner = await signUpVerified(gatehouse);
      const codes = await owner.open("/app/account/recovery-codes");
      const saved = await owner.submit(codes, "/app/account/recovery-codes", { saved: "yes" });
      return { owner, fact: saved.location ?? "" };
    },
    async ({ owner, fact: setUp, copyOf, race }) => {
      const path = "/app/account/authenticator";
      const setUps = await Promise.all(
        times(2, async () => {
          const browser = copyOf(owner);
          const page = await browser.open(setUp);
          const { code } = createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
          return { browser, page, code };
        }),
      );
      const pages = await race(
        setUps.map(
          ({ browser, page, code }) =>
            () =>
              browser.submit(page, path, { code: code(-1) }),
        ),
      );
      expect(pages.map(({ status }) => status)).toEqual([303, 303]);
      expect(await rowsOf("authenticators")).toHaveLength(1);
      const alive = await Promise.all(setUps.map(({ browser }) => isAlive(browser)));
      expect(alive.filter(Boolean)).toHaveLength(1);
      const newcomer = gatehouse.browser();
      await post(newcomer, "/auth/signin", ADA.signin);
      const code = setUps[alive.indexOf(true)]?.code() ?? "";
      expect((await post(newcomer, "/auth/second-step", { code })).status).toBe(303);
    },
  );
});
