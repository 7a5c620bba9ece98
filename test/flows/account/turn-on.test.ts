import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  createApp,
  forgetUsedCodes,
  signUpVerified,
  turnOnSecondStep,
  turnOnWithPasskey,
} from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { addPasskey, passkeyOptions } from "../../support/passkey.ts";
import { ADA, signIn } from "../../support/people.ts";
import { ageProofs } from "../../support/stored.ts";

const ACCOUNT = "/app/account";
const METHODS = `${ACCOUNT}/sign-in`;
const CODES = `${ACCOUNT}/recovery-codes`;
const APP = `${ACCOUNT}/authenticator`;
const TWO_STEP = `${ACCOUNT}/two-step`;
const RECOVERY = "/auth/second-step/recovery";

describe.skipIf(enginesAreMissing())("the second step is turned on", () => {
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

  const isOn = async () =>
    (await gatehouse.database.execute("select id from users where two_step_at is not null")).rows.length === 1;
  /** Saves recovery codes, and returns the first one and the path that the answer leads to. */
  const saveCodes = async (browser: Browser) => {
    const page = await browser.open(CODES);
    const saved = await browser.submit(page, CODES, { saved: "yes" });
    return { code: page.texts(".codes code")[0] ?? "", next: saved.location ?? "" };
  };
  const queryOf = (path: string) => path.slice(`${path}?`.indexOf("?"));

  test.each(["app", "passkey"] as const)(
    "by %s with new recovery codes, also if another session saved some before",
    async (factor) => {
      const intruder = await signIn(gatehouse);
      if (factor === "passkey") await addPasskey(owner);
      const planted = await saveCodes(intruder);
      // A link from the intruder does not skip the new codes.
      for (const query of ["", queryOf(planted.next)]) {
        const path = `${factor === "app" ? APP : TWO_STEP}${query}`;
        const page = await owner.open(path);
        const refused = page.status === 303 ? page : await owner.press(page, "Turn on");
        expect([refused.status, refused.location?.startsWith(CODES), await isOn()]).toEqual([303, true, false]);
      }
      await (factor === "app" ? turnOnSecondStep(gatehouse, owner) : turnOnWithPasskey(owner));
      expect(await isOn()).toBe(true);
      const late = await signIn(gatehouse);
      const answer = await late.submit(await late.open(RECOVERY), RECOVERY, { recoveryCode: planted.code });
      expect([answer.status, JSON.parse((await late.open("/auth/session")).body)]).toEqual([401, null]);
    },
  );

  test("not with recovery codes that another session saved meanwhile", async () => {
    const intruder = await signIn(gatehouse);
    const page = await owner.open((await saveCodes(owner)).next);
    await saveCodes(intruder);
    const app = createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
    const answer = await owner.submit(page, APP, { code: app.code() });
    expect([answer.status, answer.location, await isOn()]).toEqual([303, CODES, false]);
  });

  test("by a passkey only if the session has used one", async () => {
    const authenticator = await addPasskey(owner);
    const laptop = await signIn(gatehouse);
    const asked = await laptop.press(await laptop.open(METHODS), "Turn on");
    expect([asked.status, asked.hasField("currentPassword"), asked.hasField("credential")]).toEqual([200, false, true]);
    const fields = new URLSearchParams({ state: "on", currentPassword: ADA.password });
    expect([(await laptop.post(TWO_STEP, fields)).status, await isOn()]).toEqual([200, false]);
    const credential = authenticator.get(passkeyOptions(asked, TWO_STEP));
    const proved = await laptop.submit(asked, TWO_STEP, { credential });
    expect(proved.location?.startsWith(CODES)).toBe(true);
    expect((await turnOnWithPasskey(laptop)).location).toBe(METHODS);
    expect(await isOn()).toBe(true);
    // The session has proved both, so it is not asked again.
    expect((await laptop.open("/app")).status).toBe(200);
  });

  test("by a passkey that the session has not used, not by the app that was removed with it", async () => {
    const authenticator = await addPasskey(owner);
    const app = await turnOnSecondStep(gatehouse, owner);
    await forgetUsedCodes(gatehouse);
    const laptop = await signIn(gatehouse);
    const step = "/auth/second-step";
    await laptop.submit(await laptop.open(step), step, { code: app.code() });
    const codes = { currentPassword: ADA.password, code: app.recoveryCodes[0] ?? "" };
    expect((await laptop.submit(await laptop.open(TWO_STEP), TWO_STEP, codes)).location).toBe(METHODS);
    const asked = await laptop.press(await laptop.open(METHODS), "Turn on");
    expect([asked.status, asked.hasField("credential"), await isOn()]).toEqual([200, true, false]);
    const credential = authenticator.get(passkeyOptions(asked, TWO_STEP));
    expect((await laptop.submit(asked, TWO_STEP, { credential })).location?.startsWith(CODES)).toBe(true);
  });

  test("not by forms that come more than ten minutes after the confirmation, which is said", async () => {
    const page = await owner.open(CODES);
    const setUp = await owner.follow(await owner.submit(page, CODES, { saved: "yes" }));
    await ageProofs(gatehouse, owner);
    const late = await owner.submit(page, CODES, { saved: "yes" });
    const app = createApp(setUp.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
    const lateApp = await owner.submit(setUp, APP, { code: app.code() });
    expect([late.status, lateApp.status, await isOn()]).toEqual([303, 303, false]);
    for (const { location } of [late, lateApp]) {
      const confirm = await owner.open(location ?? "");
      const confirmed = await owner.submit(confirm, `${ACCOUNT}/confirm`, { currentPassword: ADA.password });
      expect((await owner.follow(confirmed)).text).toContain("More than 10 minutes have passed, so nothing was saved");
      await ageProofs(gatehouse, owner);
    }
  });

  test("and a passkey that was sent with an incomplete form is not answered by asking for the password", async () => {
    const authenticator = await addPasskey(owner);
    const page = await owner.open(`${ACCOUNT}/delete`);
    const credential = authenticator.get(passkeyOptions(page, `${ACCOUNT}/delete`));
    const answer = await owner.submit(page, `${ACCOUNT}/delete`, { credential });
    expect([answer.status, answer.errorAt("currentPassword"), answer.errorAt("confirmation") !== null]).toEqual([
      422,
      null,
      true,
    ]);
  });

  test("without a field for the password where no code could complete it", async () => {
    await addPasskey(owner);
    await turnOnWithPasskey(owner);
    await gatehouse.database.execute("delete from recovery_codes");
    const page = await owner.open(TWO_STEP);
    expect([page.hasField("currentPassword"), page.hasField("credential")]).toEqual([false, true]);
    expect((await owner.open(METHODS)).text).toContain("None left. Create new ones");
  });
});
