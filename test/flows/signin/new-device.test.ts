import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { type MailService, startMailService } from "../../support/mail-service.ts";
import { ADA } from "../../support/people.ts";
import { readEvents } from "../../support/stored.ts";

const SUBJECT = `New sign-in to your ${brand.name} account`;
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const EVERY_MINUTE = "* * * * *";
const MINUTE = 60_000;

describe.skipIf(enginesAreMissing())("the notice of a sign-in", () => {
  let gatehouse: Gatehouse;
  let service: MailService;
  beforeAll(async () => {
    service = await startMailService();
    gatehouse = await startGatehouse(service.variables);
  });
  beforeEach(async () => {
    await gatehouse.reset();
    service.reset();
  });
  afterAll(async () => {
    await gatehouse.close();
    service.close();
  });

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}, headers = {}) =>
    browser.post(path, new URLSearchParams(fields), headers);
  const subjects = () => service.requests.map(({ body }) => body["subject"]);
  const newestText = () => String(service.requests.at(-1)?.body["text"]);
  const readOutbox = async () => (await gatehouse.database.execute("select * from outbox")).rows;
  const countSignIns = async () => {
    const events = (await readEvents(gatehouse)).filter(({ type }) => type === "signed-in");
    return events.reduce((sum, { occurrences }) => sum + Number(occurrences), 0);
  };

  const signUp = async (headers = {}): Promise<Browser> => {
    const owner = gatehouse.browser();
    expect((await post(owner, "/auth/signup", ADA.signup, headers)).status).toBe(303);
    await expect.poll(() => service.requests.length).toBe(1);
    await gatehouse.settle();
    return owner;
  };
  /** Creates an account and verifies its email in the same browser. */
  const signUpVerified = async (headers = {}): Promise<Browser> => {
    const owner = await signUp(headers);
    const code = /^\d{4} \d{4}$/m.exec(newestText())?.[0] ?? "";
    expect((await post(owner, "/auth/verify-email", { code }, headers)).location).toBe("/app");
    await gatehouse.settle();
    expect(service.requests).toHaveLength(1);
    service.reset();
    return owner;
  };
  /** Signs in, and waits until the event is stored and the work after the response is done. */
  const signIn = async (browser = gatehouse.browser(), headers = {}): Promise<Browser> => {
    const before = await countSignIns();
    expect((await post(browser, "/auth/signin", ADA.signin, headers)).location).toBe("/app");
    await expect.poll(countSignIns).toBe(before + 1);
    await gatehouse.settle();
    return browser;
  };

  test("on a new device describes the device and says what to do if it was someone else", async () => {
    await signUpVerified();
    const browser = gatehouse.browserIn("DE");
    browser.userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await signIn(browser);
    await expect.poll(() => service.requests.length).toBe(1);
    expect(service.requests[0]?.body).toMatchObject({ to: [ADA.email], subject: SUBJECT });
    expect(newestText()).toMatch(
      /^Account: ada@example\.com\nWhen: \d+ \w+ \d{4} at \d\d:\d\d UTC\nDevice: Firefox on Windows\nCountry: Germany$/m,
    );
    const links = newestText().match(/https?:\S+/g);
    expect(links).toEqual(
      ["/auth/forgot-password", "/app/account/sessions"].map((path) => `https://gatehouse.test${path}`),
    );
    await gatehouse.settle();
    expect(await readOutbox()).toEqual([]);
  });

  test("is in the language of the account, not in that of the request", async () => {
    await signUpVerified({ "Accept-Language": "de" });
    await signIn(gatehouse.browser(), { "Accept-Language": "en" });
    await expect.poll(subjects).toEqual([`Neue Anmeldung in Ihrem Konto bei ${brand.name}`]);
  });

  test("is not sent on a known device", async () => {
    const owner = await signUpVerified();
    const other = await signIn();
    await expect.poll(subjects).toEqual([SUBJECT]);
    for (const browser of [owner, other]) {
      await post(browser, "/auth/signout");
      await signIn(browser);
    }
    expect(await countSignIns()).toBe(4);
    expect([subjects(), await readOutbox()]).toEqual([[SUBJECT], []]);
  });

  test("is sent if the device cookie holds a secret that was replaced since", async () => {
    const owner = await signUpVerified();
    const stolen = owner.cookies.get("gatehouse-device") ?? "";
    expect(stolen).not.toBe("");
    await post(owner, "/auth/signout");
    await signIn(owner);
    expect(subjects()).toEqual([]);
    const thief = gatehouse.browser();
    thief.cookies.set("gatehouse-device", stolen);
    await signIn(thief);
    await expect.poll(subjects).toEqual([SUBJECT]);
  });

  test("is sent if the email and the password are entered in the sign-up form", async () => {
    await signUpVerified();
    expect((await post(gatehouse.browser(), "/auth/signup", ADA.signup)).location).toBe("/app");
    await expect.poll(subjects).toEqual([SUBJECT]);
  });

  test("is not sent to an email that was never verified, nor after sign-up or verification", async () => {
    await signUp();
    service.reset();
    await signIn();
    expect(await countSignIns()).toBe(1);
    expect([service.requests, await readOutbox()]).toEqual([[], []]);
    await gatehouse.reset();
    // Expects no further message after the code.
    await signUpVerified();
    await gatehouse.settle();
    expect([service.requests, await readOutbox()]).toEqual([[], []]);
  });

  test("is not sent by a change of the password, nor on the device on which it was reset", async () => {
    const owner = await signUpVerified();
    await post(owner, "/app/account/password", { currentPassword: ADA.password, ...FRESH });
    const browser = gatehouse.browser();
    await post(browser, "/auth/forgot-password", { email: ADA.email });
    await expect.poll(() => service.requests.length).toBe(2);
    const [link = ""] = /\/auth\/reset-password\/\w+/.exec(newestText()) ?? [];
    await browser.open(link);
    expect((await post(browser, "/auth/reset-password", ADA.signup)).status).toBe(303);
    await expect.poll(() => service.requests.length).toBe(3);
    await gatehouse.settle();
    await signIn(browser);
    expect(subjects()).not.toContain(SUBJECT);
    // The reset has forgotten the other devices.
    await signIn(owner);
    await expect.poll(() => subjects().at(-1)).toBe(SUBJECT);
  });

  test("is sent by the scheduled run if the request could not send it", async () => {
    await signUpVerified();
    service.respondWith(503);
    await signIn();
    await expect.poll(() => service.requests.length).toBe(1);
    await gatehouse.settle();
    const [row] = await readOutbox();
    expect(row).toMatchObject({ kind: "new-sign-in", recipient: ADA.email, attempts: 0 });
    const { rows } = await gatehouse.database.execute(
      "select id from account_events where type = 'signed-in' order by occurred_at desc limit 1",
    );
    expect(rows).toEqual([{ id: row?.["event_id"] }]);
    service.reset();
    expect(await gatehouse.runScheduled(Date.now() + MINUTE, EVERY_MINUTE)).toBe("ok");
    expect([subjects(), await readOutbox()]).toEqual([[SUBJECT], []]);
  });

  test("is sent at most five times a day, and every sign-in is in the activity", async () => {
    await signUpVerified();
    // The verification signs in, which is recorded after its answer.
    await gatehouse.settle();
    const before = await countSignIns();
    for (let count = 0; count < 7; count += 1) await signIn();
    await expect.poll(subjects).toEqual(Array(5).fill(SUBJECT));
    expect([(await countSignIns()) - before, await readOutbox()]).toEqual([7, []]);
    await expect
      .poll(() => gatehouse.logs())
      .toMatch(/"event":"notice-dropped",.*"kind":"new-sign-in","reason":"limit"/);
  });

  test("is sent after the hundredth event of the day, when sign-ins share a row", async () => {
    await signUpVerified();
    for (let count = 0; count < 100; count += 1) {
      await gatehouse.database.execute(
        "insert into account_events (id, user_id, type, occurred_at, occurrences) select ?, id, 'exported', ?, 1 from users",
        [`event${count}`, Date.now()],
      );
    }
    await signIn();
    await signIn();
    await expect.poll(subjects).toEqual([SUBJECT, SUBJECT]);
    expect((await readEvents(gatehouse)).map(({ occurrences }) => occurrences)).toContain(2);
  });

  test("is neither stored nor sent without its event", async () => {
    await signUpVerified();
    const before = await countSignIns();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "COMMIT" });
    expect((await post(gatehouse.browser(), "/auth/signin", ADA.signin)).location).toBe("/app");
    await expect.poll(() => gatehouse.logs()).toContain('"event":"deferred-work-failed"');
    gatehouse.standIns.traffic.restore();
    await gatehouse.settle();
    expect([await countSignIns(), service.requests, await readOutbox()]).toEqual([before, [], []]);
  });

  test("is neither stored nor sent if the account was deleted before", async () => {
    await signUpVerified();
    gatehouse.standIns.traffic.delayMs = 300;
    expect((await post(gatehouse.browser(), "/auth/signin", ADA.signin)).status).toBe(303);
    await gatehouse.database.execute("delete from users");
    await gatehouse.settle();
    gatehouse.standIns.traffic.restore();
    await gatehouse.settle();
    expect([service.requests, await readOutbox()]).toEqual([[], []]);
  });
});
